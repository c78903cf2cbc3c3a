/** What a row of the requirements is: types, and the sets of versions that rows speak of. */
import { OCPI_VERSIONS, type OcpiVersion } from '../../../db/ocpi-version.ts';

export { OCPI_VERSIONS, type OcpiVersion };

export const ALL: readonly OcpiVersion[] = OCPI_VERSIONS;
/** 2.2.1 and what came after it. */
export const SINCE_22: readonly OcpiVersion[] = ['2.2.1', '2.3.0'];

/** How binding a row is: as the specification says, or a decision of this project where it says nothing. */
export type Level = 'MUST' | 'SHOULD' | 'MAY' | 'DEC';

export interface Row {
  /** E.g. `LR-01`. */
  readonly id: string;
  /** Where it applies; for rows about two versions, the one that objects come in. */
  readonly versions: readonly OcpiVersion[];
  readonly level: Level;
  readonly title: string;
  /** Why it cannot be seen from outside. */
  readonly untestable?: string;
}

/** The rows about one subject. */
export interface Section {
  /** For `--section`. */
  readonly name: string;
  readonly title: string;
  readonly rows: readonly Row[];
}
