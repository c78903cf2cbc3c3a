/**
 * The service for people: each resource as a page. What it shows is what the JSON says; the links of the JSON are links
 * here. Every text that comes from elsewhere is escaped.
 */
import { escapeHtml, renderPage } from '../page.ts';
import { COLLECTIONS, type Collection, type Feature } from './collections.ts';
import type { CollectionDocument, LandingPage, Terms } from './documents.ts';
import type { ItemsDocument } from './items-document.ts';
import { PAGE_LIMIT, USUAL_LIMIT } from './items-query.ts';
import type { Link } from './links.ts';
import { CONFORMANCE_CLASSES } from './names.ts';

export interface Frame {
  readonly base: string;
  readonly terms: Terms;
}

interface Content {
  readonly title: string;
  readonly description: string;
  readonly main: string;
  /** Of the same as JSON. */
  readonly json: string;
  /** From the service down to this page, which is not in it. */
  readonly trail?: readonly (readonly [href: string, text: string])[];
}

function page({ base, terms }: Frame, { title, description, main, json, trail = [] }: Content): string {
  const steps = [[base, 'OGC API Features'] as const, ...trail].map(([href, text]) => anchor(href, text));
  return renderPage({
    title,
    description,
    header: `<nav aria-label="Where this is"><p>${steps.join(' / ')}</p></nav>
<p>${escapeHtml(description)}</p>`,
    main,
    footer: `<p>${escapeHtml(terms.name)}. Licence: ${
      terms.licenceUrl
        ? `<a href="${escapeHtml(terms.licenceUrl)}" rel="license">${escapeHtml(terms.licence)}</a>`
        : escapeHtml(terms.licence)
    }. ${anchor(json, 'This page as JSON')}.</p>`,
  });
}

export function renderLandingPage(frame: Frame, { title, description, links }: LandingPage): string {
  const { base } = frame;
  const collections = COLLECTIONS.map(
    (collection) => `<li><h2>${anchor(`${base}/collections/${collection.id}`, collection.title)}</h2>
<p>${escapeHtml(collection.description)}</p>
<a class="get" href="${escapeHtml(`${base}/collections/${collection.id}/items`)}">Browse ${escapeHtml(collection.title)}</a></li>`,
  );
  const main = `<ul class="files">
${collections.join('\n')}
</ul>
<section aria-labelledby="more"><h2 id="more">More</h2>
<ul>
<li>${anchor(`${base}/api?f=html`, 'The API, parameter by parameter')}</li>
<li>${anchor(`${base}/conformance`, 'Conformance classes that hold')}</li>
<li>${anchor(`${base}/collections`, 'The collections and how far they reach')}</li>
</ul>
<p>In QGIS add a WFS / OGC API Features connection with this address. With GDAL:</p>
<pre><code>ogrinfo OAPIF:${escapeHtml(base)}</code></pre>
</section>`;
  return page(frame, { title, description, main, json: jsonLink(links) });
}

export function renderConformance(frame: Frame, links: readonly Link[]): string {
  return page(frame, {
    title: 'Conformance',
    description: 'What of OGC API Features holds here.',
    main: `<ul>${CONFORMANCE_CLASSES.map((name) => `<li><code>${escapeHtml(name)}</code></li>`).join('\n')}</ul>`,
    json: jsonLink(links),
  });
}

export function renderCollections(
  frame: Frame,
  documents: readonly CollectionDocument[],
  links: readonly Link[],
): string {
  const entries = documents.map(
    ({ id, title, description }) =>
      `<li><h2>${anchor(`${frame.base}/collections/${id}`, title)}</h2><p>${escapeHtml(description)}</p></li>`,
  );
  return page(frame, {
    title: 'Collections',
    description: 'What can be asked for, Feature by Feature.',
    main: `<ul class="files">${entries.join('\n')}</ul>`,
    json: jsonLink(links),
  });
}

export function renderCollection(frame: Frame, collection: Collection, document: CollectionDocument): string {
  const { id, title, description } = collection;
  const address = `${frame.base}/collections/${id}`;
  const { spatial, temporal } = document.extent as {
    spatial: { bbox: number[][] };
    temporal: { interval: (string | null)[][] };
  };
  const main = `<p><a class="get" href="${escapeHtml(`${address}/items`)}">Browse ${escapeHtml(title)}</a></p>
<dl>
<dt>Box</dt><dd>${escapeHtml((spatial.bbox[0] ?? []).join(', '))}</dd>
<dt>Times</dt><dd>${escapeHtml((temporal.interval[0] ?? []).map((end) => end ?? 'open').join(' to '))}</dd>
</dl>
${renderQueryableTable(collection)}`;
  return page(frame, { title, description, main, json: `${address}?f=json`, trail: trailTo(frame.base) });
}

export function renderQueryables(frame: Frame, collection: Collection): string {
  const address = `${frame.base}/collections/${collection.id}`;
  return page(frame, {
    title: `What ${collection.title} are selected by`,
    description:
      'Query parameters of the list of Features. Several values, separated by commas, mean one of them.',
    main: renderQueryableTable(collection),
    json: `${address}/queryables?f=json`,
    trail: [...trailTo(frame.base), [address, collection.title]],
  });
}

export function renderItems(frame: Frame, collection: Collection, document: ItemsDocument): string {
  const { id, title, columns } = collection;
  const address = `${frame.base}/collections/${id}`;
  const rows = document.features.map(
    (feature) =>
      `<tr><th scope="row">${anchor(`${address}/items/${encodeURIComponent(feature.id)}`, feature.id)}</th>${columns
        .map((column) => `<td>${renderValue(propertyOf(feature, column))}</td>`)
        .join('')}</tr>`,
  );
  const ways = document.links
    .filter(({ rel }) => rel === 'prev' || rel === 'next')
    .map(
      ({ href, rel }) =>
        `<a class="get" rel="${rel}" href="${escapeHtml(href)}">${rel === 'prev' ? 'Previous' : 'Next'} page</a>`,
    );
  const main = `<p>${document.numberReturned.toLocaleString('en')} of ${document.numberMatched.toLocaleString('en')} that are selected.</p>
<div class="scroll"><table>
<thead><tr><th scope="col">Id</th>${columns.map((column) => `<th scope="col">${escapeHtml(column)}</th>`).join('')}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table></div>
<nav aria-label="Pages"><p>${ways.join(' ')}</p></nav>`;
  return page(frame, {
    title,
    description: `${collection.description} A page has ${USUAL_LIMIT}, or as many as limit says, up to ${PAGE_LIMIT}.`,
    main,
    json: jsonLink(document.links),
    trail: [...trailTo(frame.base), [address, title]],
  });
}

export function renderItem(
  frame: Frame,
  collection: Collection,
  feature: Feature & { links: readonly Link[] },
): string {
  const address = `${frame.base}/collections/${collection.id}`;
  const rows = Object.entries(feature.properties).map(
    ([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${renderValue(value)}</dd>`,
  );
  return page(frame, {
    title: feature.id,
    description: `One of ${collection.title}.`,
    main: `<dl>
<dt>geometry</dt><dd>${renderValue(feature.geometry?.coordinates ?? null)}</dd>
${rows.join('\n')}
</dl>`,
    json: jsonLink(feature.links),
    trail: [...trailTo(frame.base), [address, collection.title], [`${address}/items`, 'Features']],
  });
}

/** The OpenAPI document as a table a collection; the document itself is one link away. */
export function renderApi(frame: Frame): string {
  const { base } = frame;
  const sections = COLLECTIONS.map((collection) => {
    const address = `${base}/collections/${collection.id}/items`;
    const item = `${address}/${collection.idExample}`;
    return `<section aria-labelledby="${collection.id}"><h2 id="${collection.id}">${escapeHtml(collection.title)}</h2>
<p><code>GET ${escapeHtml(address)}</code></p>
${renderQueryableTable(collection)}
<p><code>GET ${escapeHtml(item)}</code>: one by its id. ${escapeHtml(collection.idDescription)}.</p></section>`;
  });
  return page(frame, {
    title: 'The API',
    description: 'All requests are GET, need no key, and are answered in JSON, or as a page with f=html.',
    main: sections.join('\n'),
    json: `${base}/api?f=json`,
  });
}

const LIST_ROWS: readonly (readonly [string, string])[] = [
  ['bbox', 'West, south, east, north in degrees; west greater than east crosses the antimeridian.'],
  ['datetime', 'Of last_updated: a moment, or an interval such as 2026-11-28T10:00:00Z/..'],
  ['limit', `Features in a page, from 1 to ${PAGE_LIMIT}; ${USUAL_LIMIT} unless told.`],
  ['f', 'json or html'],
];

function renderQueryableTable({ queryables }: Collection): string {
  const rows = [
    ...queryables.map(({ name, description, schema }) => [
      name,
      schema.enum ? `${description} One or several of ${schema.enum.join(', ')}.` : description,
    ]),
    ...LIST_ROWS,
  ].map(
    ([name = '', text = '']) =>
      `<tr><th scope="row"><code>${escapeHtml(name)}</code></th><td>${escapeHtml(text)}</td></tr>`,
  );
  return `<div class="scroll"><table>
<thead><tr><th scope="col">Parameter</th><th scope="col">Selects</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table></div>`;
}

function trailTo(base: string): [string, string][] {
  return [[`${base}/collections`, 'Collections']];
}

function propertyOf({ properties }: Feature, name: string): unknown {
  return (properties as Readonly<Record<string, unknown>>)[name];
}

function renderValue(value: unknown): string {
  if (value === null || value === undefined || value === '') return '–';
  if (typeof value === 'object') return `<code>${escapeHtml(JSON.stringify(value))}</code>`;
  return escapeHtml(String(value));
}

function jsonLink(links: readonly Link[]): string {
  return links.find(({ rel }) => rel === 'alternate')?.href ?? '';
}

function anchor(href: string, text: string): string {
  return `<a href="${escapeHtml(href)}">${escapeHtml(text)}</a>`;
}
