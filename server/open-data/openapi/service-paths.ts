/** What answers questions: changes, tiles, features, health, and the lists of it all, for the OpenAPI document. */
import { type Parameter, type Paths, schemaOf } from './operation.ts';

const integer = (minimum: number) => ({ type: 'integer', minimum });

const SINCE: Parameter = {
  name: 'since',
  in: 'query',
  description:
    'After this position: the NAP-Sequence of a file, or what the next of an earlier answer has. Not given: from now on',
  schema: { type: 'string' },
  example: '0',
};

const CHANGE_FILTERS: readonly Parameter[] = [
  {
    name: 'limit',
    in: 'query',
    description: 'Changes in a page at most; 1,000 when not given, and never more than 10,000',
    schema: integer(1),
  },
  {
    name: 'party',
    in: 'query',
    description: 'Only of these parties: NL-TNM, or several as NL-TNM,BE-ABC',
    schema: { type: 'string', pattern: '^[A-Za-z]{2}-[A-Za-z0-9]{3}(,[A-Za-z]{2}-[A-Za-z0-9]{3})*$' },
  },
  {
    name: 'bbox',
    in: 'query',
    description:
      'Only Locations within: west,south,east,north in degrees. One that leaves the box is told as deleted. Tariffs have no place and are left out',
    schema: { type: 'string' },
  },
  {
    name: 'kind',
    in: 'query',
    description: 'Only of these kinds, several by comma: location (or static), status, tariff',
    schema: {
      type: 'string',
      pattern: '^(location|static|status|tariff)(,(location|static|status|tariff))*$',
    },
  },
];

function tilePart(name: string, description: string): Parameter {
  return { name, in: 'path', description, schema: integer(0), example: 0 };
}

const NOT_YET = 'The tiles are being made for the first time';

export const SERVICE_PATHS: Paths = {
  '/.well-known/nap.json': {
    id: 'describeAccessPoint',
    tag: 'Catalogue',
    summary: 'Everything that there is, for programs: begin here',
    content: { 'application/json': schemaOf('nap') },
    headers: ['NAP-Sequence'],
  },
  '/openapi.json': {
    id: 'describeInterface',
    tag: 'Catalogue',
    summary: 'This document',
    content: { 'application/json': { type: 'object' } },
    headers: ['ETag'],
    empty: { 304: 'It is still the one that you have' },
  },
  '/changes': {
    id: 'listChanges',
    tag: 'Services',
    summary: 'What changed since a sequence; as a stream, what changes',
    parameters: [SINCE, ...CHANGE_FILTERS],
    content: {
      'application/json': schemaOf('changes'),
      'application/x-ndjson': null,
      'text/event-stream': null,
    },
    headers: ['NAP-Sequence', 'Link'],
    empty: { 304: 'It is still the answer that you have' },
    problems: {
      400: 'A parameter cannot be read',
      410: 'The journal does not reach back so far, or is another: download a file, and follow from its sequence',
      503: 'There is no place for one more stream',
    },
  },
  '/tiles/locations.json': {
    id: 'describeTiles',
    tag: 'Services',
    summary: 'TileJSON: give its URL to a map library',
    content: { 'application/json': null },
    empty: { 304: 'It is still the one that you have' },
    problems: { 503: NOT_YET },
  },
  '/tiles/locations/{z}/{x}/{y}.mvt': {
    id: 'getTile',
    tag: 'Services',
    summary: 'A vector tile with Locations and clusters of them',
    parameters: [tilePart('z', 'Zoom'), tilePart('x', 'Column'), tilePart('y', 'Row, from the north')],
    content: { 'application/vnd.mapbox-vector-tile': null },
    headers: ['ETag', 'NAP-Sequence'],
    empty: { 304: 'It is still the one that you have' },
    problems: { 400: 'There is no such tile', 404: 'There is no such tile', 503: NOT_YET },
  },
  '/ogc': {
    id: 'describeFeatures',
    tag: 'Services',
    summary: 'OGC API Features: its landing page',
    description: 'Its own OpenAPI document, /ogc/api, describes what lies below.',
    content: { 'application/json': null, 'text/html': null },
  },
  '/ogc/api': {
    id: 'describeFeaturesInterface',
    tag: 'Services',
    summary: 'OpenAPI document of OGC API Features',
    content: { 'application/vnd.oai.openapi+json;version=3.0': null },
  },
  '/health/live': {
    id: 'isAlive',
    tag: 'Health',
    summary: 'The process answers',
    content: { 'application/json': { type: 'object' } },
    isLimited: false,
  },
  '/health/ready': {
    id: 'isReady',
    tag: 'Health',
    summary: 'It can serve',
    content: { 'application/json': { type: 'object' } },
    likewise: { 503: 'It cannot, with the part that is not well' },
    isLimited: false,
  },
};
