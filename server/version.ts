/** The version of this software, as its package says. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** E.g. `0.1.0`. */
export const VERSION: string = readVersion(dirname(fileURLToPath(import.meta.url)));

/** The package lies above the sources, and above `dist` when compiled. */
function readVersion(folder: string): string {
  const file = join(folder, 'package.json');
  if (existsSync(file)) return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
  const parent = dirname(folder);
  if (parent === folder) throw new Error('package.json of this software is missing');
  return readVersion(parent);
}
