/**
 * What files are made by, as one text: a program that writes an object differently must not take over what another
 * wrote. It is a hash of our own code that has a part in it, and of the versions of the libraries.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Rooms that exports are made in, beside this folder or compiled beside it. */
const ROOMS = ['exports', 'db'];

/** Sources or compiled code; not declarations (`.d.ts`) and not source maps. */
const MODULE_FILE = /(?<!\.d)\.(ts|js)$/;

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

let known: Promise<string> | undefined;

/** The same for as long as the process runs. */
export function readRecipe(): Promise<string> {
  known ??= hashCode();
  return known;
}

async function hashCode(): Promise<string> {
  const hash = createHash('sha256')
    .update(process.version)
    .update(await readManifest());
  for (const room of ROOMS) {
    const names = (await readdir(join(ROOT, room), { recursive: true })).filter((name) =>
      MODULE_FILE.test(name),
    );
    for (const name of names.sort()) hash.update(name).update(await readFile(join(ROOT, room, name)));
  }
  return hash.digest('hex');
}

/** `package.json` pins the libraries; it lies beside the sources, and one above what is compiled. */
async function readManifest(): Promise<string> {
  for (const path of [join(ROOT, 'package.json'), join(ROOT, '..', 'package.json')]) {
    const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (text !== null) return text;
  }
  throw new Error(`there is no package.json beside ${ROOT}`);
}
