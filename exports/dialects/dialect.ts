/**
 * What a version of OCPI needs in order to be spoken: how the registry's words become its words.
 * One file a version beside this one. Types only.
 */
import type { Connector, Evse } from '../../db/model.ts';

export interface ExportDialect {
  /** E.g. `2.2.1`. */
  readonly version: string;
  /**
   * JSON text of a Location for this version, from its canonical document. The very same text, unparsed, when
   * `asStored` names the version; null when the Location cannot be expressed in it at all (LS-11).
   */
  location(document: string, asStored: readonly string[]): string | null;
  /** JSON text of a Tariff for this version, every number as written (TR-12); null when it cannot be expressed. */
  tariff(document: string): string | null;
  /** An EVSE for this version; null when no connector is left that the version knows (CV-09). */
  evse(evse: Evse): object | null;
  /** A connector for this version; null when the version has no word for its standard. */
  connector(connector: Connector): object | null;
}
