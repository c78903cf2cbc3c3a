/**
 * The catalogue of rules (`ingest/rule-catalogue.ts`) as the report and the operator's wishes need it: what a finding
 * says of its rule, which rules a policy can be set for, and which names look like one that is not there.
 */
import type { Severity } from '../../db/model.ts';
import type { Rule } from '../../ingest/rule.ts';
import { createRuleCatalogue } from '../../ingest/rule-catalogue.ts';

/** A rule in words. */
export interface RuleWords {
  readonly id: string;
  readonly severity: Severity;
  readonly title: string;
  /** The AFIR item that it serves; null for none. */
  readonly afir: string | null;
  /** How the owner mends it. */
  readonly hint: string;
}

export interface RuleBook {
  /** All that can stand in a finding, in the order of the catalogue. */
  readonly all: readonly RuleWords[];
  /** Of any id; the severity of one that the catalogue does not have is that of its finding. */
  words(id: string, severity: Severity): RuleWords;
  /** The rule that is asked of objects: one that a policy can be set for. */
  rule(id: string): Rule | undefined;
  isKnown(id: string): boolean;
  /** Known ids that look like this one, the likest first. */
  nearest(id: string): string[];
}

/** Names in a "did you mean". */
const NEAREST_LIMIT = 3;

/** Makes the book of these rules. */
export function createRuleBook(rules: readonly Rule[]): RuleBook {
  const catalogue = createRuleCatalogue(rules);
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  const words = new Map(catalogue.entries.map((entry) => [entry.id, wordsOf(entry)]));
  return {
    all: [...words.values()],
    words: (id, severity) => words.get(id) ?? { ...wordsOf(catalogue.describe(id)), severity },
    rule: (id) => byId.get(id),
    isKnown: (id) => words.has(id),
    nearest: (id) => nearest(id, [...words.keys()]),
  };
}

function wordsOf(entry: Omit<RuleWords, 'hint'> & { mend: string }): RuleWords {
  const { id, severity, title, afir, mend: hint } = entry;
  return { id, severity, title, afir, hint };
}

/** By the share of letter pairs that two names have in common (Dice); those that have none are not like it. */
function nearest(id: string, known: readonly string[]): string[] {
  const wanted = pairsOf(id);
  const likeness = (candidate: string) => {
    const pairs = pairsOf(candidate);
    const common = [...pairs].filter((pair) => wanted.has(pair)).length;
    return (2 * common) / (pairs.size + wanted.size);
  };
  return known
    .map((name) => ({ name, likeness: likeness(name) }))
    .filter((one) => one.likeness > 0)
    .sort((one, other) => other.likeness - one.likeness)
    .slice(0, NEAREST_LIMIT)
    .map(({ name }) => name);
}

/** With a blank on either side, so that beginning and end count. */
function pairsOf(text: string): Set<string> {
  const padded = ` ${text.toLowerCase()} `;
  return new Set(Array.from({ length: padded.length - 1 }, (_, index) => padded.slice(index, index + 2)));
}
