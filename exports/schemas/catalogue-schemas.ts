/**
 * The lists of what there is, `/.well-known/nap.json` and `/data`, and the problem document that every error is.
 */
import {
  count,
  countOrNull,
  listOf,
  moment,
  momentOrNull,
  type NamedSchema,
  numberOrNull,
  objectOf,
  oneOf,
  orNull,
  said,
  sha256OrNull,
  text,
  textOrNull,
  url,
  urlOrNull,
} from './schema.ts';

const gzip = said(
  orNull(objectOf({ bytes: count, sha256: sha256OrNull })),
  'As it is sent to whoever accepts gzip',
);

const freshness = said(
  orNull(
    objectOf({
      age_s: said(count, 'Seconds since it was built'),
      behind: said(count, 'Changes of what it holds that it does not have yet'),
      behind_s: said(count, 'Seconds since the first of them; 0 when it has all'),
    }),
  ),
  'Measured when this was made; null for what is answered from the registry, and for what was not built yet',
);

const feed = objectOf({
  id: said(text, 'Stays the same for as long as the feed is there'),
  kind: oneOf('file', 'service'),
  title: text,
  description: text,
  url,
  media_type: text,
  view: said(orNull(oneOf('raw', 'resolved')), 'Of a file: everything, or each EVSE ID once'),
  access: said(oneOf('open', 'token'), 'token: for partners that are connected'),
  data_sets: listOf(oneOf('static', 'dynamic')),
  schema: said(urlOrNull, 'JSON Schema, or CSVW metadata of a table'),
  standard: said(urlOrNull, 'Where the standard is read that it follows'),
  cadence: said(text, 'Within which time a change is in it, as an ISO 8601 duration'),
  freshness,
  sequence: said(countOrNull, 'Position of the journal up to which it is complete'),
  generated_at: momentOrNull,
  objects: said(countOrNull, 'Locations or Tariffs in it'),
  bytes: countOrNull,
  sha256: sha256OrNull,
  gzip,
  licence: text,
  attribution: text,
  contact: textOrNull,
});

const nap: NamedSchema = {
  name: 'nap',
  schema: {
    title: 'What an access point offers',
    ...objectOf({
      name: text,
      country_code: said({ type: 'string', pattern: '^[A-Z]{2}$' }, 'ISO 3166-1 alpha-2'),
      licence: said(text, 'SPDX identifier or URL'),
      licence_url: urlOrNull,
      attribution: said(text, 'The words that whoever uses the data is to repeat'),
      contact: said(textOrNull, 'An e-mail address or a URL'),
      generated_at: moment,
      sequence: said(count, 'Position of the journal now'),
      status_age: said(
        objectOf({ p50_s: numberOrNull, p95_s: numberOrNull }),
        'Seconds since the statuses of half of all EVSEs, and of 95 %, were last told; null without EVSEs',
      ),
      feeds: listOf(feed),
      rate_limits: listOf(objectOf({ name: text, applies_to: text, requests: count, window_s: count })),
      deprecations: listOf(
        objectOf({
          path: text,
          what: text,
          deprecated_at: moment,
          sunset_at: said(moment, 'Until then it works'),
          instead: said(text, 'What to use'),
        }),
      ),
      documentation: url,
      openapi: url,
      catalogue: objectOf({ jsonld: url, turtle: url }),
      health: url,
    }),
  },
};

const fileFacts = {
  url,
  bytes: countOrNull,
  sha256: sha256OrNull,
  gzip,
  objects: countOrNull,
  sequence: countOrNull,
  generated_at: momentOrNull,
  age_s: countOrNull,
};

const downloads: NamedSchema = {
  name: 'downloads',
  schema: {
    title: 'What can be downloaded',
    ...objectOf({
      name: text,
      licence: text,
      licence_url: urlOrNull,
      attribution: text,
      downloads: listOf(
        objectOf(
          {
            name: text,
            title: text,
            description: text,
            media_type: text,
            ...fileFacts,
            licence: text,
            attribution: text,
            columns: said(listOf(objectOf({ name: text, description: text })), 'Of tables'),
            resolved: said(objectOf(fileFacts), 'The same with each EVSE ID once'),
          },
          { optional: ['columns', 'resolved'] },
        ),
      ),
    }),
  },
};

const representation = objectOf({ bytes: count, sha256: text });

const days: NamedSchema = {
  name: 'days',
  schema: {
    title: 'Files of earlier days',
    ...objectOf({
      kept_days: count,
      days: listOf(
        objectOf({
          day: said({ type: 'string', format: 'date' }, 'UTC'),
          files: listOf(
            objectOf({
              name: text,
              url,
              sequence: count,
              generated_at: moment,
              objects: count,
              licence: text,
              attribution: text,
              identity: said(representation, 'As it is'),
              gzip: said(representation, 'As it is sent to whoever accepts gzip'),
            }),
          ),
        }),
      ),
    }),
  },
};

const problem: NamedSchema = {
  name: 'problem',
  schema: {
    title: 'Why a request was not served',
    description: 'A problem document (RFC 9457).',
    ...objectOf(
      {
        type: text,
        title: text,
        status: { type: 'integer', minimum: 400, maximum: 599 },
        detail: said(text, 'What is wrong, and what to write instead'),
        id: said(text, 'Where it stands in our log'),
      },
      { optional: ['detail', 'id'] },
    ),
  },
};

export const CATALOGUE_SCHEMAS = [nap, downloads, days, problem];
