/**
 * LR-32 for pulls: leaves out the smallest invalid part of a Location, so that one broken connector does not take a
 * charging site off the map. A push never comes here: it is taken whole or refused whole.
 *
 * Guarantees: the input is not changed; what remains has none of the given problems; no EVSE is left with an empty
 * list of connectors. Returns null when there is nothing to save. Give it all problems (`inspect`), not a bounded
 * list; and check the result again, for it decides by the problems it was told of and by nothing else.
 */
import type { Problem } from './validation.ts';

/** What was left out, and why. `null` stands for an id that cannot be read. */
export interface Omissions {
  evses: { uid: string | null; problems: Problem[] }[];
  connectors: { evseUid: string; id: string | null; problems: Problem[] }[];
}

/** A Location without its invalid parts. */
export interface Salvaged {
  location: unknown;
  omitted: Omissions;
}

type Fields = Record<string, unknown>;

/** The problems of one EVSE: its own, and those of its connectors by position. */
interface EvseProblems {
  own: Problem[];
  all: Problem[];
  connectors: Map<number, Problem[]>;
}

const EVSE_PATH = /^evses\[(\d+)\](?:\.connectors\[(\d+)\])?/;

/** Problems by EVSE position, or null when one of them lies outside the EVSEs. */
function groupByEvse(problems: Problem[]): Map<number, EvseProblems> | null {
  const groups = new Map<number, EvseProblems>();
  for (const problem of problems) {
    const match = EVSE_PATH.exec(problem.path);
    if (match === null) return null;
    const position = Number(match[1]);
    const group = groups.get(position) ?? { own: [], all: [], connectors: new Map<number, Problem[]>() };
    groups.set(position, group);
    group.all.push(problem);
    if (match[2] === undefined) {
      group.own.push(problem);
    } else {
      const connector = Number(match[2]);
      group.connectors.set(connector, [...(group.connectors.get(connector) ?? []), problem]);
    }
  }
  return groups;
}

function idOf(value: unknown, field: 'uid' | 'id'): string | null {
  const id = typeof value === 'object' && value !== null ? (value as Fields)[field] : undefined;
  return typeof id === 'string' && id !== '' ? id : null;
}

/** The EVSE without its invalid connectors; null when it must go as a whole, which is then noted as such. */
function salvageEvse(value: unknown, group: EvseProblems, omitted: Omissions): unknown {
  const uid = idOf(value, 'uid');
  const connectors = (value as Fields | null)?.connectors;
  const kept = Array.isArray(connectors)
    ? connectors.filter((_, position) => !group.connectors.has(position))
    : [];
  if (group.own.length > 0 || kept.length === 0 || uid === null) {
    omitted.evses.push({ uid, problems: group.all });
    return null;
  }
  for (const [position, problems] of group.connectors) {
    omitted.connectors.push({ evseUid: uid, id: idOf((connectors as unknown[])[position], 'id'), problems });
  }
  return { ...(value as Fields), connectors: kept };
}

/** The Location without what the problems lie in; null when the Location itself is invalid or loses its last EVSE. */
export function salvageLocation(value: unknown, problems: Problem[]): Salvaged | null {
  const omitted: Omissions = { evses: [], connectors: [] };
  if (problems.length === 0) return { location: value, omitted };
  const groups = groupByEvse(problems);
  const evses = typeof value === 'object' && value !== null ? (value as Fields).evses : undefined;
  if (groups === null || !Array.isArray(evses)) return null;
  const kept: unknown[] = [];
  for (const [position, evse] of evses.entries()) {
    const group = groups.get(position);
    const rest = group === undefined ? evse : salvageEvse(evse, group, omitted);
    if (rest !== null) kept.push(rest);
  }
  return kept.length === 0 ? null : { location: { ...(value as Fields), evses: kept }, omitted };
}
