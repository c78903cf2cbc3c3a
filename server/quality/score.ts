/**
 * The score of a party, 0 to 100: how much of its data can be relied on (`docs/quality.md` has the formula in words).
 *
 *   score = 50 x correctness + 30 x completeness + 20 x timeliness
 *
 * Guarantees: pure; mending never lowers it: each part is a share that only grows when something is mended, and the
 * weights are fixed. The parts are told with it, so that everybody can work it out again.
 */

/** What a score is made of; counts, but for the shares. */
export interface ScoreFacts {
  readonly evses: number;
  readonly withError: number;
  /** With a warning and no error. */
  readonly withWarning: number;
  /** Share of Locations that say it, for each AFIR item; one that is waived as if all said it. */
  readonly coverage: readonly number[];
  /** EVSEs that were told anew within the time allowed. */
  readonly recentEvses: number;
}

/** As it is told: snake case. */
export interface Score {
  readonly score: number | null;
  readonly score_parts: {
    readonly correctness: ScorePart;
    readonly completeness: ScorePart;
    readonly timeliness: ScorePart;
  };
}

interface ScorePart {
  /** Points of 100. */
  readonly weight: number;
  /** 0 to 1; null when there is nothing to judge. */
  readonly share: number | null;
}

export const WEIGHTS = { correctness: 50, completeness: 30, timeliness: 20 } as const;

/** What an EVSE with a warning and no error counts: usable, with doubts. */
const WARNED = 0.5;

/** The score with its parts; null for a party without a public Location or EVSE to judge. */
export function scoreOf(facts: ScoreFacts): Score {
  const { evses, withError, withWarning, coverage, recentEvses } = facts;
  const correctness = ratio(evses - withError - withWarning * (1 - WARNED), evses);
  const completeness = ratio(sum(coverage), coverage.length);
  const timeliness = ratio(recentEvses, evses);
  const parts = { correctness, completeness, timeliness };
  const judged = Object.values(parts).every((share) => share !== null);
  const points = (name: keyof typeof WEIGHTS) => WEIGHTS[name] * (parts[name] ?? 0);
  const total = points('correctness') + points('completeness') + points('timeliness');
  const part = (name: keyof typeof WEIGHTS): ScorePart => ({
    weight: WEIGHTS[name],
    share: parts[name] === null ? null : rounded(parts[name], 4),
  });
  return {
    score: judged ? rounded(total, 1) : null,
    score_parts: {
      correctness: part('correctness'),
      completeness: part('completeness'),
      timeliness: part('timeliness'),
    },
  };
}

/** So many digits behind the point. */
export function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
