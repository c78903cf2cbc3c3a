/** The dialects of all versions that are spoken, on the way out. */
import type { OcpiVersion } from '../../db/ocpi-version.ts';
import type { ExportDialect } from './dialect.ts';
import { ocpi211 } from './ocpi-2.1.1.ts';
import { ocpi221 } from './ocpi-2.2.1.ts';
import { ocpi230 } from './ocpi-2.3.0.ts';

export const EXPORT_DIALECTS: Readonly<Record<OcpiVersion, ExportDialect>> = {
  '2.1.1': ocpi211,
  '2.2.1': ocpi221,
  '2.3.0': ocpi230,
};
