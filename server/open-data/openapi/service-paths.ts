/** What answers questions: changes, tiles, features, health, and the lists of it all, for the OpenAPI document. */
import { type Parameter, type Paths, schemaOf } from './operation.ts';

const integer = (minimum: number) => ({ type: 'integer', minimum });

const SINCE: Parameter = {
  name: 'since',
  in: 'query',
  description: 'A sequence: of a file (NAP-Sequence), or of an earlier answer',
  schema: integer(0),
  example: 0,
};

const CHANGE_FILTERS: readonly Parameter[] = [
  { name: 'limit', in: 'query', description: 'Changes in an answer at most', schema: integer(1) },
  {
    name: 'party',
    in: 'query',
    description: 'Only of this party, e.g. NL-TNM',
    schema: { type: 'string', pattern: '^[A-Za-z]{2}-[A-Za-z0-9]{3}$' },
  },
  {
    name: 'bbox',
    in: 'query',
    description: 'Only within: west, south, east, north in degrees',
    schema: { type: 'string' },
  },
  {
    name: 'kind',
    in: 'query',
    description: 'Only of this kind',
    schema: { type: 'string', enum: ['location', 'status', 'tariff'] },
  },
];

function tilePart(name: string, description: string): Parameter {
  return { name, in: 'path', description, schema: integer(0), example: 0 };
}

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
    problems: { 400: 'A parameter cannot be read' },
  },
  '/tiles/locations.json': {
    id: 'describeTiles',
    tag: 'Services',
    summary: 'TileJSON: give its URL to a map library',
    content: { 'application/json': null },
    empty: { 304: 'It is still the one that you have' },
  },
  '/tiles/locations/{z}/{x}/{y}.mvt': {
    id: 'getTile',
    tag: 'Services',
    summary: 'A vector tile with Locations and clusters of them',
    parameters: [tilePart('z', 'Zoom'), tilePart('x', 'Column'), tilePart('y', 'Row, from the north')],
    content: { 'application/vnd.mapbox-vector-tile': null },
    headers: ['ETag', 'NAP-Sequence'],
    empty: { 204: 'Nothing lies there', 304: 'It is still the one that you have' },
    problems: { 400: 'There is no such tile', 404: 'There is no such tile' },
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
