/**
 * The one writer of the registry (design, section 5): every change, pushed or pulled, goes through here.
 *
 * Callers submit a mutation and await its outcome. What arrives while a transaction is in flight is gathered
 * into the next one (natural group commit): the affected objects are locked in key order, the mutations are
 * applied in order of arrival, documents, rows and journal entries are written as sets, and only after the
 * commit is each caller answered. So an outcome other than `failed` means committed.
 *
 * Where as many wait already as are under way, they do not wait for the commit: while the database writes one batch,
 * this process locks and applies the next one, of other objects. The head of the journal lets one at a time write, so
 * positions still come in the order of arrival; of one object no two batches are ever under way.
 *
 * A batch that fails is tried again member by member, so that one bad object never fails its neighbours; a
 * member that fails alone ends as `failed`, with the error. The writer knows no wire format, and no rule of
 * quality: it asks those that it was given of each object that it writes.
 */
import type { Knex } from 'knex';
import type { Checks, Outcome } from '../model.ts';
import { applyBatch } from './batch.ts';
import { NO_CHECKS } from './draft.ts';
import { type Mutation, objectKey, type Pending } from './mutation.ts';

/** Mutations in one transaction at most: bounds the time that others wait for a lock, and the memory. */
const BATCH_LIMIT = 300;

/** A batch on its way. */
interface Flight {
  /** Of its objects. */
  readonly keys: ReadonlySet<string>;
  /** It has the head of the journal: what is left to do is the database's. */
  isPlaced: boolean;
  readonly ended: Promise<void>;
}

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
  const flights = new Set<Flight>();
  let queue: Pending[] = [];
  let isStarting = false;

  /** Starts what may start: after every arrival, and whenever a batch gets further. */
  function startBatches(): void {
    while (mayStart()) start(takeBatch());
  }

  /** A batch that is smaller than the ones under way waits for their commit, and so gathers more. */
  function mayStart(): boolean {
    if (queue.length === 0) return false;
    const underWay = [...flights];
    return (
      underWay.every(({ keys, isPlaced }) => isPlaced && queue.length >= keys.size) && !isUnderWay(queue[0])
    );
  }

  function isUnderWay(pending: Pending | undefined): boolean {
    return pending !== undefined && [...flights].some(({ keys }) => keys.has(keyOf(pending)));
  }

  /** The next of the queue, up to the first whose object is under way. */
  function takeBatch(): Pending[] {
    const next = queue.slice(0, BATCH_LIMIT);
    const end = next.findIndex(isUnderWay);
    const batch = end < 0 ? next : next.slice(0, end);
    queue = queue.slice(batch.length);
    return batch;
  }

  function start(batch: readonly Pending[]): void {
    const flight: Flight = {
      keys: new Set(batch.map(keyOf)),
      isPlaced: false,
      ended: commit(batch, () => {
        flight.isPlaced = true;
        startBatches();
      }).then(() => {
        flights.delete(flight);
        startBatches();
      }),
    };
    flights.add(flight);
  }

  async function commit(batch: readonly Pending[], placed?: () => void): Promise<void> {
    try {
      const outcomes = await inTransaction(batch, placed);
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

  function inTransaction(batch: readonly Pending[], placed?: () => void): Promise<Outcome[]> {
    const mutations = batch.map(({ mutation }) => mutation);
    return parts.knex.transaction((transaction) =>
      applyBatch(transaction, mutations, { now: parts.clock(), checks, placed }),
    );
  }

  /** Waits a moment first, so that what is handed in together is committed together. */
  function startSoon(): void {
    if (isStarting) return;
    isStarting = true;
    queueMicrotask(() => {
      isStarting = false;
      startBatches();
    });
  }

  function submit(mutation: Mutation): Promise<Outcome> {
    return new Promise((resolve) => {
      queue.push({ mutation, resolve });
      startSoon();
    });
  }

  return {
    submit,
    submitAll: (mutations) => Promise.all(mutations.map(submit)),
    async drain() {
      while (queue.length > 0 || flights.size > 0) {
        await Promise.all([...flights].map(({ ended }) => ended));
      }
    },
    get waiting() {
      return queue.length;
    },
  };
}

function keyOf({ mutation: { module, owner, id } }: Pending): string {
  return `${module}/${objectKey(owner, id)}`;
}
