/** Files and what describes them, for the OpenAPI document. */
import { isCsv, TABLE_METADATA_MEDIA_TYPE } from '../../../exports/catalogue/table-metadata.ts';
import type { ExportFormat } from '../../../exports/format.ts';
import { SCHEMAS } from '../../../exports/schemas/schemas.ts';
import { VIEWS } from '../../../exports/view.ts';
import { type Content, type Operation, type Parameter, type Paths, schemaOf } from './operation.ts';

const DOWNLOAD: Omit<Operation, 'id' | 'summary' | 'parameters' | 'content'> = {
  tag: 'Data',
  headers: ['ETag', 'Last-Modified', 'Content-Disposition', 'Link', 'NAP-Sequence'],
  likewise: { 206: 'The part that the header Range asked for' },
  empty: { 304: 'It is still the one that you have' },
  problems: {
    400: 'There is no such view of it',
    404: 'There is no such file',
    412: 'It is no longer the one that you have (If-Match)',
    416: 'The part begins after the end',
    503: 'It has not been built yet',
  },
};

/** @param formats all that can be downloaded */
export function dataPaths(formats: readonly ExportFormat[]): Paths {
  const file = fileParameter(formats.map(({ name }) => name));
  const tables = fileParameter(formats.filter(isCsv).map(({ name }) => name));
  return {
    '/data': {
      id: 'listDownloads',
      tag: 'Catalogue',
      summary: 'What can be downloaded: for programs, for people, for data portals',
      content: {
        'application/json': schemaOf('downloads'),
        'text/html': null,
        'application/ld+json': null,
        'text/turtle': null,
      },
    },
    '/data/{file}': {
      ...DOWNLOAD,
      id: 'download',
      summary: 'A file of the whole registry',
      parameters: [file, VIEW],
      content: contentOf(formats),
    },
    '/data/{file}-metadata.json': {
      id: 'describeTable',
      tag: 'Catalogue',
      summary: 'Columns, licence and source of a table (CSV on the Web)',
      parameters: [tables],
      content: { [TABLE_METADATA_MEDIA_TYPE]: null },
      headers: ['ETag'],
      empty: { 304: 'It is still the one that you have' },
      problems: { 404: 'There is no such table' },
    },
    '/data/daily': {
      id: 'listDays',
      tag: 'Data',
      summary: 'The files that were kept of earlier days',
      content: { 'application/json': schemaOf('days') },
    },
    '/data/daily/{day}/{file}': {
      id: 'downloadDay',
      tag: 'Data',
      summary: 'A file as it was published last on a day',
      parameters: [DAY, file, VIEW],
      content: contentOf(formats),
      headers: ['ETag', 'Last-Modified', 'Content-Disposition', 'NAP-Sequence'],
      empty: { 304: 'It is the one that you have' },
      problems: {
        400: 'There is no such view of it',
        404: 'That day is not kept, or has no such file',
        412: 'It is not the one that you have (If-Match)',
      },
    },
    '/data/schemas/{name}.json': {
      id: 'getSchema',
      tag: 'Catalogue',
      summary: 'JSON Schema of one of our own forms',
      parameters: [SCHEMA_NAME],
      content: { 'application/schema+json': null },
      headers: ['ETag'],
      empty: { 304: 'It is still the one that you have' },
      problems: { 404: 'There is no such schema' },
    },
    '/data/catalogue.jsonld': portalCatalogue('JSON-LD', 'application/ld+json'),
    '/data/catalogue.ttl': portalCatalogue('Turtle', 'text/turtle'),
  };
}

function portalCatalogue(spelling: string, mediaType: string): Operation {
  return {
    id: `catalogueAs${spelling.replace('-', '')}`,
    tag: 'Catalogue',
    summary: `DCAT-AP and mobilityDCAT-AP, as ${spelling}`,
    content: { [mediaType]: null },
    headers: ['ETag'],
    empty: { 304: 'It is still the one that you have' },
  };
}

function fileParameter(names: readonly string[]): Parameter {
  return {
    name: 'file',
    in: 'path',
    description: 'Name of the file',
    schema: { type: 'string', enum: names },
    ...(names[0] === undefined ? {} : { example: names[0] }),
  };
}

const VIEW: Parameter = {
  name: 'view',
  in: 'query',
  description: 'Everything, or each EVSE ID once (only files that show EVSEs)',
  schema: { type: 'string', enum: VIEWS, default: VIEWS[0] },
};

const DAY: Parameter = {
  name: 'day',
  in: 'path',
  description: 'Day, UTC',
  schema: { type: 'string', format: 'date' },
};

const SCHEMA_NAME: Parameter = {
  name: 'name',
  in: 'path',
  description: 'Name of the schema',
  schema: { type: 'string', enum: [...SCHEMAS.keys()] },
  example: 'location-feature',
};

/** Formats that share a media type share an entry; it has a schema only where there is one for all of them. */
function contentOf(formats: readonly ExportFormat[]): Content {
  const content: Record<string, Content[string]> = {};
  for (const { mediaType, schema } of formats) {
    const own = schema === undefined || !mediaType.endsWith('json') ? null : schemaOf(schema);
    content[mediaType] = mediaType in content ? null : own;
  }
  return content;
}
