/**
 * Finds the rules of data quality: every file of `ingest/rules` exports one object that meets `Rule`. Fails, naming the
 * file, when one does not, or when two share an id.
 */
import { loadFolder } from './load-folder.ts';
import type { Rule } from './rule.ts';

const RULES_FOLDER = new URL('./rules/', import.meta.url);

/** All rules, in the order of their files. */
export async function discoverRules(folder: URL = RULES_FOLDER): Promise<readonly Rule[]> {
  const rules = new Map<string, Rule>();
  for (const { file, object: rule } of await loadFolder(folder, 'rules', isRule)) {
    if (rules.has(rule.id)) throw new Error(`${file}: there is another rule ${rule.id}`);
    rules.set(rule.id, rule);
  }
  return [...rules.values()];
}

function isRule(value: unknown): value is Rule {
  const candidate = value as Partial<Record<keyof Rule | 'check' | 'select', unknown>> | null;
  return (
    typeof candidate === 'object' &&
    typeof candidate?.id === 'string' &&
    typeof candidate.mend === 'string' &&
    (typeof candidate.check === 'function' || typeof candidate.select === 'string')
  );
}
