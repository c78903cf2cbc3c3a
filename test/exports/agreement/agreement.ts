/**
 * Whether the files of one sequence number say the same of the same EVSEs.
 *
 * All files have objects in the order of their creation, so a file is held against the reference as two lists walked
 * side by side: the reference moves on until it is at what the file speaks of. Memory holds one object of each.
 */

import type { Told } from './stream-objects.ts';
import type { Statement, Teller } from './tellers.ts';

/** Disagreements that are told one by one; the rest are counted. */
const TOLD_DISAGREEMENTS = 10;

export interface Agreement {
  /** EVSEs or Locations that the file speaks of. */
  readonly told: number;
  /** Those of the reference that it does not speak of. */
  readonly passedBy: number;
  readonly disagreements: number;
  /** The first of them, a sentence each. */
  readonly examples: readonly string[];
}

/** What a file says, object by object or group by group, in its order. */
export async function* statementsOf(teller: Teller, objects: AsyncIterable<Told>): AsyncGenerator<Statement> {
  let group: Told[] = [];
  let groupKey: string | undefined;
  for await (const object of objects) {
    const key = teller.groupBy?.(object);
    if (group.length > 0 && (key === undefined || key !== groupKey)) {
      yield* teller.tell(group);
      group = [];
    }
    groupKey = key;
    group.push(object);
  }
  if (group.length > 0) yield* teller.tell(group);
}

/** Holds what a file says against a reference that knows all of it. */
export async function compare(
  reference: AsyncIterable<Statement>,
  file: AsyncIterable<Statement>,
): Promise<Agreement> {
  const known = reference[Symbol.asyncIterator]();
  const tally = { told: 0, passedBy: 0, disagreements: 0, examples: [] as string[] };
  let isLost = false;

  function disagree(sentence: string): void {
    tally.disagreements += 1;
    if (tally.examples.length < TOLD_DISAGREEMENTS) tally.examples.push(sentence);
  }

  for await (const statement of file) {
    tally.told += 1;
    if (isLost) continue;
    const counterpart = await find(known, statement, tally);
    if (counterpart) {
      for (const sentence of differences(statement, counterpart)) disagree(sentence);
    } else {
      isLost = true;
      disagree(`${JSON.stringify(statement.about)} is not in the reference, or not in this place`);
    }
  }
  while (!(await known.next()).done) tally.passedBy += 1;
  return tally;
}

async function find(
  known: AsyncIterator<Statement>,
  { about }: Statement,
  tally: { passedBy: number },
): Promise<Statement | null> {
  for (;;) {
    const { value, done } = await known.next();
    if (done) return null;
    if (Object.entries(about).every(([field, key]) => value.about[field] === key)) return value;
    tally.passedBy += 1;
  }
}

function differences({ about, says }: Statement, counterpart: Statement): string[] {
  return Object.entries(says)
    .map(([field, value]) => [field, JSON.stringify(value), JSON.stringify(counterpart.says[field])] as const)
    .filter(([, value, expected]) => value !== expected)
    .map(([field, value, expected]) => `${JSON.stringify(about)}: ${field} is ${value}, not ${expected}`);
}
