/**
 * The one writer of the registry (design, section 5): every change, pushed or pulled, goes through here.
 *
 * Callers submit a mutation and await its outcome. What arrives while a transaction is in flight is gathered
 * into the next one (natural group commit): the affected objects are locked in key order, the mutations are
 * applied in order of arrival, documents, rows and journal entries are written as sets, and only after the
 * commit is each caller answered. So an outcome other than `failed` means committed.
 *
 * A batch that fails is tried again member by member, so that one bad object never fails its neighbours; a
 * member that fails alone ends as `failed`, with the error. The writer knows no wire format, and no rule of
 * quality: it asks those that it was given of each object that it writes.
 */
import type { Knex } from 'knex';
import type { Checks, Outcome } from '../model.ts';
import { applyBatch } from './batch.ts';
import { NO_CHECKS } from './draft.ts';
import type { Mutation, Pending } from './mutation.ts';

/** Mutations in one transaction at most: bounds the time that others wait for a lock, and the memory. */
const BATCH_LIMIT = 300;

export interface RegistryWriter {
  /** Hands in one mutation; the answer comes after the commit. Never rejects. */
  submit(mutation: Mutation): Promise<Outcome>;
  /** Hands in several, in this order; the answers come in the same order. */
  submitAll(mutations: readonly Mutation[]): Promise<Outcome[]>;
  /** Resolves when everything handed in so far has been answered. */
  drain(): Promise<void>;
  /** How many mutations wait for their transaction. */
  readonly waiting: number;
}

/** Makes the writer of this process. Several processes may write: the database keeps them apart. */
export function createWriter(parts: {
  knex: Knex;
  clock: () => Date;
  checks?: Checks;
  /** Called after each commit that changed the registry: for those who follow the journal. Must not throw. */
  changed?: () => void;
}): RegistryWriter {
  const { checks = NO_CHECKS } = parts;
  let queue: Pending[] = [];
  let working: Promise<void> | null = null;

  /**
   * Waits a moment first, so that what is handed in together is committed together. Ends in the same step in
   * which it finds the queue empty: a mutation that comes next, perhaps from a caller that has just been
   * answered, must find nobody at work and start anew.
   */
  async function work(): Promise<void> {
    await Promise.resolve();
    while (queue.length > 0) {
      const batch = queue.slice(0, BATCH_LIMIT);
      queue = queue.slice(BATCH_LIMIT);
      await commit(batch);
    }
    working = null;
  }

  async function commit(batch: readonly Pending[]): Promise<void> {
    try {
      const outcomes = await inTransaction(batch);
      if (outcomes.some(({ kind }) => kind === 'created' || kind === 'updated')) parts.changed?.();
      batch.forEach((pending, index) => {
        pending.resolve(outcomes[index] as Outcome);
      });
    } catch (error) {
      if (batch.length === 1) {
        batch[0]?.resolve({
          kind: 'failed',
          error: error instanceof Error ? error : new Error(String(error)),
        });
        return;
      }
      for (const pending of batch) {
        await commit([pending]);
      }
    }
  }

  function inTransaction(batch: readonly Pending[]): Promise<Outcome[]> {
    return parts.knex.transaction((transaction) =>
      applyBatch(
        transaction,
        batch.map((pending) => pending.mutation),
        parts.clock(),
        checks,
      ),
    );
  }

  function submit(mutation: Mutation): Promise<Outcome> {
    return new Promise((resolve) => {
      queue.push({ mutation, resolve });
      working ??= work();
    });
  }

  return {
    submit,
    submitAll: (mutations) => Promise.all(mutations.map(submit)),
    async drain() {
      while (working) {
        await working;
      }
    },
    get waiting() {
      return queue.length;
    },
  };
}
