/**
 * `npm run real-data:versions -- FOLDER`: takes every object of the real feeds of a folder in, gives it out in every
 * version, holds what comes out against the strictest reader of that version, and prints a Markdown table
 * (`docs/mapping/README.md`). Works on objects alone: no database, no server.
 *
 * Guarantees: the process fails when an output is invalid for its version, when an object is neither given out nor
 * left out for a reason that is named, or when an object in which nothing had to be mended comes out of the version
 * it came in otherwise than it came.
 */
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Location, Module, Owner, Tariff } from '../../db/model.ts';
import { OCPI_VERSIONS, type OcpiVersion } from '../../db/ocpi-version.ts';
import type { TariffFact } from '../../db/reads/tariff-facts.ts';
import { objectKey } from '../../db/registry/mutation.ts';
import type { ExportContext, Stored } from '../../exports/dialects/dialect.ts';
import { EXPORT_DIALECTS } from '../../exports/dialects/dialects.ts';
import { versionsAsStored } from '../../ingest/dialects/as-stored.ts';
import { DIALECTS } from '../../ingest/dialects/dialects.ts';
import { examine } from '../../ingest/examination.ts';
import { identify, withOwner } from '../../ingest/identify.ts';
import { closedCheck } from '../support/closed-schemas.ts';
import { objectsOf } from './objects-of.ts';
import { Tally } from './tally.ts';

interface Feed {
  readonly title: string;
  readonly file: string;
  readonly version: OcpiVersion;
  readonly module: Module;
  /** The moment of the answer: a Tariff that ended before it is not valid then. */
  readonly now: string;
  readonly party?: Owner;
}

const DUTCH = { version: '2.2.1', now: '2026-06-07T12:00:00Z' } as const;

/** Tariffs first: Connectors name them. */
const FEEDS: readonly Feed[] = [
  { ...DUTCH, title: 'Dutch Tariffs', file: 'ndw/tariffs-2026-06-07.json.gz', module: 'tariffs' },
  { ...DUTCH, title: 'Dutch Locations', file: 'ndw/locations-2026-06-07.json.gz', module: 'locations' },
  {
    title: 'Lithuanian Locations',
    file: 'feeds/lithuania-2024-06-06.json.gz',
    version: '2.2.1',
    module: 'locations',
    now: '2024-06-06T12:00:00Z',
  },
  {
    title: 'PowerGo Locations',
    file: 'feeds/powergo-ocpi-2.2.json.gz',
    version: '2.2.1',
    module: 'locations',
    now: '2026-06-07T12:00:00Z',
  },
  {
    title: 'Fastned Locations',
    file: 'feeds/fastned-ocpi-2.1.1.json.gz',
    version: '2.1.1',
    module: 'locations',
    now: '2019-12-01T12:00:00Z',
    party: { countryCode: 'NL', partyId: 'FAS' },
  },
];

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write('Usage: npm run real-data:versions -- FOLDER   (a folder with ndw/ and feeds/)\n');
  process.exit(2);
}
await run(resolve(folder));

async function run(data: string): Promise<void> {
  const facts = new Map<string, TariffFact>();
  const tallies: Tally[] = [];
  for (const feed of FEEDS) {
    const tally = new Tally(feed.title, feed.version);
    for await (const object of objectsOf(join(data, feed.file))) takeOne(feed, object, facts, tally);
    tallies.push(tally);
  }
  process.stdout.write(tallies.map((tally) => tally.row()).reduce((rows, row) => rows + row, Tally.head()));
  process.stdout.write(`\n${tallies.map((tally) => tally.details()).join('\n')}\n`);
  const faults = tallies.flatMap((tally) => tally.faults);
  for (const fault of faults.slice(0, 20)) process.stderr.write(`${fault}\n`);
  if (faults.length > 0) {
    process.stderr.write(`${faults.length} faults\n`);
    process.exitCode = 1;
  }
}

function takeOne(feed: Feed, object: unknown, facts: Map<string, TariffFact>, tally: Tally): void {
  const identity = identify(object, feed.party ? [feed.party] : []);
  tally.received++;
  if ('message' in identity) {
    tally.refuse(identity.rule);
    return;
  }
  const { owner } = identity;
  const now = new Date(feed.now);
  const verdict = examine<Location & Tariff>(
    {
      dialect: DIALECTS[feed.version],
      kind: feed.module === 'locations' ? 'location' : 'tariff',
      owner,
      strictness: 'report',
      now,
      salvages: true,
    },
    withOwner(object, owner),
  );
  if (!verdict.accepted) {
    tally.refuse(verdict.problems[0]?.rule ?? 'unknown');
    return;
  }
  const rules = verdict.findings.map(({ rule }) => rule);
  tally.accept(rules);
  if (feed.module === 'tariffs') facts.set(objectKey(owner, verdict.value.id), factOf(verdict.value));
  const stored = {
    owner,
    document: JSON.stringify(verdict.value),
    asStored: feed.module === 'locations' ? versionsAsStored(verdict.value) : [],
  };
  const isMended = rules.some((rule) => rule.startsWith('repair:') || rule.startsWith('left-out:'));
  for (const version of OCPI_VERSIONS) {
    const context: ExportContext = { now, audience: 'partner', tariffs: facts };
    const dialect = EXPORT_DIALECTS[version];
    const text =
      feed.module === 'locations' ? dialect.location(stored, context) : dialect.tariff(stored, context);
    if (text === null) {
      tally.leaveOut(version, reasonOf(feed.module, verdict.value, now), verdict.value.id);
      continue;
    }
    const out = JSON.parse(text) as Location;
    const problems = closedCheck(version, { unknownFields: true })(feed.module, out);
    for (const { message } of problems)
      tally.fault(`${feed.title} to ${version}, ${verdict.value.id}: ${message}`);
    tally.giveOut(version, feed.module === 'locations' ? verdict.value : null, out, problems.length > 0);
  }
  compareWithInput(
    feed,
    object,
    verdict.value,
    stored,
    { now, audience: 'owner', tariffs: facts },
    isMended,
    tally,
  );
}

/** The version that an object came in gives its owner back what came (CV-07). */
function compareWithInput(
  feed: Feed,
  object: unknown,
  value: Location & Tariff,
  stored: Stored,
  context: ExportContext,
  isMended: boolean,
  tally: Tally,
): void {
  const dialect = EXPORT_DIALECTS[feed.version];
  const text =
    feed.module === 'locations' ? dialect.location(stored, context) : dialect.tariff(stored, context);
  const isSame = text !== null && isDeepStrictEqual(JSON.parse(text), object);
  tally.compare(isSame, isMended, lacksWords(feed, object, stored), value.id);
}

/** Whether the object holds words that the version does not give back, as `docs/mapping` tells. */
function lacksWords(feed: Feed, object: unknown, stored: Stored): boolean {
  if (feed.module === 'tariffs') return false;
  if (feed.version === '2.1.1') return (object as { type?: unknown }).type === 'OTHER';
  return !stored.asStored.includes('2.2.1');
}

/** Why a version may leave a whole object out; null is a fault. */
function reasonOf(module: Module, value: Location & Tariff, now: Date): string | null {
  if (module === 'locations') return value.publish ? null : 'not published';
  const { startsAt, endsAt } = factOf(value);
  if ((startsAt && startsAt > now) || (endsAt && endsAt <= now)) return 'not valid now';
  const isConditional = (restrictions: Readonly<Record<string, unknown>> | null | undefined): boolean =>
    ['min_current', 'max_current', 'reservation'].some((field) => (restrictions?.[field] ?? null) !== null);
  return value.elements.every(({ restrictions }) => isConditional(restrictions))
    ? 'no element that it knows'
    : null;
}

function factOf(tariff: Tariff): TariffFact {
  const moment = (text: string | null | undefined): Date | null =>
    text ? new Date(text.endsWith('Z') ? text : `${text}Z`) : null;
  return {
    id: tariff.id,
    type: tariff.type ?? null,
    startsAt: moment(tariff.start_date_time),
    endsAt: moment(tariff.end_date_time),
  };
}
