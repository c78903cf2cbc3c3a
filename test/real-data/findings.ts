/**
 * `npm run real-data:findings -- FOLDER [RULE]`: asks the rules about single objects of every Location and Tariff of the
 * Dutch feed, with the operators of the registers table, and prints what they find as a Markdown table
 * (`docs/real-data.md`). With the id of a rule, a sample of what it found instead. Works on objects alone: no
 * database, no server.
 *
 * Guarantees: counts rows of the file as they are delivered, so rows that come again count again, and EVSE IDs by a
 * count of its own beside that of the rules; fails when the two cannot be brought together.
 */
import { join, resolve } from 'node:path';
import pino from 'pino';
import type { Checked, Finding, Location, Owner, Tariff } from '../../db/model.ts';
import { missingItems } from '../../ingest/afir-items.ts';
import { createChecks, type ObjectChecks } from '../../ingest/checks.ts';
import { DIALECTS } from '../../ingest/dialects/dialects.ts';
import { discoverRules } from '../../ingest/discover-rules.ts';
import { examine } from '../../ingest/examination.ts';
import { identify, withOwner } from '../../ingest/identify.ts';
import type { KnownOperators } from '../../ingest/rule.ts';
import { IdCounts } from './id-counts.ts';
import { objectsOf } from './objects-of.ts';
import { registeredOperators } from './registered-operators.ts';

const DAY = '2026-06-07';
/** The feed was fetched in the evening of its day. */
const NOW = new Date(`${DAY}T23:59:00Z`);
/** Findings of the asked rule that are printed. */
const SAMPLE = 40;

/** What was found under one rule. */
interface Tally {
  readonly severity: string;
  objects: number;
  places: number;
}

const [folder, sampled] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write(
    'Usage: npm run real-data:findings -- FOLDER [RULE]   (a folder with ndw/ and operators/)\n',
  );
  process.exit(2);
}
await run(resolve(folder));

async function run(data: string): Promise<void> {
  const operators = await registeredOperators(data);
  const checks = createChecks({
    rules: await discoverRules(),
    policies: { revision: 0, actionOf: () => 'note' },
    operators,
    missingItems,
    clock: () => NOW,
    logger: pino({ level: 'error' }, process.stderr),
  });
  for (const module of ['locations', 'tariffs'] as const) {
    await countModule(module, join(data, 'ndw', `${module}-${DAY}.json.gz`), checks, operators);
  }
}

async function countModule(
  module: 'locations' | 'tariffs',
  file: string,
  checks: ObjectChecks,
  operators: KnownOperators,
): Promise<void> {
  const tallies = new Map<string, Tally>();
  const items = new Map<string, number>();
  const samples: string[] = [];
  const ids = new IdCounts();
  let objects = 0;
  for await (const object of objectsOf(file)) {
    const examined = examinedObject(module, object);
    if (!examined) continue;
    objects++;
    const { owner, value, findings } = examined;
    if (module === 'locations') ids.add(value, operators);
    const checked: Checked =
      module === 'locations'
        ? checks.location(value, undefined, owner)
        : checks.tariff(value, undefined, owner);
    for (const item of checked.missingItems) items.set(item, (items.get(item) ?? 0) + 1);
    countFindings([...findings, ...checked.findings], tallies);
    for (const finding of checked.findings) {
      if (finding.rule === sampled)
        samples.push(`${value.id} ${finding.message} <- ${finding.received ?? ''}`);
    }
  }
  if (sampled !== undefined) {
    const step = Math.max(1, Math.floor(samples.length / SAMPLE));
    print(samples.filter((_sample, index) => index % step === 0).join('\n'));
    return;
  }
  print(`\n${objects} rows of ${module}\n\n| finding | severity | objects | places |\n|---|---|---|---|`);
  for (const [rule, { severity, objects: count, places }] of sorted(tallies)) {
    print(`| \`${rule}\` | ${severity} | ${count} | ${places} |`);
  }
  if (module === 'tariffs') return;
  print(`\nEVSE rows: ${JSON.stringify(ids)}`);
  for (const [rule, count] of [
    ['ID-07', ids.missing - ids.missingRemoved],
    ['ID-01', ids.malformed - ids.malformedRemoved],
  ] as const) {
    if ((tallies.get(rule)?.places ?? 0) === count) continue;
    process.stderr.write(`${rule} did not find the ${count} that were counted\n`);
    process.exitCode = 1;
  }
  print(`Items that Locations lack: ${[...items].map(([item, count]) => `${item} ${count}`).join(', ')}`);
}

function examinedObject(
  module: 'locations' | 'tariffs',
  object: unknown,
): { owner: Owner; value: Location & Tariff; findings: readonly Finding[] } | null {
  const identity = identify(object, []);
  if ('message' in identity) return null;
  const { owner } = identity;
  const verdict = examine<Location & Tariff>(
    {
      dialect: DIALECTS['2.2.1'],
      kind: module === 'locations' ? 'location' : 'tariff',
      owner,
      strictness: 'report',
      now: NOW,
      salvages: true,
    },
    withOwner(object, owner),
  );
  return verdict.accepted ? { owner, value: verdict.value, findings: verdict.findings } : null;
}

function countFindings(findings: readonly Finding[], tallies: Map<string, Tally>): void {
  const counted = new Set<string>();
  for (const { rule, severity, occurrences } of findings) {
    const tally = tallies.get(rule) ?? { severity, objects: 0, places: 0 };
    tallies.set(rule, tally);
    tally.places += occurrences;
    if (!counted.has(rule)) tally.objects++;
    counted.add(rule);
  }
}

function sorted(tallies: ReadonlyMap<string, Tally>): [string, Tally][] {
  return [...tallies].sort(([, one], [, other]) => other.objects - one.objects);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
