/**
 * One round with one partner: a stretch of the journal, an object at a time in its order, several objects at once.
 *
 * Guarantees: an object has one request in flight; after a failure nothing new is begun, what is in flight ends;
 * the position that comes out has nothing before it that was not taken, refused or nobody's business. So what the
 * partner did take after that position is offered once more: at least once, never not at all.
 */
import type { ChangedObject } from '../../../db/reads/journal.ts';
import type { Delivery } from './deliver.ts';

/** An object of the round and how it ended; undefined when it was not begun, or was broken off by our own end. */
export interface Offered {
  readonly change: ChangedObject;
  readonly delivery: Delivery | undefined;
}

/** Objects on their way to one partner at a time: the HTTP client has as many connections to an origin. */
const CONCURRENT_OBJECTS = 4;

/**
 * @param changes what is to be offered, in order
 * @param mayBegin false: we are stopping, and the round ends with what is in flight
 */
export async function runRound(
  changes: readonly ChangedObject[],
  offer: (change: ChangedObject) => Promise<Delivery>,
  mayBegin: () => boolean,
): Promise<Offered[]> {
  const deliveries = new Map<string, Delivery>();
  let next = 0;
  let hasFailed = false;

  async function work(): Promise<void> {
    while (!hasFailed && mayBegin()) {
      const change = changes[next++];
      if (!change) return;
      const delivery = await offer(change);
      deliveries.set(change.key, delivery);
      hasFailed ||= delivery.kind === 'failed';
    }
  }

  // All end, also when one breaks off: the report says of each object how it ended.
  const ends = await Promise.allSettled(Array.from({ length: CONCURRENT_OBJECTS }, work));
  const fault = ends.find((end) => end.status === 'rejected');
  if (fault && mayBegin()) throw fault.reason;
  return changes.map((change) => ({ change, delivery: deliveries.get(change.key) }));
}

/**
 * The position after a round: right before the first object that is still to be offered.
 *
 * @param upTo the position when nothing is
 */
export function positionAfter(offered: readonly Offered[], upTo: number): number {
  const open = offered.find(({ delivery }) => delivery === undefined || delivery.kind === 'failed');
  return open ? open.change.first - 1 : upTo;
}
