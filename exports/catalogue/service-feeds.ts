/**
 * The feeds that are no files: interfaces that answer a question. One entry each, for every kind of catalogue.
 */
import type { ServiceFeed } from './feed.ts';

/** Where the OpenAPI document of the access point is served. */
export const OPENAPI_PATH = '/openapi.json';

const OPEN = {
  kind: 'service',
  access: 'open',
  interfaceDescription: OPENAPI_PATH,
  schema: null,
  standard: null,
  mediaType: 'application/json',
  dataSets: ['static', 'dynamic'],
  /** Answered from the registry itself. */
  cadence: 'PT0S',
} as const;

export const SERVICE_FEEDS: readonly ServiceFeed[] = [
  {
    ...OPEN,
    id: 'changes',
    title: 'Changes since a sequence',
    description:
      'What changed since a position that you have, of a file or of an earlier answer: whole objects, in order, none passed over. As NDJSON with Accept: application/x-ndjson.',
    path: '/changes',
    example: '?since=0&limit=10',
    schema: '/data/schemas/changes.json',
  },
  {
    ...OPEN,
    id: 'changes-stream',
    title: 'Changes as they happen',
    description:
      'The same as a stream of server-sent events: ask /changes with Accept: text/event-stream, and go on from Last-Event-ID.',
    path: '/changes',
    example: '',
    mediaType: 'text/event-stream',
    schema: '/data/schemas/change.json',
    standard: 'https://html.spec.whatwg.org/multipage/server-sent-events.html',
  },
  {
    ...OPEN,
    id: 'ogc',
    title: 'Locations, EVSEs and Tariffs by question',
    description:
      'OGC API Features: by place, by property, one by one, page by page. Geographic information systems connect to it as it is.',
    path: '/ogc',
    example: '/collections',
    interfaceDescription: '/ogc/api',
    standard: 'https://docs.ogc.org/is/17-069r4/17-069r4.html',
  },
  {
    ...OPEN,
    id: 'tiles',
    title: 'Map tiles',
    description:
      'Mapbox vector tiles with Locations, and clusters of them where the map shows much: give the address of this TileJSON to a map library.',
    path: '/tiles/locations.json',
    example: '',
    standard: 'https://github.com/mapbox/tilejson-spec/tree/master/3.0.0',
  },
  {
    ...OPEN,
    id: 'daily',
    title: 'Files of earlier days',
    description: 'Lists the files that were kept, one edition a day.',
    path: '/data/daily',
    example: '',
    schema: '/data/schemas/days.json',
    cadence: 'P1D',
  },
  {
    ...OPEN,
    id: 'quality',
    title: 'Quality of the data',
    description: 'Objects, open findings, coverage and freshness of each party, with a score.',
    path: '/quality',
    example: '',
    dataSets: [],
    schema: '/data/schemas/quality.json',
  },
  {
    ...OPEN,
    id: 'ocpi',
    title: 'OCPI for navigation providers',
    description:
      'The registry as an OCPI Sender, and pushes to your Receiver. Ask us for a token; everything else is found from this URL.',
    path: '/ocpi/versions',
    example: '',
    access: 'token',
    interfaceDescription: '/ocpi/versions',
    standard: 'https://github.com/ocpi/ocpi/tree/release-2.2.1-bugfixes',
  },
];
