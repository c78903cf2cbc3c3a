/**
 * Finds the adapters: every file of `ingest/adapters` exports one object that meets `Adapter`. Works from the
 * sources (tsx) and from what is compiled. Fails, naming the file, when a file has none or more than one, or when
 * two share a kind: a wrong adapter stops the start, not the first pull.
 */
import { readdir } from 'node:fs/promises';
import type { Adapter } from './adapter.ts';

const ADAPTERS_FOLDER = new URL('./adapters/', import.meta.url);

/** Sources or compiled code; not declarations (`.d.ts`) and not source maps. */
const MODULE_FILE = /(?<!\.d)\.(ts|js)$/;

/** Kinds are typed on command lines. */
const KIND = /^[a-z0-9]+([.-][a-z0-9]+)*$/;

/** All adapters by kind, in alphabetical order. */
export async function discoverAdapters(folder: URL = ADAPTERS_FOLDER): Promise<ReadonlyMap<string, Adapter>> {
  const files = (await readdir(folder)).filter((file) => MODULE_FILE.test(file));
  const adapters = new Map<string, Adapter>();
  for (const file of files) {
    const adapter = await loadAdapter(folder, file);
    if (adapters.has(adapter.kind)) {
      throw new Error(`two files of ${folder.pathname} export an adapter of kind ${adapter.kind}`);
    }
    adapters.set(adapter.kind, adapter);
  }
  return new Map([...adapters].sort(([one], [other]) => (one < other ? -1 : 1)));
}

async function loadAdapter(folder: URL, file: string): Promise<Adapter> {
  const exported: unknown[] = Object.values(await import(new URL(file, folder).href));
  const adapters = exported.filter(isAdapter);
  const [adapter] = adapters;
  if (!adapter || adapters.length > 1) {
    throw new Error(`${file} exports ${adapters.length} adapters: it must export exactly one`);
  }
  if (!KIND.test(adapter.kind)) throw new Error(`${file}: "${adapter.kind}" is no name for a kind of source`);
  return adapter;
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
