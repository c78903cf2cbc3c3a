import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { AFIR_ITEMS } from '../../ingest/afir-items.ts';
import { discoverRules } from '../../ingest/discover-rules.ts';
import { INTAKE_FACTS } from '../../ingest/intake-facts.ts';
import type { Rule } from '../../ingest/rule.ts';
import { createRuleCatalogue } from '../../ingest/rule-catalogue.ts';
import { RULES_PAGE, rulesPage } from '../support/rules-page.ts';

const rules = await discoverRules();
const catalogue = createRuleCatalogue(rules);
const INGEST = resolve(import.meta.dirname, '../../ingest');

/** Ids that the code of intake gives to its findings, as they stand there. */
function idsInCode(): string[] {
  const GIVEN = [
    /['"]((?:repair|left-out):[a-z0-9-]+)['"]/g,
    /\bnote\(\s*'([a-z-]+)'/g,
    /notes\.push\(\{\s*rule: '([a-z-]+)'/g,
    /rule: '([a-z-]+)',\s*severity:/g,
  ];
  const files = readdirSync(INGEST, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.parentPath.endsWith('/rules'))
    .filter(({ name }) => name !== 'intake-facts.ts')
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
  const ids = files.flatMap((text) =>
    GIVEN.flatMap((pattern) => [...text.replace(/\/\*\*[\s\S]*?\*\//g, '').matchAll(pattern)]),
  );
  return [...new Set(ids.map((match) => match[1] as string))].sort();
}

describe('the catalogue of rules', () => {
  it('has every rule, every AFIR item as a rule, and every finding of intake, neither more nor less', () => {
    const of = (kind: string) => catalogue.entries.filter((entry) => entry.kind === kind).map(({ id }) => id);
    expect(of('rule')).to.deep.equal(rules.map(({ id }) => id));
    expect(of('item')).to.deep.equal(AFIR_ITEMS.map(({ id }) => `AFIR-${id}`));
    expect(of('intake').sort()).to.deep.equal(idsInCode());
    expect(idsInCode()).to.include.members([
      'repair:coordinates-padded',
      'left-out:evse',
      'last-updated-in-the-future',
      'unknown-enum-value',
      'time-zone-derived',
    ]);
  });

  it('says of each what it is, what it means and how it is mended', () => {
    for (const entry of catalogue.entries) {
      for (const text of [entry.title, entry.source, entry.meaning, entry.mend]) {
        expect(text.trim(), entry.id).not.to.equal('');
      }
    }
    expect(catalogue.describe('AFIR-A5')).to.include({
      afir: 'A5',
      severity: 'info',
      mend: 'Send it in help_phone.',
    });
    expect(catalogue.describe('repair:time-zone-derived').afir).to.equal('A15');
  });

  it('gives the severity of intake that its findings have', () => {
    const severities = Object.fromEntries(INTAKE_FACTS.map(({ id, severity }) => [id, severity]));
    expect(severities).to.include({
      'repair:parent-time-lifted': 'info',
      'repair:text-cut': 'warning',
      'left-out:connector': 'error',
      'last-updated-in-the-future': 'warning',
      'hours-across-midnight': 'info',
    });
  });

  it('describes what an earlier version found, too', () => {
    expect(catalogue.describe('no-such-rule')).to.include({ id: 'no-such-rule', title: 'no-such-rule' });
  });

  it('refuses two entries of one id', () => {
    const twice = { ...(rules[0] as Rule), id: 'repair:text-cut' };
    expect(() => createRuleCatalogue([twice])).to.throw('repair:text-cut');
  });

  it('is what docs/rules.md says: run "npm run docs:rules" when it is not', async () => {
    expect(rulesPage(catalogue)).to.equal(await readFile(RULES_PAGE, 'utf8'));
  });
});
