/**
 * Finds the adapters: every file of `ingest/adapters` exports one object that meets `Adapter`. Fails, naming the file,
 * when one does not, or when two share a kind.
 */
import type { Adapter } from './adapter.ts';
import { loadFolder } from './load-folder.ts';

const ADAPTERS_FOLDER = new URL('./adapters/', import.meta.url);

/** Kinds are typed on command lines. */
const KIND = /^[a-z0-9]+([.-][a-z0-9]+)*$/;

/** All adapters by kind, in alphabetical order. */
export async function discoverAdapters(folder: URL = ADAPTERS_FOLDER): Promise<ReadonlyMap<string, Adapter>> {
  const adapters = new Map<string, Adapter>();
  for (const { file, object: adapter } of await loadFolder(folder, 'adapters', isAdapter)) {
    if (!KIND.test(adapter.kind))
      throw new Error(`${file}: "${adapter.kind}" is no name for a kind of source`);
    if (adapters.has(adapter.kind)) {
      throw new Error(`two files of ${folder.pathname} export an adapter of kind ${adapter.kind}`);
    }
    adapters.set(adapter.kind, adapter);
  }
  return new Map([...adapters].sort(([one], [other]) => (one < other ? -1 : 1)));
}

function isAdapter(value: unknown): value is Adapter {
  const candidate = value as Partial<Adapter> | null;
  return (
    typeof candidate === 'object' &&
    typeof candidate?.kind === 'string' &&
    typeof candidate.description === 'string' &&
    typeof candidate.validateOptions === 'function' &&
    typeof candidate.modulesOf === 'function' &&
    typeof candidate.pull === 'function'
  );
}
