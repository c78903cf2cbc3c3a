/**
 * What was published last on each of the days before: `{directory}/daily/{day}/{file}.gz`, beside a list of what they
 * are. Days are those of UTC. Only gzipped: whoever looks back can unpack.
 *
 * Guarantees: a day is there whole or not at all, and does not change any more. Days older than `KEPT_DAYS` are
 * removed when a new one is kept. A day on which nothing was published has no files.
 * Fails with the error of the file system.
 */
import { copyFile, link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dayOf } from '../../db/reads/quality-scope.ts';
import type { MadeRepresentation, Snapshot } from './edition-store.ts';
import { GZIP_EXTENSION } from './flushed-deflate.ts';
import { unlessMissing } from './unless-missing.ts';

/** Days that are kept, the last one included. A day of the Dutch feed has some hundred megabytes. */
export const KEPT_DAYS = 7;

const DAILY = 'daily';
const LIST = 'files.json';
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** A file of a day. Snake case, as it is kept. */
export interface DailyFile {
  /** That of the format, and of the view where it is not `raw`. */
  readonly name: string;
  readonly sequence: number;
  readonly generated_at: string;
  readonly objects: number;
  readonly licence: string;
  readonly attribution: string;
  readonly identity: MadeRepresentation;
  readonly gzip: MadeRepresentation;
}

export interface Day {
  /** `2026-11-28`. */
  readonly day: string;
  readonly files: readonly DailyFile[];
}

/** Keeps the day of the files that are about to be replaced, when their successors are of a later one. */
export async function keepDay(
  directory: string,
  outgoing: readonly Snapshot[],
  successorsAt: Date,
): Promise<void> {
  const days = outgoing.map(({ generatedAt }) => dayOf(generatedAt)).sort();
  const day = days.at(-1);
  if (day === undefined || day >= dayOf(successorsAt)) return;
  const daily = join(directory, DAILY);
  if ((await unlessMissing(readdir(join(daily, day)))) !== null) return;
  const draft = join(daily, `.${day}-${process.pid}`);
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  const kept: DailyFile[] = [];
  for (const snapshot of outgoing.filter(({ generatedAt }) => dayOf(generatedAt) === day)) {
    const isThere = await unlessMissing(
      share(snapshot.gzip.path, join(draft, snapshot.format + GZIP_EXTENSION)),
    );
    if (isThere !== null) kept.push(toDailyFile(snapshot));
  }
  await writeFile(join(draft, LIST), `${JSON.stringify(kept, null, 2)}\n`);
  await rename(draft, join(daily, day)).catch(async (error: NodeJS.ErrnoException) => {
    // Another process has kept it meanwhile.
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    await rm(draft, { recursive: true, force: true });
  });
  await removeOldDays(daily, successorsAt);
}

/** The days that are kept, the latest first. */
export async function readDays(directory: string): Promise<Day[]> {
  const names = (await unlessMissing(readdir(join(directory, DAILY)))) ?? [];
  const days = await Promise.all(
    names.filter((name) => DAY.test(name)).map((day) => readDay(directory, day)),
  );
  return days.flatMap((day) => day ?? []).sort((a, b) => (a.day < b.day ? 1 : -1));
}

/** Null when nothing of that day is kept, or it is no day. */
export async function readDay(directory: string, day: string): Promise<Day | null> {
  if (!DAY.test(day)) return null;
  const text = await unlessMissing(readFile(join(directory, DAILY, day, LIST), 'utf8'));
  return text === null ? null : { day, files: JSON.parse(text) as DailyFile[] };
}

/** Where the gzipped file of a day lies. */
export function dailyPath(directory: string, day: string, file: DailyFile): string {
  return join(directory, DAILY, day, file.name + GZIP_EXTENSION);
}

/** As another name of the same file, which costs no room; as a copy where the file system has no such names. */
async function share(from: string, to: string): Promise<true> {
  try {
    await link(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw error;
    await copyFile(from, to);
  }
  return true;
}

function toDailyFile(snapshot: Snapshot): DailyFile {
  const { bytes, sha256 } = snapshot.gzip;
  return {
    name: snapshot.format,
    sequence: snapshot.sequence,
    generated_at: snapshot.generatedAt.toISOString(),
    objects: snapshot.objects,
    licence: snapshot.licence,
    attribution: snapshot.attribution,
    identity: { bytes: snapshot.identity.bytes, sha256: snapshot.identity.sha256 },
    gzip: { bytes, sha256 },
  };
}

async function removeOldDays(daily: string, now: Date): Promise<void> {
  const oldest = new Date(now);
  oldest.setUTCDate(oldest.getUTCDate() - KEPT_DAYS);
  for (const name of await readdir(daily)) {
    if (DAY.test(name) && name < dayOf(oldest)) await rm(join(daily, name), { recursive: true, force: true });
  }
}
