/**
 * The verdict on one object before it meets the registry: valid as it is, valid after named repairs, valid but
 * for parts that are left out, or refused with all its problems at once.
 *
 * Repairs are tried only on what the specification refuses, and only for those whose strictness is `report`;
 * each one is a finding. In a push the whole object is refused when one part stays invalid; in a pull the
 * smallest invalid part is left out (LR-32). Pure.
 */
import type { Evse, Finding, Location, Owner, Problem, Strictness } from '../db/model.ts';
import type { Dialect } from './dialects/dialect.ts';
import { type LeftOut, NOTHING_LEFT_OUT } from './merge.ts';
import type { Repair } from './repairs.ts';
import { type Omissions, salvageLocation } from './salvage.ts';
import { isInFuture, liftEvse, liftLocation } from './times.ts';
import { boundProblems, type Note, type ObjectKind } from './validation.ts';

export interface Examination {
  readonly dialect: Dialect;
  readonly kind: ObjectKind;
  readonly owner: Owner;
  readonly strictness: Strictness;
  readonly now: Date;
  /** Leave out the smallest invalid part of a Location instead of refusing it. */
  readonly salvages: boolean;
}

export type Verdict<T> =
  | {
      readonly accepted: true;
      readonly value: T;
      readonly leftOut: LeftOut;
      readonly findings: readonly Finding[];
    }
  | {
      readonly accepted: false;
      readonly problems: readonly Problem[];
      readonly findings: readonly Finding[];
    };

/** Examines an object in the words of its dialect; accepted values are in the registry's vocabulary. */
export function examine<T>(examination: Examination, input: unknown): Verdict<T> {
  const { dialect, kind, strictness } = examination;
  const { value: received, finding: timeFinding } = withReceiptTime(examination, input);
  const findings: Finding[] = timeFinding ? [timeFinding] : [];
  let value = received;
  let leftOut = NOTHING_LEFT_OUT;
  let { problems, notes } = dialect.inspect(kind, value);
  if (problems.length > 0 && strictness === 'report') {
    const repaired = dialect.repair(kind, value);
    findings.push(...repaired.repairs.map(repairFinding));
    value = repaired.value;
    ({ problems, notes } = dialect.inspect(kind, value));
  }
  if (problems.length > 0 && examination.salvages && kind === 'location') {
    const salvaged = salvageLocation(value, problems);
    if (salvaged) {
      value = salvaged.location;
      leftOut = leftOutOf(salvaged.omitted);
      findings.push(...omissionFindings(salvaged.omitted));
      ({ problems, notes } = dialect.inspect(kind, value));
    }
  }
  if (problems.length > 0) {
    return { accepted: false, problems: boundProblems(problems), findings };
  }
  const model = dialect.toModel(kind, value, examination.owner);
  findings.push(...noteFindings([...notes, ...model.notes]));
  return finish(examination, model.value as T, leftOut, findings);
}

/** The rules of time: parents are not older than children, nothing is from the future. */
export function finish<T>(
  examination: Pick<Examination, 'kind' | 'strictness' | 'now'>,
  model: T,
  leftOut: LeftOut,
  findings: Finding[],
): Verdict<T> {
  const lifted = liftTimes(examination.kind, model);
  if (lifted.path !== null) {
    const message = `${lifted.path}: is older than a child's last_updated`;
    if (examination.strictness === 'reject') {
      return {
        accepted: false,
        problems: [{ path: lifted.path, rule: 'parent-time', message }],
        findings,
      };
    }
    findings.push({
      rule: 'repair:parent-time-lifted',
      severity: 'info',
      path: lifted.path,
      message: `${message}; taken as the child's`,
      occurrences: 1,
    });
  }
  const time = (lifted.value as { last_updated: string }).last_updated;
  if (isInFuture(time, examination.now)) {
    findings.push({
      rule: 'last-updated-in-the-future',
      severity: 'warning',
      path: 'last_updated',
      message: `last_updated: lies in the future, received "${time}"`,
      occurrences: 1,
    });
  }
  return { accepted: true, value: lifted.value as T, leftOut, findings };
}

function liftTimes(kind: ObjectKind, value: unknown): { value: unknown; path: string | null } {
  if (kind === 'location') {
    const { location, firstPath } = liftLocation(value as Location);
    return { value: location, path: firstPath };
  }
  if (kind === 'evse') {
    const evse = liftEvse(value as Evse);
    return { value: evse, path: evse === value ? null : 'last_updated' };
  }
  return { value, path: null };
}

/** TR-13, PC-14: an object without `last_updated` is as of its receipt, unless its sender wants strictness. */
function withReceiptTime(
  examination: Examination,
  input: unknown,
): { value: unknown; finding: Finding | null } {
  const isObject = typeof input === 'object' && input !== null && !Array.isArray(input);
  if (
    examination.strictness === 'reject' ||
    !isObject ||
    ((input as Record<string, unknown>).last_updated ?? null) !== null
  ) {
    return { value: input, finding: null };
  }
  return {
    value: { ...input, last_updated: examination.now.toISOString() },
    finding: {
      rule: 'repair:last-updated-missing',
      severity: 'warning',
      path: 'last_updated',
      message: 'last_updated: is required; taken as the time of receipt',
      occurrences: 1,
    },
  };
}

export function repairFinding(repair: Repair): Finding {
  return {
    rule: repair.rule,
    severity: 'warning',
    path: repair.path,
    message: repair.message,
    occurrences: repair.occurrences,
  };
}

/** One finding a rule: the first place, and how many. */
export function noteFindings(notes: readonly Note[]): Finding[] {
  const byRule = new Map<string, Finding>();
  for (const note of notes) {
    const known = byRule.get(note.rule);
    byRule.set(
      note.rule,
      known
        ? { ...known, occurrences: known.occurrences + 1 }
        : { rule: note.rule, severity: 'info', path: note.path, message: note.message, occurrences: 1 },
    );
  }
  return [...byRule.values()];
}

function omissionFindings(omitted: Omissions): Finding[] {
  const findings: Finding[] = [];
  for (const [rule, parts] of [
    ['left-out:connector', omitted.connectors],
    ['left-out:evse', omitted.evses],
  ] as const) {
    const first = parts[0]?.problems[0];
    if (first) {
      findings.push({
        rule,
        severity: 'error',
        path: first.path,
        message: first.message,
        occurrences: parts.length,
      });
    }
  }
  return findings;
}

function leftOutOf(omitted: Omissions): LeftOut {
  const connectors = new Map<string, Set<string>>();
  for (const { evseUid, id } of omitted.connectors) {
    const key = evseUid.toLowerCase();
    const ids = connectors.get(key) ?? new Set();
    if (id !== null) {
      ids.add(id.toLowerCase());
    }
    connectors.set(key, ids);
  }
  return {
    evses: new Set(omitted.evses.flatMap(({ uid }) => uid?.toLowerCase() ?? [])),
    unreadableEvse: omitted.evses.some(({ uid }) => uid === null),
    connectors,
  };
}
