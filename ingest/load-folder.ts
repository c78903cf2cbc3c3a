/**
 * Loads what a folder holds, one object a file: adapters, registers. Works from the sources (tsx) and from what is
 * compiled. Fails, naming the file, when a file has none or more than one: a wrong file stops the start, not the
 * first use.
 */
import { readdir } from 'node:fs/promises';

/** Sources or compiled code; not declarations (`.d.ts`) and not source maps. */
const MODULE_FILE = /(?<!\.d)\.(ts|js)$/;

/** One object and the file that it came from. */
export interface Loaded<T> {
  readonly file: string;
  readonly object: T;
}

/**
 * All objects of a folder, by the names of their files.
 *
 * @param what several of them in a word, for messages
 */
export async function loadFolder<T>(
  folder: URL,
  what: string,
  isWanted: (value: unknown) => value is T,
): Promise<Loaded<T>[]> {
  const files = (await readdir(folder)).filter((file) => MODULE_FILE.test(file)).sort();
  return Promise.all(
    files.map(async (file) => {
      const exported: unknown[] = Object.values(await import(new URL(file, folder).href));
      const objects = exported.filter(isWanted);
      const [object] = objects;
      if (object === undefined || objects.length > 1) {
        throw new Error(`${file} exports ${objects.length} ${what}: it must export exactly one`);
      }
      return { file, object };
    }),
  );
}
