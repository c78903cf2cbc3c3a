/**
 * Whether a source can be pulled at all, asked before it is added, so that a mistake is told to the person who
 * makes it and not to the log of the night. Nothing is fetched.
 */
import type { NewSource } from '../db/registry/source-store.ts';
import type { Adapter } from './adapter.ts';
import { cronProblem } from './cron.ts';

/** Everything that is wrong with the settings of a source, a sentence each; empty when it can be added. */
export function sourceProblems(
  source: Pick<NewSource, 'kind' | 'url' | 'options' | 'schedule' | 'fullSchedule' | 'shrinkLimit'>,
  adapters: ReadonlyMap<string, Adapter>,
): string[] {
  const { kind, url = null, options = {}, schedule, fullSchedule, shrinkLimit } = source;
  const adapter = adapters.get(kind);
  const problems = adapter
    ? adapter.validateOptions({ url, options })
    : [`There is no kind "${kind.slice(0, 40)}"; known are ${[...adapters.keys()].join(', ')}.`];
  for (const expression of [schedule, fullSchedule]) {
    const problem = expression === undefined ? null : cronProblem(expression);
    if (problem !== null) problems.push(problem);
  }
  if (shrinkLimit !== undefined && !(shrinkLimit >= 0 && shrinkLimit <= 1)) {
    problems.push(`The shrink limit is a share from 0 to 1, not ${shrinkLimit}.`);
  }
  return problems;
}
