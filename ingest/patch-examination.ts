/**
 * The verdict on a PATCH, in two steps, because the object may be stored from another version than the PATCH is in.
 *
 * 1. The body is examined by itself, in the words of its version: each field that it brings must be right there, or
 *    become right by a named repair (LR-07 to LR-09). Then it is said in the registry's words.
 * 2. What it makes of the stored object is held against the registry's words: a complete object still, with all that
 *    its parts require of each other (LR-08, LR-10, LR-11). Only what the PATCH itself makes wrong counts.
 *
 * So a PATCH never meets the object in a version that has no words for all of it, and nothing of the object is lost
 * on the way. Pure.
 */
import type { Finding, Problem } from '../db/model.ts';
import { newProblems } from './dialects/model.ts';
import { type Examination, finish, noteFindings, repairFinding, type Verdict } from './examination.ts';
import { NOTHING_LEFT_OUT } from './merge.ts';
import { boundProblems } from './validation.ts';

type Fields = Record<string, unknown>;

export type PatchVerdict =
  | {
      readonly accepted: true;
      /** In the registry's words. */
      readonly patch: Fields;
      readonly findings: readonly Finding[];
    }
  | {
      readonly accepted: false;
      readonly problems: readonly Problem[];
      readonly findings: readonly Finding[];
    };

/** The first step. */
export function examinePatch(
  { dialect, kind, strictness }: Pick<Examination, 'dialect' | 'kind' | 'strictness'>,
  body: Fields,
): PatchVerdict {
  const examiner = dialect.patch;
  const findings: Finding[] = [];
  let value: unknown = body;
  let { problems, notes } = examiner.inspect(kind, value);
  if (problems.length > 0 && strictness === 'report') {
    const repaired = examiner.repair(kind, value);
    findings.push(...repaired.repairs.map(repairFinding));
    value = repaired.value;
    ({ problems, notes } = examiner.inspect(kind, value));
  }
  if (problems.length > 0) {
    return { accepted: false, problems: boundProblems(problems), findings };
  }
  findings.push(...noteFindings(notes));
  return { accepted: true, patch: dialect.patchToModel(kind, value as Fields), findings };
}

/** The second step: both states in the registry's words. `findings` are those of the first one. */
export function examinePatched<T>(
  examination: Pick<Examination, 'kind' | 'strictness' | 'now'>,
  present: T,
  next: unknown,
  findings: readonly Finding[],
): Verdict<T> {
  const problems = newProblems(examination.kind, present, next);
  return problems.length > 0
    ? { accepted: false, problems: boundProblems(problems), findings }
    : finish(examination, next as T, NOTHING_LEFT_OUT, [...findings]);
}
