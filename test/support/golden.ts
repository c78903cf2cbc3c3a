/**
 * Golden files: what an export looked like when a person last looked at it. `npm run test:golden` records them
 * anew; the difference is then reviewed like code.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const FOLDER = fileURLToPath(new URL('../golden/', import.meta.url));

/** Compares a text with `test/golden/{name}`, or records it when UPDATE_GOLDEN is set. */
export async function expectGolden(name: string, text: string): Promise<void> {
  const path = join(FOLDER, name);
  if (process.env.UPDATE_GOLDEN) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  const golden = await readFile(path, 'utf8');
  expect(text, `${name}: run "npm run test:golden" and review the difference`).to.equal(golden);
}
