/**
 * What rounds make of a partner's position: counts, last words, since when it fails. Pure, but for what it
 * remembers of objects that fail alone.
 */
import type { PushPosition } from '../../../db/partner-model.ts';
import type { Delivery } from './deliver.ts';
import { type Offered, positionAfter } from './round.ts';

/**
 * Rounds in a row in which an object may fail, while others are taken, before it counts as refused: a partner whose
 * server breaks on one object must not be kept from all others. So many, some minutes, that chance does not do it.
 */
const STUMBLES = 8;

/** Objects that failed although the partner answered and took others in the same round, and how often. */
export class Stumbles {
  #times = new Map<string, number>();

  /** The round as it counts: who has stumbled too often is refused. */
  judge(offered: readonly Offered[]): Offered[] {
    const hasTaken = offered.some(({ delivery }) => delivery?.kind === 'taken');
    const times = new Map<string, number>();
    const judged = offered.map(({ change, delivery }) => {
      if (!hasTaken || delivery?.kind !== 'failed' || !delivery.hasAnswered) return { change, delivery };
      const count = (this.#times.get(change.key) ?? 0) + 1;
      times.set(change.key, count);
      if (count < STUMBLES) return { change, delivery };
      const words = `${delivery.words} (${count} times, while others were taken)`;
      return { change, delivery: { kind: 'refused', words } satisfies Delivery };
    });
    // Without evidence nothing is forgotten, nor counted.
    if (hasTaken || offered.length === 0) this.#times = times;
    return judged;
  }
}

/** What a round made of the position; `upTo` is where it ends when nothing of it is left to be offered. */
export function afterRound(
  position: PushPosition,
  { offered, upTo }: { offered: readonly Offered[]; upTo: number },
  now: Date,
): PushPosition {
  const taken = offered.filter(({ delivery }) => delivery?.kind === 'taken').length;
  const refusals = offered.flatMap(({ change, delivery }) =>
    delivery?.kind === 'refused' ? [`${change.key}: ${delivery.words}`] : [],
  );
  const failures = offered.flatMap(({ delivery }) => (delivery?.kind === 'failed' ? [delivery.words] : []));
  return {
    ...position,
    sequence: positionAfter(offered, upTo),
    taken: position.taken + taken,
    refused: position.refused + refusals.length,
    failures: position.failures + failures.length,
    failingSince: failures.length > 0 ? (position.failingSince ?? now) : null,
    ...(taken > 0 ? { lastTakenAt: now } : {}),
    ...(refusals.length > 0 ? { lastRefusal: quoted(refusals.at(-1)), lastRefusalAt: now } : {}),
    ...(failures.length > 0 ? { lastError: quoted(failures[0]), lastErrorAt: now } : {}),
  };
}

/** Characters of a partner's words that are kept. */
const WORDS_LIMIT = 500;

function quoted(words: string | undefined): string | null {
  return words?.slice(0, WORDS_LIMIT).replaceAll('\0', '') ?? null;
}
