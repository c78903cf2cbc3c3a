/** What several cases of a run need and is made once, by the first that asks. */
import type { Bench } from './bench-case.ts';

/** By what a run has of its own. */
const made = new WeakMap<object, Map<string, Promise<unknown>>>();

/** @param name of what `make` makes; if that fails, it fails for all who ask */
export function onceARun<Made>(
  { registries }: Pick<Bench, 'registries'>,
  name: string,
  make: () => Promise<Made>,
): Promise<Made> {
  const ofRun = made.get(registries) ?? new Map<string, Promise<unknown>>();
  made.set(registries, ofRun);
  const one = ofRun.get(name) ?? make();
  ofRun.set(name, one);
  return one as Promise<Made>;
}
