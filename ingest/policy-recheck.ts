/**
 * Asks the rules again of objects that stay as they are, so that a policy holds at once and not only when an object
 * is sent again: what it withholds goes out of everything public, what it no longer withholds comes back, findings of
 * a rule that is off close. Nothing is refused: what is in stays.
 *
 * Works in batches through the writer, like everything else; may be begun again.
 */
import type { Knex } from 'knex';
import type { Module } from '../db/model.ts';
import { type RecheckQuestion, readObjectsToRecheck } from '../db/reads/objects-to-recheck.ts';
import type { Mutation } from '../db/registry/mutation.ts';
import type { RegistryWriter } from '../db/registry/writer.ts';

/** Objects handed to the writer at once. */
const BATCH = 200;

/** @returns how many objects were asked about */
export async function recheckForPolicy(
  parts: { knex: Knex; writer: Pick<RegistryWriter, 'submitAll'> },
  question: RecheckQuestion,
): Promise<number> {
  let count = 0;
  for (const module of ['locations', 'tariffs'] satisfies Module[]) {
    let after = 0;
    for (;;) {
      const batch = await readObjectsToRecheck(parts.knex, module, question, after, BATCH);
      const last = batch.at(-1);
      if (!last) break;
      const outcomes = await parts.writer.submitAll(
        batch.map((row): Mutation => {
          const owner = { countryCode: row.country_code, partyId: row.party_id };
          const key = { owner, id: row.object_id, speaker: null };
          return { ...key, module, apply: () => ({ kind: 'recheck' }) } as Mutation;
        }),
      );
      for (const outcome of outcomes) if (outcome.kind === 'failed') throw outcome.error;
      count += batch.length;
      after = last.id;
    }
  }
  return count;
}
