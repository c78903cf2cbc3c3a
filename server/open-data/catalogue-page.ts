/**
 * `/data` for people: what can be downloaded, under which terms, and how to keep up to date. One page of HTML
 * and CSS, without scripts, cookies or anything from elsewhere; light and dark as the reader's system is; it
 * reads well with a keyboard, a screen reader, a small screen and on paper.
 *
 * Guarantees: every text that comes from a setting is escaped.
 */
import type { Catalogue, CatalogueEntry } from './catalogue.ts';
import { escapeHtml, PAGE_STYLE } from './page.ts';

export function renderCataloguePage(catalogue: Catalogue): string {
  const title = `Open data – ${catalogue.name}`;
  const example = catalogue.downloads.find(({ name }) => name.endsWith('.geojson')) ?? catalogue.downloads[0];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<meta name="description" content="Charging locations and tariffs for download, without a key.">
<style>${PAGE_STYLE}</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
<p>Every public charging location and tariff that is known here, for anybody and any purpose that the licence
allows. No key, no registration.</p>
<p>Licence: ${renderLicence(catalogue)}. Name the source as: <strong>${escapeHtml(catalogue.attribution)}</strong></p>
</header>
<main>
<ul class="files">
${catalogue.downloads.map(renderEntry).join('\n')}
</ul>
<section aria-labelledby="keep">
<h2 id="keep">Keeping up to date</h2>
<p>Files are built again when something has changed. Ask with the <code>ETag</code> that you have, and you get an
empty answer (304) until there is something new. Downloads are compressed for whoever accepts gzip, and can be
resumed. The header <code>NAP-Sequence</code> says up to which change a file is complete.</p>
${example ? `<pre><code>${escapeHtml(exampleCommand(example))}</code></pre>` : ''}
<p>The same list for programs: this address with <code>Accept: application/json</code>.</p>
</section>
</main>
<footer><p>${escapeHtml(catalogue.name)}. The data is that of the charge point operators; statuses are as they reported
them last.</p></footer>
</body>
</html>
`;
}

function renderEntry(entry: CatalogueEntry): string {
  const heading = `file-${entry.name.replaceAll('.', '-')}`;
  return `<li><article aria-labelledby="${heading}">
<h2 id="${heading}">${escapeHtml(entry.title)} <code>${escapeHtml(entry.name)}</code></h2>
<p>${escapeHtml(entry.description)}</p>
<a class="get" href="${escapeHtml(entry.url)}">Download ${escapeHtml(entry.name)}</a>
${renderResolved(entry)}${renderFacts(entry)}${renderColumns(entry)}
</article></li>`;
}

function renderResolved({ resolved }: CatalogueEntry): string {
  if (!resolved) return '';
  return `<p><a href="${escapeHtml(resolved.url)}">The same with each EVSE ID once</a>: of charge points that are listed
twice, only the one that is likely up to date.</p>
`;
}

function renderFacts(entry: CatalogueEntry): string {
  if (entry.generated_at === null) return '<p>Not built yet: the first download builds it.</p>';
  return `<dl>
<dt>As of</dt><dd><time datetime="${entry.generated_at}">${formatTime(entry.generated_at)}</time></dd>
<dt>Size</dt><dd>${formatBytes(entry.bytes ?? 0)}, sent as ${formatBytes(entry.gzip?.bytes ?? 0)} with gzip</dd>
<dt>Objects</dt><dd>${formatNumber(entry.objects ?? 0)}</dd>
<dt>Sequence</dt><dd>${entry.sequence}</dd>
<dt>SHA-256</dt><dd><code>${entry.sha256}</code></dd>
</dl>`;
}

function renderColumns({ columns }: CatalogueEntry): string {
  if (!columns) return '';
  const rows = columns.map(
    ({ name, description }) =>
      `<tr><th scope="row"><code>${escapeHtml(name)}</code></th><td>${escapeHtml(description)}</td></tr>`,
  );
  return `
<details><summary>${columns.length} columns</summary>
<div class="scroll"><table>
<thead><tr><th scope="col">Column</th><th scope="col">Holds</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table></div></details>`;
}

function renderLicence({ licence, licence_url }: Catalogue): string {
  return licence_url
    ? `<a href="${escapeHtml(licence_url)}" rel="license">${escapeHtml(licence)}</a>`
    : escapeHtml(licence);
}

function exampleCommand({ url, name }: CatalogueEntry): string {
  return `curl --compressed --remote-name --etag-save ${name}.etag --etag-compare ${name}.etag ${url}`;
}

function formatTime(moment: string): string {
  return `${moment.slice(0, 10)} ${moment.slice(11, 16)} UTC`;
}

function formatNumber(count: number): string {
  return count.toLocaleString('en');
}

/** Decimal units, as download managers show them. */
function formatBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit]}`;
}
