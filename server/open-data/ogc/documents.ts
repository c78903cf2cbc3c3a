/**
 * What describes the service and its collections, as JSON (OGC API Features Part 1, 7.2 to 7.14, and Part 3,
 * Queryables). The pages for people (`pages.ts`) show the same.
 */
import type { CollectionExtent } from '../../../db/reads/collection-extent.ts';
import type { Collection } from './collections.ts';
import { COLLECTIONS } from './collections.ts';
import { type Link, ownLinks, type Place } from './links.ts';
import { CONFORMANCE_CLASSES, CRS84, GREGORIAN, MEDIA, QUERYABLES_REL } from './names.ts';
import type { Queryable } from './queryables.ts';

/** In whose name and under which terms. */
export interface Terms {
  readonly name: string;
  readonly licence: string;
  readonly licenceUrl: string | null;
}

export interface LandingPage {
  readonly title: string;
  readonly description: string;
  readonly attribution: string;
  readonly links: readonly Link[];
}

export function landingPage(place: Place, terms: Terms): LandingPage {
  const { base } = place;
  return {
    title: `${terms.name}: charging locations, EVSEs and tariffs`,
    description:
      'Public charging infrastructure for electric vehicles as OGC API Features: every location, EVSE and tariff that operators publish, without a key.',
    attribution: terms.name,
    links: [
      ...ownLinks(place, MEDIA.json),
      { href: `${base}/api`, rel: 'service-desc', type: MEDIA.openapi, title: 'The API (OpenAPI 3.0)' },
      { href: `${base}/api?f=html`, rel: 'service-doc', type: MEDIA.html, title: 'The API for people' },
      {
        href: `${base}/conformance`,
        rel: 'conformance',
        type: MEDIA.json,
        title: 'Conformance classes that hold',
      },
      { href: `${base}/collections`, rel: 'data', type: MEDIA.json, title: 'The collections' },
      ...licenceLinks(terms),
    ],
  };
}

export interface Conformance {
  readonly conformsTo: readonly string[];
  readonly links: readonly Link[];
}

export function conformance(place: Place): Conformance {
  return { conformsTo: CONFORMANCE_CLASSES, links: ownLinks(place, MEDIA.json) };
}

export interface CollectionDocument {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly attribution: string;
  readonly itemType: 'feature';
  readonly crs: readonly string[];
  readonly extent: object;
  readonly links: readonly Link[];
}

export function collectionDocument(
  { id, title, description }: Collection,
  extent: CollectionExtent,
  { base }: Place,
  terms: Terms,
): CollectionDocument {
  const address = `${base}/collections/${id}`;
  return {
    id,
    title,
    description,
    attribution: terms.name,
    itemType: 'feature',
    crs: [CRS84],
    extent: {
      spatial: { bbox: [extent.bbox ?? [-180, -90, 180, 90]], crs: CRS84 },
      temporal: { interval: [extent.interval.map((end) => end?.toISOString() ?? null)], trs: GREGORIAN },
    },
    links: [
      { href: address, rel: 'self', type: MEDIA.json, title },
      { href: `${address}?f=html`, rel: 'alternate', type: MEDIA.html, title: `${title} as HTML` },
      { href: `${address}/items`, rel: 'items', type: MEDIA.geojson, title: 'The Features' },
      { href: `${address}/items?f=html`, rel: 'items', type: MEDIA.html, title: 'The Features as HTML' },
      {
        href: `${address}/queryables`,
        rel: QUERYABLES_REL,
        type: MEDIA.schema,
        title: 'What they are selected by',
      },
      ...licenceLinks(terms),
    ],
  };
}

export interface CollectionsDocument {
  readonly links: readonly Link[];
  readonly collections: readonly CollectionDocument[];
}

/** @param extents one a collection, in their order */
export function collectionsDocument(
  extents: readonly CollectionExtent[],
  place: Place,
  terms: Terms,
): CollectionsDocument {
  return {
    links: [...ownLinks(place, MEDIA.json), ...licenceLinks(terms)],
    collections: COLLECTIONS.map((collection, i) =>
      collectionDocument(collection, extents[i] as CollectionExtent, place, terms),
    ),
  };
}

/** A JSON Schema, each property of which is a query parameter of the same name. */
export function queryablesDocument({ id, title, queryables }: Collection, { base }: Place): object {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `${base}/collections/${id}/queryables`,
    type: 'object',
    title: `What ${title} are selected by`,
    description:
      'Each property is a query parameter of the list of Features. Several values, separated by commas, mean one of them.',
    properties: Object.fromEntries(
      queryables.map((queryable) => [queryable.name, queryableSchema(queryable)]),
    ),
    additionalProperties: false,
  };
}

export function queryableSchema({ title, description, schema }: Queryable): object {
  return { title, description, ...schema };
}

export function licenceLinks({ licence, licenceUrl }: Terms): Link[] {
  return licenceUrl ? [{ href: licenceUrl, rel: 'license', title: licence }] : [];
}
