/**
 * One transaction's worth of mutations: lock, apply in order of arrival, write as sets.
 *
 * Guarantees: one journal entry an object whatever the number of mutations that touched it; nothing is
 * written, and no position taken, when nothing changed. Errors of the database pass through: the writer
 * rolls back and tries the members alone.
 */
import type { Knex } from 'knex';
import { mapInStretches } from '../in-stretches.ts';
import type { Checks, Outcome } from '../model.ts';
import { writeFindings } from './finding-table.ts';
import { advance, appendChanges, type ChangeEntry } from './journal.ts';
import { LocationDraft } from './location-draft.ts';
import { lockLocations } from './location-table.ts';
import { writeLocations } from './location-writes.ts';
import { type LocationMutation, type Mutation, objectKey, type TariffMutation } from './mutation.ts';
import { TariffDraft } from './tariff-draft.ts';
import { deleteTariffs, lockTariffs, writeTariffs } from './tariff-table.ts';

export interface BatchContext {
  readonly now: Date;
  readonly checks: Checks;
  /** Called once the batch has its positions; not at all when nothing has to be written of its objects. */
  readonly placed?: (() => void) | undefined;
}

/** Applies the mutations and answers their outcomes, in the same order. */
export async function applyBatch(
  transaction: Knex.Transaction,
  mutations: readonly Mutation[],
  context: BatchContext,
): Promise<Outcome[]> {
  const locations = await draftLocations(transaction, mutations);
  const tariffs = await draftTariffs(transaction, mutations);
  const outcomes = await mapInStretches(mutations, (mutation) => {
    const key = objectKey(mutation.owner, mutation.id);
    return mutation.module === 'locations'
      ? (locations.get(key) as LocationDraft).apply(mutation)
      : (tariffs.get(key) as TariffDraft).apply(mutation);
  });
  const drafts = [...locations.values(), ...tariffs.values()].filter((draft) => draft.isTouched);
  await mapInStretches(drafts, (draft) => draft.check(context.checks));
  await writeDrafts(
    transaction,
    drafts.filter((draft) => draft instanceof LocationDraft),
    drafts.filter((draft) => draft instanceof TariffDraft),
    context,
  );
  return outcomes;
}

async function draftLocations(
  transaction: Knex.Transaction,
  mutations: readonly Mutation[],
): Promise<Map<string, LocationDraft>> {
  const wanted = uniqueKeys(mutations.filter((mutation) => mutation.module === 'locations'));
  const stored = wanted.length > 0 ? await lockLocations(transaction, wanted) : new Map();
  return new Map(
    wanted.map((mutation: LocationMutation) => {
      const key = objectKey(mutation.owner, mutation.id);
      return [key, new LocationDraft(mutation.owner, stored.get(key))];
    }),
  );
}

async function draftTariffs(
  transaction: Knex.Transaction,
  mutations: readonly Mutation[],
): Promise<Map<string, TariffDraft>> {
  const wanted = uniqueKeys(mutations.filter((mutation) => mutation.module === 'tariffs'));
  const stored = wanted.length > 0 ? await lockTariffs(transaction, wanted) : new Map();
  return new Map(
    wanted.map((mutation: TariffMutation) => {
      const key = objectKey(mutation.owner, mutation.id);
      return [key, new TariffDraft(mutation.owner, stored.get(key))];
    }),
  );
}

function uniqueKeys<M extends Mutation>(mutations: readonly M[]): M[] {
  return [
    ...new Map(mutations.map((mutation) => [objectKey(mutation.owner, mutation.id), mutation])).values(),
  ];
}

async function writeDrafts(
  transaction: Knex.Transaction,
  touchedLocations: readonly LocationDraft[],
  touchedTariffs: readonly TariffDraft[],
  context: BatchContext,
): Promise<void> {
  const locations = touchedLocations.filter((draft) => draft.isDirty);
  const tariffs = touchedTariffs.filter((draft) => draft.isDirty);
  if (locations.length > 0 || tariffs.length > 0) {
    await writeObjects(transaction, locations, tariffs, context);
  }
  const findings = [...touchedLocations, ...touchedTariffs].map((draft) => draft.objectFindings());
  await writeFindings(transaction, findings, context.now);
}

async function writeObjects(
  transaction: Knex.Transaction,
  locations: readonly LocationDraft[],
  tariffs: readonly TariffDraft[],
  { now, placed }: BatchContext,
): Promise<void> {
  const changed = [...locations, ...tariffs].filter((draft) => draft.isChanged);
  // Before the head of the journal is taken, for which others wait.
  await mapInStretches(locations, (draft) => draft.documentText());
  const head = await advance(transaction, {
    changes: changed.length,
    locations: locations.filter((draft) => draft.isNew).length,
    tariffs: tariffs.filter((draft) => draft.isNew).length,
  });
  let { sequence, lastLocation, lastTariff } = head;
  for (const draft of locations) {
    draft.place({
      id: draft.isNew ? ++lastLocation : null,
      sequence: draft.isChanged ? ++sequence : null,
      changedAt: head.changedAt,
      now,
    });
  }
  for (const draft of tariffs) {
    draft.place({
      id: draft.isNew ? ++lastTariff : null,
      sequence: draft.isChanged ? ++sequence : null,
      changedAt: head.changedAt,
      now,
    });
  }
  placed?.();
  await writeLocations(
    transaction,
    locations.map((draft) => draft.write()),
  );
  await writeTariffs(
    transaction,
    tariffs.flatMap((draft) => draft.write() ?? []),
  );
  await deleteTariffs(
    transaction,
    tariffs.flatMap((draft) => draft.deletedId ?? []),
  );
  const entries: ChangeEntry[] = [...locations, ...tariffs].flatMap((draft) => draft.changeEntry() ?? []);
  await appendChanges(transaction, entries, head.changedAt);
}
