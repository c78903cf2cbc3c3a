/** Files on the page of `/data`: a card each, under what they are for. Every text is escaped. */
import type { FileFeed } from '../../../exports/catalogue/feed.ts';
import { isCsv, tableMetadataName } from '../../../exports/catalogue/table-metadata.ts';
import { escapeHtml } from '../page.ts';
import { USES, useOf } from './uses.ts';

/** All files in sections. @param address where we are reached */
export function renderFiles(files: readonly FileFeed[], address: string): string {
  const raw = files.filter(({ view }) => view === 'raw');
  return USES.map((use) => {
    const fitting = raw.filter(({ format }) => useOf(format) === use);
    if (fitting.length === 0) return '';
    const cards = fitting.map((file) => {
      const resolved = files.find(({ format, view }) => format === file.format && view === 'resolved');
      return renderCard(file, resolved, address);
    });
    return `<section aria-labelledby="for-${use.id}">
<h2 id="for-${use.id}">${escapeHtml(use.title)}</h2>
<p>${escapeHtml(use.introduction)}</p>
<ul class="files">
${cards.join('\n')}
</ul>
</section>`;
  }).join('\n');
}

function renderCard(file: FileFeed, resolved: FileFeed | undefined, address: string): string {
  const { name } = file.format;
  const heading = `file-${name.replaceAll('.', '-')}`;
  return `<li><article aria-labelledby="${heading}">
<h3 id="${heading}">${escapeHtml(file.title)} <code>${escapeHtml(name)}</code></h3>
<p>${escapeHtml(file.description)}</p>
<a class="get" href="${escapeHtml(address + file.path)}">Download ${escapeHtml(name)}</a>
${resolved ? renderResolved(address + resolved.path) : ''}${renderFacts(file)}${renderForm(file, address)}${renderColumns(file)}
</article></li>`;
}

function renderResolved(url: string): string {
  return `<p><a href="${escapeHtml(url)}">The same with each EVSE ID once</a>: of charge points that are listed
twice, only the one that is likely up to date.</p>
`;
}

function renderFacts({ snapshot }: FileFeed): string {
  if (snapshot === null) return '<p>Not built yet: the first download builds it.</p>';
  const { generatedAt, identity, gzip, objects, sequence } = snapshot;
  return `<dl>
<dt>As of</dt><dd><time datetime="${generatedAt.toISOString()}">${formatTime(generatedAt)}</time></dd>
<dt>Size</dt><dd>${formatBytes(identity.bytes)}, sent as ${formatBytes(gzip.bytes)} with gzip</dd>
<dt>Objects</dt><dd>${objects.toLocaleString('en')}</dd>
<dt>Sequence</dt><dd>${sequence}</dd>
<dt>SHA-256</dt><dd><code>${identity.sha256}</code></dd>
</dl>`;
}

/** Where its form is described. */
function renderForm({ format, standard, schema }: FileFeed, address: string): string {
  const links: string[] = [];
  if (standard !== null) links.push(link(standard, 'Standard'));
  if (schema !== null && !isCsv(format)) links.push(link(address + schema, 'JSON Schema'));
  if (isCsv(format))
    links.push(link(`${address}/data/${tableMetadataName(format.name)}`, 'Columns for programs (CSVW)'));
  return links.length === 0 ? '' : `\n<p class="form">${links.join(' · ')}</p>`;
}

function link(url: string, text: string): string {
  return `<a href="${escapeHtml(url)}">${escapeHtml(text)}</a>`;
}

function renderColumns({ format: { columns } }: FileFeed): string {
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

function formatTime(moment: Date): string {
  const text = moment.toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, 16)} UTC`;
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
