/**
 * `/ogc/api`: the service as an OpenAPI 3.0 document. Each collection has paths of its own, so that its filters are
 * described where they hold. Made of the same declarations as the service (`collections.ts`, `queryables.ts`), so a
 * filter cannot be missing here.
 */
import { COLLECTIONS, type Collection } from './collections.ts';
import type { Terms } from './documents.ts';
import { PAGE_LIMIT, USUAL_LIMIT } from './items-query.ts';
import { CRS84, MEDIA } from './names.ts';
import { COMPONENT_SCHEMAS } from './openapi-schemas.ts';
import type { Queryable } from './queryables.ts';

/** @param base address of `/ogc` */
export function openApiDocument(base: string, terms: Terms, version: string): object {
  return {
    openapi: '3.0.3',
    info: {
      title: `${terms.name}: OGC API Features`,
      description:
        'Charging locations, EVSEs and tariffs, without a key. Coordinates are longitude and latitude (CRS84). Pages are followed by their link `next`; a walk along it holds every object that is there from beginning to end, once, whatever changes meanwhile.',
      version,
      license: { name: terms.licence, ...(terms.licenceUrl ? { url: terms.licenceUrl } : {}) },
    },
    servers: [{ url: base }],
    tags: [
      { name: 'Service', description: 'What there is' },
      ...COLLECTIONS.map(({ id, title }) => ({ name: id, description: title })),
    ],
    paths: {
      '/': serviceOperation('getLandingPage', 'The landing page', jsonOf('landingPage')),
      '/conformance': serviceOperation(
        'getConformance',
        'Conformance classes that hold',
        jsonOf('conformance'),
      ),
      '/api': serviceOperation('getApi', 'This document', {
        [MEDIA.openapi]: { schema: { type: 'object' } },
      }),
      '/collections': serviceOperation('getCollections', 'The collections', jsonOf('collections')),
      ...Object.assign({}, ...COLLECTIONS.map(collectionPaths)),
    },
    components: { parameters: PARAMETERS, responses: RESPONSES, schemas: COMPONENT_SCHEMAS },
  };
}

const PARAMETERS = {
  f: {
    name: 'f',
    in: 'query',
    description: 'JSON or a page for people; without it the `Accept` header decides.',
    schema: { type: 'string', enum: ['json', 'html'] },
  },
  bbox: {
    name: 'bbox',
    in: 'query',
    description:
      'Only what lies in this box: west, south, east, north in degrees, or six numbers with heights, which decide nothing. West greater than east crosses the antimeridian.',
    schema: {
      type: 'array',
      oneOf: [
        { minItems: 4, maxItems: 4 },
        { minItems: 6, maxItems: 6 },
      ],
      items: { type: 'number' },
    },
    style: 'form',
    explode: false,
  },
  bboxCrs: {
    name: 'bbox-crs',
    in: 'query',
    description: 'Of the box; there is one only.',
    schema: { type: 'string', format: 'uri', enum: [CRS84] },
  },
  crs: {
    name: 'crs',
    in: 'query',
    description: 'Of the Features; there is one only.',
    schema: { type: 'string', format: 'uri', enum: [CRS84] },
  },
  datetime: {
    name: 'datetime',
    in: 'query',
    description:
      "Only what has a `last_updated`, the owner's time, at this moment or within this interval, both ends included: 2026-11-28T10:00:00Z, 2026-11-28T10:00:00Z/.., ../2026-11-28T10:00:00Z. A date alone is that whole day in UTC.",
    schema: { type: 'string' },
  },
  limit: {
    name: 'limit',
    in: 'query',
    description:
      'Features in a page. Greater numbers mean the greatest; a page of large objects may hold fewer.',
    schema: { type: 'integer', minimum: 1, maximum: PAGE_LIMIT, default: USUAL_LIMIT },
  },
  cursor: {
    name: 'cursor',
    in: 'query',
    description:
      'Where the page begins: as it stands in the links `next` and `prev`, not to be made by hand.',
    schema: { type: 'string' },
  },
} as const;

const RESPONSES = {
  problem: {
    description: 'What is wrong, in words (RFC 9457)',
    content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/problem' } } },
  },
};

function parameter(name: keyof typeof PARAMETERS): object {
  return { $ref: `#/components/parameters/${name}` };
}

function jsonOf(schema: keyof typeof COMPONENT_SCHEMAS, type: string = MEDIA.json): Record<string, object> {
  return { [type]: { schema: { $ref: `#/components/schemas/${schema}` } } };
}

function answers(content: Record<string, object>, errors: readonly string[]): object {
  const ok = {
    description: 'As asked',
    headers: {
      'NAP-Sequence': {
        description: 'Position of the journal that the answer holds',
        schema: { type: 'integer' },
      },
    },
    content: { ...content, [MEDIA.html]: { schema: { type: 'string' } } },
  };
  const problems = errors.map((status) => [status, { $ref: '#/components/responses/problem' }]);
  return { 200: ok, ...Object.fromEntries(problems) };
}

function serviceOperation(operationId: string, summary: string, content: Record<string, object>): object {
  return {
    get: {
      operationId,
      summary,
      tags: ['Service'],
      parameters: [parameter('f')],
      responses: answers(content, ['400']),
    },
  };
}

function collectionPaths(collection: Collection): Record<string, object> {
  const { id, title, description, queryables } = collection;
  const name = `${id[0]?.toUpperCase()}${id.slice(1)}`;
  const path = `/collections/${id}`;
  return {
    [path]: {
      get: {
        operationId: `describe${name}`,
        summary: `What ${title} are`,
        tags: [id],
        parameters: [parameter('f')],
        responses: answers(jsonOf('collection'), ['400']),
      },
    },
    [`${path}/queryables`]: {
      get: {
        operationId: `getQueryablesOf${name}`,
        summary: `What ${title} are selected by`,
        tags: [id],
        parameters: [parameter('f')],
        responses: answers({ [MEDIA.schema]: { schema: { type: 'object' } } }, ['400']),
      },
    },
    [`${path}/items`]: {
      get: {
        operationId: `get${name}`,
        summary: title,
        description,
        tags: [id],
        parameters: [
          ...(['bbox', 'bboxCrs', 'crs', 'datetime', 'limit', 'cursor', 'f'] as const).map(parameter),
          ...queryables.map(queryParameter),
        ],
        responses: answers(jsonOf('featureCollection', MEDIA.geojson), ['400']),
      },
    },
    [`${path}/items/{featureId}`]: { get: itemOperation(collection, name) },
  };
}

function itemOperation({ id, title, idDescription, idExample }: Collection, name: string): object {
  const featureId = {
    name: 'featureId',
    in: 'path',
    required: true,
    description: `${idDescription}, in upper or lower case`,
    schema: { type: 'string' },
    example: idExample,
  };
  return {
    operationId: `getOneOf${name}`,
    summary: `One of ${title}`,
    tags: [id],
    parameters: [featureId, parameter('crs'), parameter('f')],
    responses: answers(jsonOf('feature', MEDIA.geojson), ['400', '404']),
  };
}

function queryParameter({ name, description, schema, isSingle }: Queryable): object {
  return {
    name,
    in: 'query',
    description: isSingle ? description : `${description} Several, separated by commas: one of them.`,
    schema: isSingle ? schema : { type: 'array', minItems: 1, items: schema },
    style: 'form',
    explode: false,
  };
}
