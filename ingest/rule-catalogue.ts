/**
 * Everything that can stand as `rule` in a finding, or be missing, with its title, what it means and how it is mended:
 * the rules of `ingest/rules`, the AFIR items, and what intake repairs, leaves out or notes. What the report says of a
 * finding comes from here, and so does `docs/rules.md`. Pure.
 */
import { AFIR_ITEMS, type AfirItem } from './afir-items.ts';
import { INTAKE_FACTS } from './intake-facts.ts';
import type { Rule, RuleFacts } from './rule.ts';

/** `rule`: asked of an object or across objects; `item`: asked for by regulation; `intake`: noted on the way in. */
export type RuleKind = 'rule' | 'item' | 'intake';

export interface CatalogueEntry extends RuleFacts {
  readonly kind: RuleKind;
  /** What it is asked of. Of `intake` and items: null. */
  readonly on: Rule['on'] | null;
}

export interface RuleCatalogue {
  /** The rules by the order of their files, then the items by that of the regulation, then what intake notes. */
  readonly entries: readonly CatalogueEntry[];
  /** Of any id: one that is in no catalogue belongs to a finding of an earlier version of this software. */
  describe(id: string): CatalogueEntry;
}

/** The id under which a missing item stands beside rules. */
export function itemRule(item: Pick<AfirItem, 'id'>): string {
  return `AFIR-${item.id}`;
}

/** Makes the catalogue of these rules. Fails when two entries have one id. */
export function createRuleCatalogue(rules: readonly Rule[]): RuleCatalogue {
  const entries = [
    ...rules.map((rule) => entryOf(rule, 'rule', rule.on)),
    ...AFIR_ITEMS.map((item) => entryOf(factsOf(item), 'item', null)),
    ...INTAKE_FACTS.map((facts) => entryOf(facts, 'intake', null)),
  ];
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const twice = entries.find((entry) => byId.get(entry.id) !== entry);
  if (twice) throw new Error(`the catalogue of rules has two entries ${twice.id}`);
  return { entries, describe: (id) => byId.get(id) ?? forgotten(id) };
}

function entryOf(facts: RuleFacts, kind: RuleKind, on: CatalogueEntry['on']): CatalogueEntry {
  const { id, severity, title, afir, source, meaning, mend } = facts;
  return { id, kind, on, severity, title, afir, source, meaning, mend };
}

function factsOf(item: AfirItem): RuleFacts {
  return {
    id: itemRule(item),
    severity: 'info',
    title: `${item.title}: not said`,
    afir: item.id,
    source: `Regulation (EU) 2025/655, item ${item.id}`,
    meaning:
      'The regulation asks operators for it. It is missing from a Location when the Location, or one of its EVSEs or ' +
      'Connectors that drivers can use, does not say it.',
    mend: `Send it in ${item.carrier}.`,
  };
}

function forgotten(id: string): CatalogueEntry {
  return {
    id,
    kind: 'rule',
    on: null,
    severity: 'info',
    title: id,
    afir: null,
    source: 'an earlier version of this software',
    meaning: 'Nothing is asked under this name any more; what was found stays in the history.',
    mend: 'Nothing has to be mended.',
  };
}
