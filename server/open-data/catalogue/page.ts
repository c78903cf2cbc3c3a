/**
 * `/data` for people: what can be downloaded and asked, under which terms, how to keep up to date, and how we behave.
 * One page of HTML and CSS in the frame of all pages (`../page.ts`), made of the same facts as `/.well-known/nap.json`.
 *
 * Guarantees: every text that comes from a setting is escaped.
 */
import type { Feed, FileFeed, ServiceFeed } from '../../../exports/catalogue/feed.ts';
import type { AccessPointFacts } from '../../../exports/catalogue/nap-document.ts';
import { escapeHtml, renderPage } from '../page.ts';
import { renderFiles } from './page-files.ts';

export function renderCataloguePage(facts: AccessPointFacts): string {
  const { address, feeds, name } = facts;
  const files = feeds.filter((feed): feed is FileFeed => feed.kind === 'file');
  const services = feeds.filter((feed): feed is ServiceFeed => feed.kind === 'service');
  return renderPage({
    title: `Open data – ${name}`,
    description: 'Charging locations and tariffs for download, without a key.',
    header: renderHeader(facts),
    main: [
      renderFiles(files, address),
      renderServices(services, address),
      renderKeepingUp(feeds, facts),
      renderForPrograms(address),
      renderManners(facts),
    ].join('\n'),
    footer: `<p>${escapeHtml(name)}. The data is that of the charge point operators; statuses are as they reported
them last.</p>`,
  });
}

function renderHeader(facts: AccessPointFacts): string {
  const { contact, attribution } = facts;
  return `<p>Every public charging location and tariff that is known here, for anybody and any purpose that the licence
allows. No key, no registration.</p>
<p>Licence: ${renderLicence(facts)}. Name the source as: <strong>${escapeHtml(attribution)}</strong>${
    contact === null ? '' : `. Questions: ${renderContact(contact)}`
  }</p>
<nav aria-label="On this page"><a href="#for-maps">Files</a> · <a href="#services">Ask for a part</a> ·
<a href="#keep">Keeping up to date</a> · <a href="#programs">For programs</a> · <a href="#limits">Limits</a> ·
<a href="#deprecation">What will end</a></nav>`;
}

function renderLicence({ licence, licenceUrl }: AccessPointFacts): string {
  return licenceUrl === null
    ? escapeHtml(licence)
    : `<a href="${escapeHtml(licenceUrl)}" rel="license">${escapeHtml(licence)}</a>`;
}

function renderContact(contact: string): string {
  const url = /^https?:/.test(contact) ? contact : `mailto:${contact}`;
  return `<a href="${escapeHtml(url)}">${escapeHtml(contact)}</a>`;
}

/** What is asked for a part or for what is new, each with a line to try. */
function renderServices(services: readonly ServiceFeed[], address: string): string {
  const cards = services.map(
    (service) => `<li><article aria-labelledby="service-${service.id}">
<h3 id="service-${service.id}">${escapeHtml(service.title)} <code>${escapeHtml(service.path)}</code></h3>
<p>${escapeHtml(service.description)}</p>
<pre><code>${escapeHtml(exampleOf(service, address))}</code></pre>
</article></li>`,
  );
  return `<section aria-labelledby="services">
<h2 id="services">Ask for a part, or for what is new</h2>
<p>For programs that do not want everything. All parameters: <a href="${escapeHtml(address)}/openapi.json">OpenAPI
document</a>.</p>
<ul class="files">
${cards.join('\n')}
</ul>
</section>`;
}

function exampleOf({ path, example, access, mediaType }: ServiceFeed, address: string): string {
  const token = access === 'token' ? '-H "Authorization: Token $TOKEN" ' : '';
  const stream = mediaType === 'text/event-stream' ? "-N -H 'Accept: text/event-stream' " : '';
  return `curl ${token}${stream}'${address}${path}${example}'`;
}

function renderKeepingUp(feeds: readonly Feed[], { address }: AccessPointFacts): string {
  const file = feeds.find(({ id }) => id.endsWith('.geojson')) ?? feeds[0];
  const name = file?.id ?? '';
  const command = `curl --compressed --remote-name --etag-save ${name}.etag --etag-compare ${name}.etag ${address}${file?.path ?? ''}`;
  return `<section aria-labelledby="keep">
<h2 id="keep">Keeping up to date</h2>
<p>Files are built again when something has changed. Ask with the <code>ETag</code> that you have, and you get an
empty answer (304) until there is something new. Downloads are compressed for whoever accepts gzip, and can be
resumed. The header <code>NAP-Sequence</code> says up to which change a file is complete: go on from there at
<a href="${escapeHtml(address)}/changes">/changes</a>, and you need no file again. Files of earlier days are listed at
<a href="${escapeHtml(address)}/data/daily">/data/daily</a>.</p>
<pre><code>${escapeHtml(command)}</code></pre>
</section>`;
}

function renderForPrograms(address: string): string {
  const documents: readonly (readonly [path: string, what: string])[] = [
    ['/.well-known/nap.json', 'all feeds with size, checksum, sequence and freshness: begin here'],
    ['/openapi.json', 'every path, parameter and answer (OpenAPI 3.1)'],
    ['/data/catalogue.ttl', 'DCAT-AP and mobilityDCAT-AP for data portals, as Turtle'],
    ['/data/catalogue.jsonld', 'the same as JSON-LD'],
    ['/quality', 'how good the data is, party by party'],
  ];
  const items = documents.map(
    ([path, what]) =>
      `<li><a href="${escapeHtml(address + path)}"><code>${path}</code></a>: ${escapeHtml(what)}</li>`,
  );
  return `<section aria-labelledby="programs">
<h2 id="programs">For programs</h2>
<p>This page as JSON, JSON-LD or Turtle: ask for it with <code>Accept</code>. Beside it:</p>
<ul>
${items.join('\n')}
</ul>
</section>`;
}

/** Limits, and what ends when. */
function renderManners({ rateLimits, deprecations }: AccessPointFacts): string {
  const limits = rateLimits.map(
    ({ requests, window_s, applies_to }) =>
      `<tr><th scope="row">${requests} in ${window_s} s</th><td>${escapeHtml(applies_to)}</td></tr>`,
  );
  const endings = deprecations.map(
    ({ what, path, sunset_at, instead }) =>
      `<li>${escapeHtml(what)} (<code>${escapeHtml(path)}</code>) until ${sunset_at.slice(0, 10)}; instead: ${escapeHtml(instead)}</li>`,
  );
  return `<section aria-labelledby="limits">
<h2 id="limits">Limits</h2>
<p>For each client, told with each answer in <code>RateLimit</code> and <code>RateLimit-Policy</code>. Beyond them the
answer is 429 with <code>Retry-After</code>.</p>
<div class="scroll"><table>
<thead><tr><th scope="col">Requests</th><th scope="col">Of what</th></tr></thead>
<tbody>
${limits.join('\n')}
</tbody>
</table></div>
</section>
<section aria-labelledby="deprecation">
<h2 id="deprecation">What will end</h2>
<p>Fields, files and formats may be added at any time: programs should pass over what they do not know. What is to end
is announced at least twelve months before, here, in <code>/.well-known/nap.json</code>, and with the headers
<code>Deprecation</code> and <code>Sunset</code> on every answer that it is about.</p>
${endings.length === 0 ? '<p>Nothing is announced now.</p>' : `<ul>\n${endings.join('\n')}\n</ul>`}
</section>`;
}
