/**
 * Code of the access point as `npm run build` compiled it, for processes of benchmarks: what runs in production is
 * measured, not what is compiled on the way.
 */
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const DIST = resolve(import.meta.dirname, '../../dist');

/** @param path e.g. `exports/tile.js`; its type is that of the source */
export function importCompiled<Module>(path: string): Promise<Module> {
  return import(pathToFileURL(join(DIST, path)).href);
}
