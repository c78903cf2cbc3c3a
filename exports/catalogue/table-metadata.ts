/**
 * What describes a table to programs: CSV on the Web (W3C, "Metadata Vocabulary for Tabular Data"). A CSV file cannot
 * name its licence, its source or the type of a column without breaking those who read it; this document does, and
 * lies where the standard looks for it: beside the file, under its name with `-metadata.json`.
 */

import type { Snapshot } from '../build/edition-store.ts';
import type { Column, ExportFormat, Publication } from '../format.ts';

export const TABLE_METADATA_MEDIA_TYPE = 'application/csvm+json';

const METADATA_ENDING = '-metadata.json';

/** Whether the format is a table of text with columns that are described. */
export function isCsv({ mediaType, columns }: Pick<ExportFormat, 'mediaType' | 'columns'>): boolean {
  return mediaType.startsWith('text/csv') && columns !== undefined;
}

/** Name of the metadata of a file. */
export function tableMetadataName(file: string): string {
  return `${file}${METADATA_ENDING}`;
}

export interface TableFacts {
  readonly format: ExportFormat;
  readonly publication: Publication;
  /** Where the licence is read; null where that is not known. */
  readonly licenceUrl: string | null;
  /** The current edition; null before the first build. */
  readonly snapshot: Snapshot | null;
}

/** The metadata of a table. Addresses in it are relative to itself, so that a copy of both files is whole. */
export function describeTable({ format, publication, licenceUrl, snapshot }: TableFacts) {
  const { name, attribution, licence } = publication;
  return {
    '@context': ['http://www.w3.org/ns/csvw', { '@language': 'en' }],
    url: format.name,
    'dc:title': format.title,
    'dc:description': format.description,
    'dc:publisher': name,
    'dc:license': licenceUrl === null ? licence : { '@id': licenceUrl },
    'dc:rights': `Name the source as: ${attribution}`,
    ...(format.standard === undefined ? {} : { 'dc:conformsTo': { '@id': format.standard } }),
    ...(snapshot === null ? {} : { 'dc:modified': snapshot.generatedAt.toISOString() }),
    dialect: { encoding: 'utf-8', delimiter: ',', quoteChar: '"', doubleQuote: true, header: true },
    tableSchema: { columns: (format.columns ?? []).map(describeColumn) },
  };
}

/** An empty cell is one that is not known. */
function describeColumn({ name, description, datatype, separator }: Column) {
  return {
    name,
    titles: name,
    'dc:description': description,
    datatype: datatype ?? 'string',
    ...(separator === undefined ? {} : { separator }),
    null: '',
  };
}
