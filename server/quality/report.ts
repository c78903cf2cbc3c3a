/**
 * The report on data quality: the figures of each party, its score, and the rules with their open findings, in the
 * shape of the wire (design, section 7). What counts how is told in `docs/quality.md`.
 *
 * Guarantees: a report of scope `public` is made of public objects alone.
 */
import type { Knex } from 'knex';
import type { Owner, Severity } from '../../db/model.ts';
import type { OperatorDirectory } from '../../db/reads/operator-directory.ts';
import { readQualityState, SILENT_ITEM_RULE } from '../../db/reads/quality-findings.ts';
import {
  readEvseConditions,
  readFindingCounts,
  readMissingCounts,
  readPartyEvses,
  readPartyObjects,
  readPartyTariffs,
} from '../../db/reads/quality-parties.ts';
import type { QualityQuestion, QualityScope } from '../../db/reads/quality-scope.ts';
import { readSilentSources } from '../../db/reads/silent-sources.ts';
import { AFIR_ITEMS } from '../../ingest/afir-items.ts';
import type { RuleBook, RuleWords } from './rule-book.ts';
import { rounded, type Score, scoreOf } from './score.ts';

/** Seconds; null when there is nothing to measure. */
export interface Percentiles {
  readonly p50_s: number | null;
  readonly p95_s: number | null;
}

/** A party in figures. */
export interface PartyReport extends Score {
  readonly country_code: string;
  readonly party_id: string;
  readonly name: string | null;
  /** Whether a register lists it as a CPO; null while no register was imported. */
  readonly registered: boolean | null;
  readonly locations: number;
  readonly evses: number;
  readonly connectors: number;
  readonly tariffs: number;
  /** Open ones by rule, waived ones aside. */
  readonly findings: Readonly<Record<string, number>>;
  readonly waived: Readonly<Record<string, number>>;
  /** Share of public Locations that say it, by AFIR item; empty without one. */
  readonly coverage: Readonly<Record<string, number>>;
  /** Registry time minus `last_updated` of public Locations. */
  readonly freshness: Percentiles;
  /** Time since the EVSEs' `last_updated`. */
  readonly status_age: Percentiles;
  /** Its source or platform has stopped: when it was last heard. Null while it speaks, or if it never did. */
  readonly silent_since: string | null;
}

export interface RuleReport extends RuleWords {
  readonly open: number;
}

export interface QualityReport {
  readonly generated_at: string;
  readonly sequence: number;
  readonly rules: readonly RuleReport[];
  readonly parties: readonly PartyReport[];
}

export interface ReportParts {
  readonly knex: Knex;
  readonly book: RuleBook;
  readonly operators: Pick<OperatorDirectory, 'find' | 'sequence'>;
  readonly clock: () => Date;
}

/** What the queries gave of one party. */
type Figures = { [Name in keyof Read]?: Read[Name][number] } & {
  counts: Counts[];
  missing: Missing[];
  silentSince?: Date;
};
type Read = {
  objects: Awaited<ReturnType<typeof readPartyObjects>>;
  tariffs: Awaited<ReturnType<typeof readPartyTariffs>>;
  evses: Awaited<ReturnType<typeof readPartyEvses>>;
  conditions: Awaited<ReturnType<typeof readEvseConditions>>;
};
type Counts = Awaited<ReturnType<typeof readFindingCounts>>[number];
type Missing = Awaited<ReturnType<typeof readMissingCounts>>[number];

/**
 * Makes the report.
 *
 * @param owners null: of every party that has something to show; else of these, also when they have nothing
 */
export async function readQualityReport(
  parts: ReportParts,
  scope: QualityScope,
  owners: readonly Owner[] | null,
): Promise<QualityReport> {
  const { knex, book, clock } = parts;
  const now = clock();
  // First how far it has come: what changes meanwhile makes the report newer than it says, never older.
  const { sequence } = await readQualityState(knex);
  const { parties, counts } = await readFigures(knex, { scope, owners, now });
  for (const owner of owners ?? []) figuresOf(parties, ownerColumns(owner));
  const reports = [...parties.entries()]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, figures]) => partyReport(parts, name, figures));
  return {
    generated_at: now.toISOString(),
    sequence,
    rules: ruleReports(book, reports, counts),
    parties: reports,
  };
}

async function readFigures(knex: Knex, question: QualityQuestion) {
  const [objects, tariffs, evses, conditions, counts, missing, silent] = await Promise.all([
    readPartyObjects(knex, question),
    readPartyTariffs(knex, question),
    readPartyEvses(knex, question),
    readEvseConditions(knex, question),
    readFindingCounts(knex, question),
    readMissingCounts(knex, question),
    readSilentSources(knex, question.now),
  ]);
  const parties = new Map<string, Figures>();
  for (const row of objects) figuresOf(parties, row).objects = row;
  for (const row of tariffs) figuresOf(parties, row).tariffs = row;
  for (const row of evses) figuresOf(parties, row).evses = row;
  for (const row of conditions) figuresOf(parties, row).conditions = row;
  for (const row of counts) figuresOf(parties, row).counts.push(row);
  for (const row of missing) figuresOf(parties, row).missing.push(row);
  // The first ones have been silent for the longest. Who has nothing to show is told of only when asked for.
  for (const { owners, lastHeardAt } of silent) {
    for (const owner of lastHeardAt ? owners : []) {
      const figures = parties.get(nameOf(ownerColumns(owner)));
      if (figures && lastHeardAt) figures.silentSince ??= lastHeardAt;
    }
  }
  return { parties, counts };
}

function nameOf(row: { country_code: string; party_id: string }): string {
  return `${row.country_code}-${row.party_id}`;
}

function figuresOf(parties: Map<string, Figures>, row: { country_code: string; party_id: string }): Figures {
  const name = nameOf(row);
  const known = parties.get(name) ?? { counts: [], missing: [] };
  parties.set(name, known);
  return known;
}

function partyReport({ operators }: ReportParts, name: string, figures: Figures): PartyReport {
  const [countryCode = '', partyId = ''] = name.split('-');
  const { objects, evses, conditions, tariffs, counts, missing } = figures;
  const registrations = operators
    .find({ countryCode, operatorId: partyId })
    .filter(({ role, status }) => role === 'CPO' && status !== 'DELISTED');
  const publicLocations = objects?.public_locations ?? 0;
  const shares = coverageOf(publicLocations, missing);
  const waivedItems = new Set(missing.filter(({ is_waived: isWaived }) => isWaived).map(({ item }) => item));
  return {
    country_code: countryCode,
    party_id: partyId,
    name: registrations[0]?.name ?? objects?.operator_name ?? null,
    registered: operators.sequence === 0 ? null : registrations.length > 0,
    locations: objects?.locations ?? 0,
    evses: evses?.evses ?? 0,
    connectors: evses?.connectors ?? 0,
    tariffs: tariffs?.tariffs ?? 0,
    ...countsOf(counts, missing),
    coverage: shares,
    freshness: percentiles(objects?.freshness_p50, objects?.freshness_p95),
    status_age: percentiles(evses?.status_age_p50, evses?.status_age_p95),
    silent_since: figures.silentSince?.toISOString() ?? null,
    ...scoreOf({
      evses: conditions?.evses ?? 0,
      withError: conditions?.with_error ?? 0,
      withWarning: conditions?.with_warning ?? 0,
      coverage: Object.entries(shares).map(([item, share]) => (waivedItems.has(item) ? 1 : share)),
      recentEvses: evses?.recent ?? 0,
    }),
  };
}

/** Missing items are findings too, of a rule each. */
function countsOf(counts: readonly Counts[], missing: readonly Missing[]) {
  const items = missing.map((row) => ({
    rule: `${SILENT_ITEM_RULE}${row.item}`,
    open: row.is_waived ? 0 : row.missing,
    waived: row.is_waived ? row.missing : 0,
  }));
  const of = (kind: 'open' | 'waived') =>
    Object.fromEntries(
      [...counts, ...items]
        .filter((row) => row[kind] > 0)
        .map((row) => [row.rule, row[kind]] as const)
        .sort(([one], [other]) => (one < other ? -1 : 1)),
    );
  return { findings: of('open'), waived: of('waived') };
}

function coverageOf(locations: number, missing: readonly Missing[]): Record<string, number> {
  if (locations === 0) return {};
  const lacking = new Map(missing.map((row) => [row.item, row.missing]));
  return Object.fromEntries(
    AFIR_ITEMS.map(({ id }) => [id, rounded((locations - (lacking.get(id) ?? 0)) / locations, 4)]),
  );
}

function percentiles(p50: number | null = null, p95: number | null = null): Percentiles {
  const seconds = (value: number | null) => (value === null ? null : rounded(value, 3));
  return { p50_s: seconds(p50), p95_s: seconds(p95) };
}

/** All known rules, and whatever else has findings. */
function ruleReports(
  book: RuleBook,
  parties: readonly PartyReport[],
  counts: readonly Counts[],
): RuleReport[] {
  const open = new Map<string, number>();
  for (const { findings } of parties) {
    for (const [rule, count] of Object.entries(findings)) open.set(rule, (open.get(rule) ?? 0) + count);
  }
  const further = new Map(
    counts.filter(({ rule }) => !book.isKnown(rule)).map((row) => [row.rule, row.severity]),
  );
  const words = [
    ...book.all,
    ...[...further.keys()].sort().map((id) => book.words(id, further.get(id) as Severity)),
  ];
  return words.map((one) => ({ ...one, open: open.get(one.id) ?? 0 }));
}

function ownerColumns({ countryCode, partyId }: Owner) {
  return { country_code: countryCode, party_id: partyId };
}
