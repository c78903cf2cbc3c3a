/** The shapes of answers, as the OpenAPI document of `/ogc` names them. What a Feature says is described in words. */

function ref(name: string): object {
  return { $ref: `#/components/schemas/${name}` };
}

const TEXT = { type: 'string' } as const;
const LINKS = { type: 'array', items: ref('link') } as const;

const FEATURE = {
  type: 'object',
  required: ['type', 'id', 'geometry', 'properties'],
  properties: {
    type: { type: 'string', enum: ['Feature'] },
    id: TEXT,
    geometry: ref('geometry'),
    properties: {
      type: 'object',
      description:
        'What the object says: fields of OCPI and what is worked out of them, null when not known. Fields may be added.',
      additionalProperties: true,
    },
    links: LINKS,
  },
} as const;

export const COMPONENT_SCHEMAS = {
  link: {
    type: 'object',
    required: ['href', 'rel'],
    properties: { href: TEXT, rel: TEXT, type: TEXT, title: TEXT },
  },
  landingPage: {
    type: 'object',
    required: ['links'],
    properties: { title: TEXT, description: TEXT, attribution: TEXT, links: LINKS },
  },
  conformance: {
    type: 'object',
    required: ['conformsTo'],
    properties: { conformsTo: { type: 'array', items: TEXT }, links: LINKS },
  },
  extent: {
    type: 'object',
    properties: {
      spatial: {
        type: 'object',
        properties: {
          bbox: {
            type: 'array',
            minItems: 1,
            items: { type: 'array', minItems: 4, maxItems: 4, items: { type: 'number' } },
          },
          crs: TEXT,
        },
      },
      temporal: {
        type: 'object',
        properties: {
          interval: {
            type: 'array',
            minItems: 1,
            items: {
              type: 'array',
              minItems: 2,
              maxItems: 2,
              items: { type: 'string', format: 'date-time', nullable: true },
            },
          },
          trs: TEXT,
        },
      },
    },
  },
  collection: {
    type: 'object',
    required: ['id', 'links'],
    properties: {
      id: TEXT,
      title: TEXT,
      description: TEXT,
      attribution: TEXT,
      itemType: TEXT,
      crs: { type: 'array', items: TEXT },
      extent: ref('extent'),
      links: LINKS,
    },
  },
  collections: {
    type: 'object',
    required: ['links', 'collections'],
    properties: { links: LINKS, collections: { type: 'array', items: ref('collection') } },
  },
  geometry: {
    type: 'object',
    nullable: true,
    required: ['type', 'coordinates'],
    properties: {
      type: { type: 'string', enum: ['Point', 'MultiPoint'] },
      coordinates: { type: 'array', items: {}, description: 'Longitude, latitude; or a list of such' },
    },
  },
  feature: FEATURE,
  featureCollection: {
    type: 'object',
    required: ['type', 'features', 'numberMatched', 'numberReturned', 'timeStamp', 'links'],
    properties: {
      type: { type: 'string', enum: ['FeatureCollection'] },
      features: { type: 'array', items: ref('feature') },
      numberMatched: {
        type: 'integer',
        minimum: 0,
        description: 'All that are selected. May be a minute old while much changes.',
      },
      numberReturned: { type: 'integer', minimum: 0 },
      timeStamp: { type: 'string', format: 'date-time' },
      licence: TEXT,
      attribution: TEXT,
      sequence: { type: 'integer', description: 'Position of the journal that the page holds' },
      links: LINKS,
    },
  },
  problem: {
    type: 'object',
    required: ['title', 'status'],
    properties: { type: TEXT, title: TEXT, status: { type: 'integer' }, detail: TEXT, id: TEXT },
  },
} as const;
