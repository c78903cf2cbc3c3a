/**
 * A Location as a GeoJSON Feature, and the file of all of them: `exports/feature.ts` writes what this describes.
 */
import {
  count,
  countOrNull,
  listOf,
  mapOf,
  moment,
  type NamedSchema,
  named,
  numberOrNull,
  objectOf,
  oneOf,
  said,
  text,
  textOrNull,
} from './schema.ts';

const position = {
  type: 'array',
  prefixItems: [
    { type: 'number', minimum: -180, maximum: 180 },
    { type: 'number', minimum: -90, maximum: 90 },
  ],
  minItems: 2,
  maxItems: 2,
  description: 'Longitude, latitude in decimal degrees, WGS 84',
};

const connector = objectOf({
  id: said(text, 'Unique within the EVSE'),
  standard: said(text, 'OCPI ConnectorType'),
  format: said(text, 'OCPI ConnectorFormat: SOCKET or CABLE'),
  power_type: said(text, 'OCPI PowerType'),
  max_power_kw: said(numberOrNull, 'As its owner states it, else voltage x amperage x phases'),
  tariff_ids: said(listOf(text), 'Tariffs of the same party; empty: not known, which is not free'),
});

const evse = objectOf(
  {
    uid: said(text, 'Unique within the Location'),
    evse_id: said(textOrNull, 'As shown on the charge point'),
    status: said(text, 'OCPI Status; UNKNOWN is neither free nor occupied'),
    last_updated: said(moment, "The owner's time"),
    coordinates: said(position, 'Where it has its own. Longitude, latitude'),
    connectors: listOf(connector),
    twins: said(
      listOf(text),
      'In the view "resolved": others with the same EVSE ID that were left out, as CC-PTY-locationid/uid',
    ),
    holds_by: said(text, 'In the view "resolved": why this one holds against its twins'),
  },
  { optional: ['coordinates', 'twins', 'holds_by'] },
);

const properties = objectOf({
  country_code: said(text, "Country of the owner's OCPI party"),
  party_id: said(text, "The owner's OCPI party"),
  location_id: said(text, 'Unique within country_code and party_id'),
  name: textOrNull,
  address: textOrNull,
  postal_code: textOrNull,
  city: textOrNull,
  country: said(textOrNull, 'ISO 3166-1 alpha-3'),
  operator: said(textOrNull, 'Who operates it'),
  owner: said(textOrNull, 'Who owns it'),
  parking_type: said(textOrNull, 'OCPI ParkingType'),
  time_zone: said(textOrNull, 'IANA name'),
  open_24_7: said({ type: ['boolean', 'null'] }, 'null: not known'),
  max_power_kw: said(numberOrNull, 'Of its strongest connector'),
  evse_count: count,
  evses_available: said(count, 'EVSEs whose status is AVAILABLE'),
  evses_by_status: said(mapOf(count), 'EVSEs by OCPI Status'),
  evses: listOf(evse),
  last_updated: said(moment, "The owner's time"),
  changed_at: said(moment, 'When the registry last changed it'),
});

const feature: NamedSchema = {
  name: 'location-feature',
  schema: {
    title: 'A charging location',
    ...objectOf({
      type: oneOf('Feature'),
      id: said(text, 'CC-PTY-locationid'),
      geometry: objectOf({ type: oneOf('Point'), coordinates: position }),
      properties,
    }),
  },
};

const collection: NamedSchema = {
  name: 'location-feature-collection',
  schema: {
    title: 'All charging locations',
    ...objectOf({
      type: oneOf('FeatureCollection'),
      licence: said(text, 'SPDX identifier or URL'),
      attribution: said(text, 'The words that whoever uses the data is to repeat'),
      generated_at: moment,
      sequence: said(countOrNull, 'Position of the journal up to which it is complete'),
      features: listOf(named(feature.name)),
    }),
  },
};

export const LOCATION_SCHEMAS = [feature, collection];
