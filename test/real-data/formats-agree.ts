/**
 * `npm run real-data:formats -- FOLDER`: whether the published files of a whole country say the same of the same
 * EVSEs, and whether GDAL counts in them what the registry has. The folder is one of published files (`exports` in a
 * data directory, after `nap export build`) or of downloads; it is searched for the names of the formats, and where a
 * name comes more than once the newest counts.
 *
 * Guarantees: files are read as streams, a few objects at a time, whatever their size. The process fails when a file
 * is not there, disagrees, is of another sequence number, or has another count than the registry's file of OCPI.
 * Counts are left out where `ogrinfo` is not installed, or has no driver for a file; the table says so.
 */
import { execFile } from 'node:child_process';
import { open, readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { compare, statementsOf } from '../exports/agreement/agreement.ts';
import { streamObjects } from '../exports/agreement/stream-objects.ts';
import { REFERENCE, TELLERS, type Teller } from '../exports/agreement/tellers.ts';

/** What GDAL takes for a feature of each file that it reads. */
const FEATURES: Readonly<Record<string, 'locations' | 'evses' | 'connectors'>> = {
  'charging-point-locations.geojson': 'locations',
  'evses.parquet': 'evses',
  'locations.csv': 'connectors',
  'locations.fgb': 'locations',
  'locations.geojson': 'locations',
  'locations.geojsons': 'locations',
  'status.csv': 'evses',
};

/** Bytes at the beginning of a JSON file in which its sequence stands. */
const HEAD_BYTES = 4096;

type Counts = Record<'locations' | 'evses' | 'connectors', number>;

const [folder] = process.argv.slice(2);
if (folder === undefined) {
  process.stderr.write('Usage: npm run real-data:formats -- FOLDER   (exports of a data directory)\n');
  process.exit(2);
}
process.exitCode = (await run(resolve(folder))) ? 0 : 1;

/** Whether everything is as it should be. */
async function run(root: string): Promise<boolean> {
  const files = await newestFiles(root, Object.keys(TELLERS));
  const reference = files.get(REFERENCE);
  if (reference === undefined) throw new Error(`there is no ${REFERENCE} below ${root}`);
  const counts = await countsOf(reference);
  print(`${counts.locations} Locations, ${counts.evses} EVSEs, ${counts.connectors} connectors.\n`);
  print(
    '| file | sequence | told | passed by | disagree | GDAL counts | expected |\n|---|---|---|---|---|---|---|',
  );
  const sequence = await sequenceOf(reference);
  let isGood = true;
  for (const [name, tellers] of Object.entries(TELLERS)) {
    const path = files.get(name);
    if (path === undefined) {
      print(`| ${name} | not there | | | | | |`);
      isGood = false;
      continue;
    }
    const own = await sequenceOf(path);
    const features = FEATURES[name];
    const counted = features ? await gdalCount(path) : null;
    const expected = features ? counts[features] : null;
    const found = tellers && name !== REFERENCE ? await agreementOf(path, reference, tellers) : null;
    const cells = [own, found?.told, found?.passedBy, found?.disagreements, counted, expected];
    print(`| ${name} | ${cells.map((cell) => cell ?? '').join(' | ')} |`);
    for (const example of found?.examples ?? []) print(`  ${example}`);
    isGood &&= (found?.disagreements ?? 0) === 0 && (own ?? sequence) === sequence;
    isGood &&= typeof counted !== 'number' || counted === expected;
  }
  return isGood;
}

async function newestFiles(root: string, names: readonly string[]): Promise<Map<string, string>> {
  const newest = new Map<string, { path: string; modified: number }>();
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !names.includes(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    const { mtimeMs } = await stat(path);
    if (mtimeMs > (newest.get(entry.name)?.modified ?? 0))
      newest.set(entry.name, { path, modified: mtimeMs });
  }
  return new Map([...newest].map(([name, { path }]) => [name, path]));
}

/** What the registry's own words say, object by object. */
async function countsOf(path: string): Promise<Counts> {
  const counts: Counts = { locations: 0, evses: 0, connectors: 0 };
  for await (const location of streamObjects(path)) {
    const evses = location.evses as { connectors: unknown[] }[];
    counts.locations += 1;
    counts.evses += evses.length;
    for (const { connectors } of evses) counts.connectors += connectors.length;
  }
  return counts;
}

/** Of all that is told on each level, added up. */
async function agreementOf(path: string, reference: string, tellers: readonly Teller[]) {
  const sum = { told: 0, passedBy: 0, disagreements: 0, examples: [] as string[] };
  for (const teller of tellers) {
    const known = TELLERS[REFERENCE]?.find(({ level }) => level === teller.level) as Teller;
    const { told, passedBy, disagreements, examples } = await compare(
      statementsOf(known, streamObjects(reference)),
      statementsOf(teller, streamObjects(path)),
    );
    sum.told += told;
    sum.passedBy += passedBy;
    sum.disagreements += disagreements;
    sum.examples.push(...examples);
  }
  return sum;
}

/** As the file says in its head; null where it has no place for it. */
async function sequenceOf(path: string): Promise<string | null> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return /"sequence":"?(\d+)/.exec(buffer.toString('latin1', 0, bytesRead))?.[1] ?? null;
  } finally {
    await file.close();
  }
}

/** What `ogrinfo` counts, or why it does not. */
async function gdalCount(path: string): Promise<number | string> {
  try {
    const { stdout } = await promisify(execFile)('ogrinfo', ['-ro', '-so', '-al', path]);
    const count = /^Feature Count: (\d+)$/m.exec(stdout)?.[1];
    return count === undefined ? 'no count' : Number(count);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'no ogrinfo' : 'no driver';
  }
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
