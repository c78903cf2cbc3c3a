/** The dialects of all versions that are spoken, on the way in. */
import { isOcpiVersion, OCPI_VERSIONS, type OcpiVersion } from '../../db/ocpi-version.ts';
import type { Dialect } from './dialect.ts';
import { ocpi211 } from './ocpi-2.1.1.ts';
import { ocpi221 } from './ocpi-2.2.1.ts';
import { ocpi230 } from './ocpi-2.3.0.ts';

export const DIALECTS: Readonly<Record<OcpiVersion, Dialect>> = {
  '2.1.1': ocpi211,
  '2.2.1': ocpi221,
  '2.3.0': ocpi230,
};

/** The dialect of a version. Throws when it is not spoken, which only a wrong row of the database can cause. */
export function dialectOf(version: string): Dialect {
  if (isOcpiVersion(version)) return DIALECTS[version];
  throw new Error(`OCPI ${version} cannot be read; known: ${OCPI_VERSIONS.join(', ')}`);
}
