/**
 * The reports on data quality: of all parties, of one with its findings, of one EVSE ID (`docs/quality.md`).
 */
import {
  count,
  type JsonSchema,
  listOf,
  mapOf,
  moment,
  momentOrNull,
  type NamedSchema,
  named,
  numberOrNull,
  objectOf,
  oneOf,
  orNull,
  said,
  text,
  textOrNull,
  urlOrNull,
} from './schema.ts';

const severity = oneOf('error', 'warning', 'info');
const shares = mapOf({ type: 'number', minimum: 0, maximum: 1 });
const percentiles = objectOf({ p50_s: numberOrNull, p95_s: numberOrNull });
const terms = { licence: text, attribution: text };

const rule = objectOf({
  id: text,
  severity,
  title: text,
  afir: said(textOrNull, 'The item of the law that it serves'),
  hint: said(text, 'How its owner mends it'),
  open: said(count, 'Open findings, waived ones aside'),
});

const scorePart = objectOf({ weight: count, share: said(numberOrNull, 'null: nothing to judge') });
const scoreParts = objectOf({ correctness: scorePart, completeness: scorePart, timeliness: scorePart });

const figures: Readonly<Record<string, JsonSchema>> = {
  country_code: text,
  party_id: text,
  name: textOrNull,
  registered: said({ type: ['boolean', 'null'] }, 'null: no register was imported'),
  locations: count,
  evses: count,
  connectors: count,
  tariffs: count,
  coverage: said(shares, 'Share of public Locations that say it, by AFIR item'),
  freshness: said(percentiles, "Registry time minus the owner's time, of Locations"),
  status_age: said(percentiles, 'Since the EVSEs were last told'),
  silent_since: momentOrNull,
  waived: said(mapOf(count), 'Findings that do not count for now, by rule'),
  score: said(numberOrNull, '0 to 100'),
  score_parts: said(scoreParts, 'What it is made of'),
};

const quality: NamedSchema = {
  name: 'quality',
  schema: {
    title: 'Quality of the data of all parties',
    ...objectOf({
      ...terms,
      generated_at: moment,
      sequence: count,
      rules: listOf(rule),
      parties: listOf(objectOf({ ...figures, findings: said(mapOf(count), 'Open ones by rule') })),
    }),
  },
};

const finding: NamedSchema = {
  name: 'finding',
  schema: {
    title: 'Something that is wrong, or worth telling, about an object',
    // In a list of one EVSE the owner stands with the EVSE.
    ...objectOf(
      {
        country_code: text,
        party_id: text,
        rule: text,
        severity,
        object: said(
          objectOf({
            location_id: textOrNull,
            evse_uid: textOrNull,
            connector_id: textOrNull,
            tariff_id: textOrNull,
            evse_id: textOrNull,
          }),
          'What it is about',
        ),
        path: said(text, 'Where in the object'),
        message: text,
        received: said(textOrNull, 'What stands there, as JSON text that may be cut'),
        hint: said(text, 'How to mend it'),
        occurrences: said(count, 'Places in the object with the same fault'),
        first_seen: moment,
        last_seen: moment,
        waived: said(orNull(objectOf({ until: text, reason: text })), 'null: it counts'),
      },
      { optional: ['country_code', 'party_id'] },
    ),
  },
};

const party: NamedSchema = {
  name: 'quality-party',
  schema: {
    title: 'Quality of the data of one party',
    ...objectOf({
      ...terms,
      generated_at: moment,
      sequence: count,
      rules: listOf(rule),
      ...figures,
      findings_by_rule: mapOf(count),
      findings: listOf(named(finding.name)),
      next: said(urlOrNull, 'The next page; null: there is none'),
      trend: listOf({ type: 'object' }),
    }),
  },
};

const evseView = objectOf({
  country_code: text,
  party_id: text,
  location_id: text,
  location_name: textOrNull,
  address: text,
  city: text,
  coordinates: said({ type: 'array', items: { type: 'number' } }, 'Longitude, latitude'),
  evse_uid: text,
  evse_id: text,
  status: text,
  last_updated: moment,
  received_at: moment,
  missing_items: said(listOf(text), 'AFIR items that it lacks'),
  findings: listOf(named(finding.name)),
});

const evse: NamedSchema = {
  name: 'quality-evse',
  schema: {
    title: 'All that is known of one EVSE ID',
    ...objectOf({
      ...terms,
      generated_at: moment,
      sequence: count,
      evse_id: text,
      compact_id: text,
      kind: text,
      operator: said(
        objectOf({
          country_code: text,
          operator_id: text,
          registrations: listOf(objectOf({ role: text, status: text, name: textOrNull })),
        }),
        'The operator in the ID, by the registers',
      ),
      evses: said(listOf(evseView), 'All that have it'),
    }),
  },
};

export const QUALITY_SCHEMAS = [quality, finding, party, evse];
