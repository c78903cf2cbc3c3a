/**
 * What the pipeline asks of one OCPI version: check an object, repair it, and say it in the registry's words.
 *
 * A new version is its schemas and one file that meets this interface. All of it is pure: no database, no clock.
 */
import type { Repaired } from '../repairs.ts';
import type { Finding, Inspection, ObjectKind } from '../validation.ts';

/** OCPI versions in which the registry takes or gives objects. */
export type OcpiVersion = '2.1.1' | '2.2.1' | '2.3.0';

/** One version on its way in. */
export interface Dialect {
  version: OcpiVersion;
  /** Everything that is wrong with an object, and what is accepted but worth telling. */
  inspect(kind: ObjectKind, value: unknown): Inspection;
  /** `inspect` for code that needs places and types rather than sentences. */
  find(kind: ObjectKind, value: unknown): Finding[];
  /** The object with the named tolerances applied; a valid object comes back itself. */
  repair(kind: ObjectKind, value: unknown): Repaired;
  /** A valid object in the registry's vocabulary, which is that of 2.3.0 as a superset. */
  toModel(kind: ObjectKind, value: unknown): unknown;
  /** Versions in which the stored document of this (valid, converted) object may be sent without parsing it. */
  asStored(kind: ObjectKind, value: unknown): OcpiVersion[];
}
