/**
 * What an OCPI version does differently over HTTP, beside the words of its objects. One file a version states it, with
 * the section of the specification; everything that the versions have in common is said once, in `modules.ts`,
 * `sender/` and `receiver/`. Types only.
 */
import type { ExportDialect } from '../../../exports/dialects/dialect.ts';

export interface VersionRules {
  /** The words of the version, and its number. */
  readonly dialect: ExportDialect;
  /**
   * Whether an endpoint says which side of a module it is, so that one list of versions serves everybody (VER-04).
   * Without, a module has one URL, and each side needs a list of its own (VER-06).
   */
  readonly endpointRoles: boolean;
  /** Whether the OCPI-to-* and OCPI-from-* headers mean something on Locations and Tariffs (RT-01, RT-14). */
  readonly routingHeaders: boolean;
  /** Whether every answer has a X-Request-ID and X-Correlation-ID; otherwise only those that came (ENV-17, ENV-18). */
  readonly requestIds: boolean;
  /** What X-Limit says: the largest page there is, or the most objects that this page could have had (LS-07). */
  readonly limitHeader: 'largest-page' | 'this-page';
  /** Whether a CPO may PATCH a Tariff (TR-05, TR-06). */
  readonly patchesTariffs: boolean;
}
