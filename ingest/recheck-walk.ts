/**
 * Asks the rules about single objects again of what is stored, once what they go by has changed: the registers of
 * operator IDs, a policy, the rules themselves.
 *
 * Guarantees: everything goes through the writer, in the order of ids; how far the walk has come is saved after each
 * batch, so a restart goes on; a change on the way begins the walk anew. A call asks a bounded number, so that pushes
 * and pulls get through. An object that is changed meanwhile is asked with its change.
 */
import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type { Module, Owner } from '../db/model.ts';
import { readObjectKeys } from '../db/reads/object-ids.ts';
import type { Mutation, Recheck } from '../db/registry/mutation.ts';
import type { PolicyStore } from '../db/registry/policy-store.ts';
import { type RuleRound, readRuleRound, saveRuleRound } from '../db/registry/rule-round-store.ts';
import type { RegistryWriter } from '../db/registry/writer.ts';
import type { KnownOperators, Rule } from './rule.ts';

/** Objects handed to the writer at once: one of its transactions. */
const BATCH = 300;
/** Objects a call: a minute's share. A national registry of 70,000 Locations is through in ten minutes. */
const CALL_LIMIT = 9_000;

export interface RecheckWalkParts {
  readonly knex: Knex;
  readonly writer: Pick<RegistryWriter, 'submitAll'>;
  readonly rules: readonly Rule[];
  readonly operators: Pick<KnownOperators, 'sequence'>;
  readonly policyStore: Pick<PolicyStore, 'list'>;
  /** Of the software: what a rule says may change with a file that it uses. */
  readonly version: string;
  readonly signal?: AbortSignal;
}

/** A share of the walk; answers how many objects were asked, 0 when nothing is to be done. */
export type RecheckWalk = () => Promise<number>;

/** The mutation that asks again of one object. */
export function recheckOf(module: Module, owner: Owner, id: string, recheck: Recheck): Mutation {
  return { module, owner, id, speaker: null, apply: () => recheck };
}

/** Makes the walk of this process. */
export function createRecheckWalk(parts: RecheckWalkParts): RecheckWalk {
  const { knex, writer, signal } = parts;

  async function walk(module: Module, from: number, limit: number): Promise<number> {
    let asked = 0;
    for (let after = from; asked < limit && !signal?.aborted; ) {
      const objects = await readObjectKeys(knex, module, after, BATCH);
      const last = objects.at(-1);
      if (!last) {
        await saveRuleRound(knex, placeOf(module, null));
        break;
      }
      await writer.submitAll(
        objects.map(({ owner, id }) => recheckOf(module, owner, id, { kind: 'recheck' })),
      );
      await saveRuleRound(knex, placeOf(module, last.number));
      after = last.number;
      asked += objects.length;
    }
    return asked;
  }

  return async () => {
    let round = await readRuleRound(knex);
    const basis = await basisOf(parts);
    if (round.recheckBasis !== basis) {
      round = { ...round, recheckBasis: basis, recheckLocation: 0, recheckTariff: 0 };
      await saveRuleRound(knex, { recheckBasis: basis, recheckLocation: 0, recheckTariff: 0 });
    }
    let asked = 0;
    if (round.recheckLocation !== null) asked += await walk('locations', round.recheckLocation, CALL_LIMIT);
    if (round.recheckTariff !== null) asked += await walk('tariffs', round.recheckTariff, CALL_LIMIT - asked);
    return asked;
  };
}

function placeOf(module: Module, place: number | null): Partial<RuleRound> {
  return module === 'locations' ? { recheckLocation: place } : { recheckTariff: place };
}

/** All that the rules go by, as one text. */
async function basisOf({ rules, operators, policyStore, version }: RecheckWalkParts): Promise<string> {
  const policies = await policyStore.list();
  const facts = rules.filter((rule) => rule.on !== 'registry').map((rule) => [rule.id, String(rule.check)]);
  const decided = policies.map(({ rule, owner, action }) => [rule, owner, action]);
  const all = JSON.stringify([version, operators.sequence, facts, decided]);
  return createHash('sha256').update(all).digest('hex');
}
