/**
 * A page of Features, and one Feature, as JSON: GeoJSON with the members of OGC API Features Part 1, 7.15 and 7.16, and
 * those that every file of open data has (licence, attribution, sequence).
 */
import type { Collection, Feature, FeaturePage } from './collections.ts';
import { type Cursor, formatCursor } from './cursor.ts';
import { licenceLinks, type Terms } from './documents.ts';
import { type Link, ownLinks, type Place } from './links.ts';
import { MEDIA, QUERYABLES_REL } from './names.ts';

export interface ItemsDocument {
  readonly type: 'FeatureCollection';
  readonly numberMatched: number;
  readonly numberReturned: number;
  readonly timeStamp: string;
  readonly licence: string;
  readonly attribution: string;
  readonly sequence: number;
  readonly links: readonly Link[];
  readonly features: readonly Feature[];
}

export interface ItemsParts {
  readonly collection: Collection;
  readonly page: FeaturePage;
  /** That the page was asked with. */
  readonly cursor: Cursor | null;
  readonly numberMatched: number;
  readonly sequence: number;
  readonly now: Date;
}

export function itemsDocument(parts: ItemsParts, place: Place, terms: Terms): ItemsDocument {
  const { collection, page, numberMatched, sequence, now } = parts;
  const address = `${place.base}/collections/${collection.id}`;
  return {
    type: 'FeatureCollection',
    numberMatched,
    numberReturned: page.features.length,
    timeStamp: now.toISOString(),
    licence: terms.licence,
    attribution: terms.name,
    sequence,
    links: [
      ...ownLinks(place, MEDIA.geojson),
      ...pageLinks(parts, place),
      { href: address, rel: 'collection', type: MEDIA.json, title: collection.title },
      {
        href: `${address}/queryables`,
        rel: QUERYABLES_REL,
        type: MEDIA.schema,
        title: 'What they are selected by',
      },
      ...licenceLinks(terms),
    ],
    features: page.features,
  };
}

/**
 * A page that was read forwards has a next one when there were more, and one before it unless it is the first; read
 * backwards, the other way round.
 */
function pageLinks({ page: { first, last, hasMore }, cursor }: ItemsParts, place: Place): Link[] {
  const type = place.form === 'json' ? MEDIA.geojson : MEDIA.html;
  const isBackwards = cursor?.direction === 'before';
  const hasNext = isBackwards || hasMore;
  const hasPrevious = isBackwards ? hasMore : cursor !== null;
  const linkTo = (rel: 'next' | 'prev', title: string, to: Cursor): Link => ({
    href: place.with({ cursor: formatCursor(to) }),
    rel,
    type,
    title,
  });
  return [
    ...(hasNext && last ? [linkTo('next', 'The next page', { direction: 'after', position: last })] : []),
    ...(hasPrevious && first
      ? [linkTo('prev', 'The page before', { direction: 'before', position: first })]
      : []),
  ];
}

/** One Feature; its address by its id is `canonical` where another one was asked. */
export function itemDocument(
  collection: Collection,
  feature: Feature,
  place: Place,
  terms: Terms,
): Feature & { readonly links: readonly Link[] } {
  const address = `${place.base}/collections/${collection.id}`;
  return {
    ...feature,
    links: [
      ...ownLinks(place, MEDIA.geojson),
      {
        href: `${address}/items/${encodeURIComponent(feature.id)}`,
        rel: 'canonical',
        type: MEDIA.geojson,
        title: 'This Feature by its id',
      },
      { href: address, rel: 'collection', type: MEDIA.json, title: collection.title },
      ...licenceLinks(terms),
    ],
  };
}
