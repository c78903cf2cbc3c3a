// Seeded randomness for the simulator. Guarantees: the same seed gives the same
// numbers on every machine and Node version, and a stream can be opened for any
// (seed, name, index) without drawing what lies before it, so that object number
// 69,999 of a fleet costs as much as the first. Not for secrets. Never fails,
// except that an empty table is refused when it is made.

/** Gives the next number, at least 0 and below 1. */
export type Random = () => number;

/** Rows of a value and its weight; the weights need not add up to 1. */
export type WeightedRows<Value> = readonly (readonly [Value, number])[];

/** The mulberry32 generator: 32 bits of state, enough for plausible fleets. */
export function mulberry32(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** An independent stream for one object: `name` says what kind, `index` which one. */
export function randomStream(seed: number, name: string, index = 0): Random {
  let hash = 0x811c9dc5 ^ (seed >>> 0);
  for (const text of [name, String(index)]) {
    for (let at = 0; at < text.length; at++) {
      hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    }
    // Seeds that differ in one bit must not give streams that resemble each other.
    hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  }
  return mulberry32(hash >>> 0);
}

/** A whole number from `least` to `most`, both included. */
export function integerBetween(random: Random, least: number, most: number): number {
  return least + Math.floor(random() * (most - least + 1));
}

/** One of the values, each as likely as the next. */
export function pick<Value>(random: Random, values: readonly Value[]): Value {
  const value = values[Math.floor(random() * values.length)];
  if (value === undefined) throw new Error('pick() needs at least one value');
  return value;
}

/** Prepares a weighted table once; the function returned draws from it. */
export function weighted<Value>(rows: WeightedRows<Value>): (random: Random) => Value {
  if (rows.length === 0) throw new Error('weighted() needs at least one row');
  const total = rows.reduce((sum, [, weight]) => sum + weight, 0);
  const last = rows[rows.length - 1] as readonly [Value, number];
  return (random) => {
    let left = random() * total;
    for (const [value, weight] of rows) {
      left -= weight;
      if (left < 0) return value;
    }
    return last[0];
  };
}
