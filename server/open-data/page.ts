/**
 * What the pages of open data have in common: their style, the policy that allows it and nothing else, their frame,
 * and how text comes into HTML. No scripts, cookies or anything from elsewhere; light and dark as the reader's system
 * is; they read well with a keyboard, a screen reader, a small screen and on paper.
 *
 * Guarantees: `renderPage` escapes title and description; whoever makes the parts escapes what is in them.
 */
import { createHash } from 'node:crypto';

export const PAGE_STYLE = `
:root { color-scheme: light dark; --text: #1b2530; --soft: #52606d; --page: #f6f8fa; --card: #fff; --line: #d5dce3;
  --accent: #00643c; --on-accent: #fff; }
@media (prefers-color-scheme: dark) { :root { --text: #e6ebf0; --soft: #a5b1bd; --page: #12181f; --card: #1b232c;
  --line: #35414d; --accent: #5fd6a0; --on-accent: #062a1a; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 1rem/1.6 system-ui, sans-serif; }
main, header, footer { max-width: 62rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 3rem; }
h1 { font-size: clamp(1.6rem, 5vw, 2.4rem); line-height: 1.2; margin: 0 0 .5rem; }
h2 { font-size: 1.2rem; line-height: 1.3; margin: 0; }
section { margin-top: 2.5rem; }
section > h2 { font-size: 1.5rem; }
h3 { font-size: 1.2rem; line-height: 1.3; margin: 0; }
h2 code, h3 code { font-size: .9em; color: var(--soft); font-weight: 400; white-space: nowrap; }
p { margin: .5rem 0; max-width: 44rem; }
a { color: var(--accent); }
a:focus-visible, summary:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; border-radius: .2rem; }
ul.files { list-style: none; margin: 2rem 0; padding: 0; display: grid; gap: 1rem; }
ul.files > li { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1.25rem; }
.get { display: inline-block; margin: .5rem 0; padding: .5rem 1.1rem; border-radius: .5rem; background: var(--accent);
  color: var(--on-accent); font-weight: 600; text-decoration: none; }
.get:hover { text-decoration: underline; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .75rem 0 0; font-size: .9rem; }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
details { margin-top: .75rem; }
summary { cursor: pointer; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; margin-top: .5rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); }
pre { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .75rem 1rem; overflow-x: auto; }
code, pre { font-family: ui-monospace, monospace; font-size: .9em; }
footer { padding-bottom: 3rem; color: var(--soft); font-size: .9rem; }
@media print { body { background: #fff; } ul.files > li { break-inside: avoid; } }
`;

const STYLE_HASH = createHash('sha256').update(PAGE_STYLE).digest('base64');

/** Content-Security-Policy of a page: its own style and nothing else. */
export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

export interface PageParts {
  readonly title: string;
  readonly description: string;
  /** HTML below the heading. */
  readonly header: string;
  /** HTML. */
  readonly main: string;
  /** HTML. */
  readonly footer: string;
}

/** A whole page. */
export function renderPage({ title, description, header, main, footer }: PageParts): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<meta name="description" content="${escapeHtml(description)}">
<style>${PAGE_STYLE}</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
${header}
</header>
<main>
${main}
</main>
<footer>${footer}</footer>
</body>
</html>
`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it stands in an element or in a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
