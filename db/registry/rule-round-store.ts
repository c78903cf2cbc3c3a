/**
 * How far the rules across objects have followed the journal, and with what knowledge every rule was last asked of
 * everything: one row, so that a restart goes on where the last process ended.
 *
 * `takeTurn` locks the row until its transaction ends: processes that follow the journal at once take turns, and none
 * asks about what another is at.
 */
import type { Knex } from 'knex';

export interface RuleRound {
  /** Position up to which the rules across objects were asked. */
  readonly sequence: number;
  /** The registry's time of that position; null before the first. */
  readonly changedAt: Date | null;
  /** What was known when they were last asked of everything; null: never. */
  readonly basis: string | null;
  readonly fullRoundAt: Date | null;
  /** What the rules about single objects are, or were, asked again with. */
  readonly recheckBasis: string | null;
  /** The last object of that walk, by kind; null when it has ended. */
  readonly recheckLocation: number | null;
  readonly recheckTariff: number | null;
}

interface Row {
  sequence: number;
  changed_at: Date | null;
  basis: string | null;
  full_round_at: Date | null;
  recheck_basis: string | null;
  recheck_location: number | null;
  recheck_tariff: number | null;
}

const COLUMNS: Readonly<Record<keyof RuleRound, keyof Row>> = {
  sequence: 'sequence',
  changedAt: 'changed_at',
  basis: 'basis',
  fullRoundAt: 'full_round_at',
  recheckBasis: 'recheck_basis',
  recheckLocation: 'recheck_location',
  recheckTariff: 'recheck_tariff',
};

/** What is saved. */
export async function readRuleRound(knex: Knex): Promise<RuleRound> {
  return roundOf(await knex('rule_round').first());
}

/** The same, once nobody else is at it. */
export async function takeTurn(transaction: Knex.Transaction): Promise<RuleRound> {
  return roundOf(await transaction('rule_round').forUpdate().first());
}

/** Saves what is given, and leaves the rest. */
export async function saveRuleRound(knex: Knex, round: Partial<RuleRound>): Promise<void> {
  const columns = Object.entries(round).map(([name, value]) => [COLUMNS[name as keyof RuleRound], value]);
  await knex('rule_round').update(Object.fromEntries(columns));
}

function roundOf(row: Row | undefined): RuleRound {
  if (!row) throw new Error('the table rule_round has no row: the database is not migrated, or damaged');
  return {
    sequence: row.sequence,
    changedAt: row.changed_at,
    basis: row.basis,
    fullRoundAt: row.full_round_at,
    recheckBasis: row.recheck_basis,
    recheckLocation: row.recheck_location,
    recheckTariff: row.recheck_tariff,
  };
}
