/** Reports on data quality, for the OpenAPI document. */
import { CSV_MEDIA_TYPE } from '../../../exports/csv.ts';
import { type HeaderName, type Parameter, type Paths, schemaOf } from './operation.ts';

const HEADERS: readonly HeaderName[] = ['ETag', 'Last-Modified', 'NAP-Sequence'];
const EMPTY = { 304: 'It is still the one that you have' };
const NO_TOKEN = { 401: 'The token is not known', 403: 'The token only opens the handshake' };

const PARTY: Parameter = {
  name: 'party',
  in: 'path',
  description: 'Country and party',
  schema: { type: 'string', pattern: '^[A-Za-z]{2}-[A-Za-z0-9]{3}$' },
  example: 'NL-TNM',
};

const FINDINGS: readonly Parameter[] = [
  {
    name: 'limit',
    in: 'query',
    description: 'Findings in a page at most',
    schema: { type: 'integer', minimum: 1, maximum: 1000, default: 100 },
  },
  {
    name: 'after',
    in: 'query',
    description: 'As the page before ended: follow "next" instead',
    schema: { type: 'string' },
  },
  {
    name: 'rule',
    in: 'query',
    description: 'Only of this rule, e.g. ID-07',
    schema: { type: 'string' },
  },
  {
    name: 'severity',
    in: 'query',
    description: 'Only of this severity',
    schema: { type: 'string', enum: ['error', 'warning', 'info'] },
  },
];

export const QUALITY_PATHS: Paths = {
  '/quality': {
    id: 'reportQuality',
    tag: 'Quality',
    summary: 'All parties: objects, open findings by rule, coverage, freshness, score',
    content: { 'application/json': schemaOf('quality') },
    headers: HEADERS,
    empty: EMPTY,
    problems: { 412: 'It is no longer the one that you have' },
  },
  '/quality.csv': {
    id: 'listFindings',
    tag: 'Quality',
    summary: 'All open findings as a table',
    content: { [CSV_MEDIA_TYPE]: null },
    headers: HEADERS,
    empty: EMPTY,
    problems: { 412: 'It is no longer the one that you have' },
  },
  '/quality/{party}': {
    id: 'reportParty',
    tag: 'Quality',
    summary: 'One party, with its findings page by page, and its trend',
    parameters: [PARTY, ...FINDINGS],
    content: { 'application/json': schemaOf('quality-party') },
    headers: [...HEADERS, 'Link'],
    empty: EMPTY,
    problems: {
      400: 'A parameter cannot be read',
      404: 'Nothing public is known of that party',
      412: 'It is no longer the one that you have',
    },
  },
  '/quality/evse/{id}': {
    id: 'reportEvse',
    tag: 'Quality',
    summary: 'All that is known of one EVSE ID',
    parameters: [
      {
        name: 'id',
        in: 'path',
        description: 'The EVSE ID in any spelling',
        schema: { type: 'string', maxLength: 100 },
        example: 'NL*TNM*E1',
      },
    ],
    content: { 'application/json': schemaOf('quality-evse') },
    headers: HEADERS,
    empty: EMPTY,
    problems: { 400: 'That is no EVSE ID', 412: 'It is no longer the one that you have' },
  },
  '/quality/mine': {
    id: 'reportMine',
    tag: 'Quality',
    summary: "The caller's own parties, with what nobody else sees",
    description: 'With the token that you speak OCPI with.',
    parameters: FINDINGS,
    content: { 'application/json': { type: 'object' } },
    problems: { 400: 'A parameter cannot be read', ...NO_TOKEN },
    isLimited: false,
    needsToken: true,
  },
  '/quality/mine/{party}': {
    id: 'reportMyParty',
    tag: 'Quality',
    summary: "One of the caller's parties, with what nobody else sees",
    parameters: [PARTY, ...FINDINGS],
    content: { 'application/json': { type: 'object' } },
    problems: { 400: 'A parameter cannot be read', 404: 'It is no party of yours', ...NO_TOKEN },
    isLimited: false,
    needsToken: true,
  },
};
