/**
 * What `/changes` answers: a page of changes, and one change, which is also a line of NDJSON and an event of the
 * stream (design, section 7).
 */
import {
  count,
  listOf,
  type NamedSchema,
  named,
  objectOf,
  oneOf,
  orNull,
  said,
  text,
  url,
} from './schema.ts';

const tariff: NamedSchema = {
  name: 'tariff',
  schema: {
    title: 'A Tariff',
    description: 'An OCPI Tariff object, as its owner sent it: see the OCPI specification for its fields.',
    ...objectOf({
      country_code: text,
      party_id: text,
      id: text,
      currency: said(text, 'ISO 4217'),
      elements: listOf({ type: 'object' }),
      last_updated: text,
    }),
  },
};

const change: NamedSchema = {
  name: 'change',
  schema: {
    title: 'A change of one object',
    ...objectOf({
      sequence: said(count, 'Its position in the journal'),
      kind: said(
        oneOf('location', 'status', 'tariff'),
        'status: nothing but statuses and times of a Location changed',
      ),
      action: oneOf('upsert', 'delete'),
      id: said(text, 'CC-PTY-id of the Location or Tariff'),
      object: said(
        orNull({ anyOf: [named('location-feature'), named(tariff.name)] }),
        'The whole object as it is now; null for delete',
      ),
    }),
  },
};

const changes: NamedSchema = {
  name: 'changes',
  schema: {
    title: 'Changes since a position',
    ...objectOf({
      changes: listOf(named(change.name)),
      next: said(url, 'Where to go on, also when nothing is new'),
      sequence: said(count, 'Position of the journal when this was answered'),
    }),
  },
};

export const CHANGE_SCHEMAS = [tariff, change, changes];
