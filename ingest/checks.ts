/**
 * Asks the rules about single objects (`ingest/rules`) of an object that is about to be stored, under the policy of
 * its owner, and says which AFIR items it lacks.
 *
 * Guarantees: pure but for the policies and registers that it is given, which are in memory; one finding a rule and
 * part, further ones of the same place counted in `occurrences`; a rule that fails is our fault, never the object's:
 * it is logged once a rule and the others are asked all the same.
 *
 * Where nothing but statuses and times changed, only rules about time are asked (`moved`): what the others go by is the
 * same, but for policies and registers, after whose changes `recheck-walk.ts` asks everything of every object.
 */
import type { Logger } from 'pino';
import type { Checked, Checks, Finding, FindingPart, Location, Owner, Problem, Tariff } from '../db/model.ts';
import { onlyInMotion } from './only-in-motion.ts';
import type {
  Action,
  Found,
  KnownOperators,
  LocationRule,
  ObjectRule,
  Rule,
  RuleContext,
  RuleFacts,
} from './rule.ts';

/** What is to be done about a rule, for an owner. */
export interface Policies {
  /** Changes whenever any answer may have changed. */
  readonly revision: number;
  actionOf(rule: string, owner: Owner): Action;
}

export interface ObjectChecks extends Checks {
  /** Why the policy refuses an object (action `reject`); empty when it does not. */
  refuseLocation(next: Location, previous: Location | undefined, owner: Owner): Problem[];
  refuseTariff(next: Tariff, previous: Tariff | undefined, owner: Owner): Problem[];
}

export interface CheckParts {
  readonly rules: readonly Rule[];
  readonly policies: Policies;
  readonly operators: KnownOperators;
  /** AFIR items that a Location lacks; see `afir-items.ts`. */
  readonly missingItems: (location: Location) => readonly string[];
  readonly clock: () => Date;
  readonly logger: Logger;
}

/** Characters of a received value that a finding repeats. */
const RECEIVED_LIMIT = 200;
/** Findings of one rule on one object: a Location may have thousands of EVSEs with the same fault. */
const FINDING_LIMIT = 500;

/** The rules that count for one owner. */
interface Plan {
  readonly revision: number;
  readonly location: readonly LocationRule[];
  /** Those of them that are to be asked also where only statuses and times changed. */
  readonly motion: readonly LocationRule[];
  readonly tariff: readonly ObjectRule<Tariff>[];
  readonly withholding: ReadonlySet<string>;
  readonly rejecting: ReadonlySet<string>;
}

/** Makes the checks of this process. */
export function createChecks(parts: CheckParts): ObjectChecks {
  const { policies, operators, missingItems, clock, logger } = parts;
  const plans = new Map<string, Plan>();
  const failed = new Set<string>();

  function planFor(owner: Owner): Plan {
    const key = `${owner.countryCode}/${owner.partyId}`;
    const known = plans.get(key);
    if (known?.revision === policies.revision) return known;
    const plan = makePlan(parts.rules, policies, owner);
    plans.set(key, plan);
    return plan;
  }

  const contextOf = <T>(owner: Owner, previous: T | undefined): RuleContext<T> => ({
    owner,
    previous,
    operators,
    now: clock(),
  });

  function ask<T>(rules: readonly ObjectRule<T>[], object: T, context: RuleContext<T>, take: Take): void {
    for (const rule of rules) {
      try {
        rule.check(object, context, (found) => take(rule, found));
      } catch (error) {
        if (failed.has(rule.id)) continue;
        failed.add(rule.id);
        logger.error({ err: error, rule: rule.id }, 'a rule failed; objects are stored without it');
      }
    }
  }

  function findingsOf<T>(rules: readonly ObjectRule<T>[], object: T, context: RuleContext<T>): Finding[] {
    const list = new FindingList();
    ask(rules, object, context, (rule, found) => list.add(rule, found));
    return list.findings;
  }

  function problemsOf<T>(
    rules: readonly ObjectRule<T>[],
    plan: Plan,
    object: T,
    context: RuleContext<T>,
  ): Problem[] {
    if (plan.rejecting.size === 0) return [];
    const problems: Problem[] = [];
    const rejecting = rules.filter(({ id }) => plan.rejecting.has(id));
    ask(rejecting, object, context, ({ id }, found) => {
      problems.push({ path: found.path, rule: id, message: sentence(found) });
    });
    return problems;
  }

  return {
    location(next, previous, owner) {
      const plan = planFor(owner);
      const findings = findingsOf(plan.location, next, contextOf(owner, previous));
      return { findings, missingItems: missingItems(next), withheld: isWithheld(plan, findings) };
    },
    moved(next, previous, owner) {
      if (!onlyInMotion(previous, next)) return null;
      const plan = planFor(owner);
      const findings = findingsOf(plan.motion, next, contextOf(owner, previous));
      return { findings, withheld: isWithheld(plan, findings), rules: plan.motion.map(({ id }) => id) };
    },
    tariff(next, previous, owner) {
      const plan = planFor(owner);
      const findings = findingsOf(plan.tariff, next, contextOf(owner, previous));
      return { findings, missingItems: [], withheld: isWithheld(plan, findings) };
    },
    refuseLocation(next, previous, owner) {
      const plan = planFor(owner);
      return problemsOf(plan.location, plan, next, contextOf(owner, previous));
    },
    refuseTariff(next, previous, owner) {
      const plan = planFor(owner);
      return problemsOf(plan.tariff, plan, next, contextOf(owner, previous));
    },
  };
}

type Take = (rule: RuleFacts, found: Found) => void;

function sentence({ path, message }: Found): string {
  return path === '' ? message : `${path}: ${message}`;
}

function makePlan(rules: readonly Rule[], policies: Policies, owner: Owner): Plan {
  const withAction = (action: Action) =>
    new Set(rules.filter(({ id }) => policies.actionOf(id, owner) === action).map(({ id }) => id));
  const off = withAction('off');
  const location = rules.filter((rule) => rule.on === 'location').filter(({ id }) => !off.has(id));
  return {
    revision: policies.revision,
    location,
    motion: location.filter((rule) => rule.isAboutTime),
    tariff: rules.filter((rule) => rule.on === 'tariff').filter(({ id }) => !off.has(id)),
    withholding: withAction('withhold'),
    rejecting: withAction('reject'),
  };
}

function isWithheld(plan: Plan, findings: readonly Finding[]): Checked['withheld'] {
  return plan.withholding.size > 0 && findings.some(({ rule }) => plan.withholding.has(rule));
}

/** One finding a rule and part; what is found there again is counted. */
class FindingList {
  readonly findings: Finding[] = [];
  readonly #places = new Map<string, number>();
  readonly #counts = new Map<string, number>();

  add({ id: rule, severity }: RuleFacts, found: Found): void {
    const part = partOf(found);
    const key = `${rule} ${part?.evseUid ?? ''} ${part?.connectorId ?? ''}`.toLowerCase();
    const place = this.#places.get(key);
    if (place !== undefined) {
      const known = this.findings[place] as Finding;
      this.findings[place] = { ...known, occurrences: known.occurrences + 1 };
      return;
    }
    const count = (this.#counts.get(rule) ?? 0) + 1;
    this.#counts.set(rule, count);
    if (count > FINDING_LIMIT) return;
    this.#places.set(key, this.findings.length);
    this.findings.push({
      rule,
      severity,
      path: found.path,
      message: sentence(found),
      occurrences: 1,
      ...(part ? { part } : {}),
      ...(found.received === undefined ? {} : { received: receivedText(found.received) }),
    });
  }
}

function partOf({ evse, connector }: Found): FindingPart | undefined {
  if (!evse) return undefined;
  return { evseUid: evse.uid, evseId: evse.evse_id ?? null, connectorId: connector?.id ?? null };
}

function receivedText(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= RECEIVED_LIMIT ? text : `${text.slice(0, RECEIVED_LIMIT - 1)}…`;
}
