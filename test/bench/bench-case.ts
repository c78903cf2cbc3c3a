/**
 * What a benchmark is: a thing that the access point does, beside its limit or a rival that does the same on the same
 * machine in the same run. One file a subject in `cases/`; it exports `cases`, and is found by its folder. Types only.
 */
import type { Feed } from './feed.ts';
import type { BenchRegistries } from './registries.ts';

/** What one run of one side took. */
export interface Sample {
  /** Seconds of what is measured; preparing and checking are not in it. */
  readonly seconds: number;
  /** How much was done, in the unit of the case: objects, requests, bytes. */
  readonly units: number;
  /** The most memory that the process of this side had, in megabytes; null where it is not one of ours. */
  readonly peakMegabytes: number | null;
  /** Milliseconds within which 99 of 100 answers came, where a client waits for answers. */
  readonly p99?: number;
  /** Of one processor, that the client took: near one, it is the client that is measured, and the side could do more. */
  readonly clientShare?: number;
  /** Other figures of this run. */
  readonly note?: string;
}

export type Side = () => Promise<Sample>;

/** Both sides, ready to be run by turns; each run must find what the first one found. */
export interface Rig {
  readonly ours: Side;
  readonly beside: Side;
}

/**
 * How a ratio is read. `time`: our seconds a unit over those of the other, to be at most the target. `rate`: our units
 * a second over those of the other, to be at least the target. `memory`: the most memory of ours over that of the
 * other, to be at most the target.
 */
export interface Target {
  readonly of: 'time' | 'rate' | 'memory';
  readonly ratio: number;
  /** A figure that is told, without a target. */
  readonly isStated?: true;
  /** Milliseconds that `p99` of our side must be under as well. */
  readonly p99?: number;
}

export interface BenchCase {
  /** As in `npm run bench -- NAME`: lower case, dashes. */
  readonly name: string;
  /** What we do, and what stands beside it, in a few words. */
  readonly ours: string;
  readonly beside: string;
  /** Of the units of its samples: `Locations`, `requests`, `MB`. */
  readonly unit: string;
  readonly target: Target;
  /** Heading on the page of results, for those that stand apart from the rest. */
  readonly section?: string;
  /** Pairs that are counted, after one that warms up. Five where it takes seconds, fewer where it takes minutes. */
  readonly pairs: number;
  /** The same in the short version, which takes only those that have it: what is quick, and steady on a busy machine. */
  readonly pairsInShort?: number;
  /** It takes so long that only whoever names it wants it. */
  readonly isOnlyNamed?: true;
  /** Its first pair counts: where a run takes many minutes, warming up is a small part of it. */
  readonly isWithoutWarmUp?: true;
  open(bench: Bench): Promise<Rig>;
}

/** What cases build on. Whatever starts a process is given the `Bench`, and has it ended with the case. */
export interface Bench {
  readonly feed: Feed;
  readonly registries: BenchRegistries;
  /** Of a run of requests. */
  readonly loadSeconds: number;
  /** A folder of the case's own, on the disk of the run; removed after it. */
  readonly folder: string;
  /** Aborted when the run is broken off. */
  readonly signal: AbortSignal;
  /**
   * Ends something with the case: the newest first, also when `open` throws halfway or the run is broken off. To be said
   * as soon as it is started; it may have ended before.
   */
  atEnd(end: () => Promise<unknown>): void;
  /** One line of progress, for people. */
  say(line: string): void;
}
