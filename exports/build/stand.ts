/**
 * Where the registry, the program and the published files stand when a build begins: which files are up to date, from
 * which the next ones can be made, and what changed since them.
 */
import type { Knex } from 'knex';
import type { Module } from '../../db/model.ts';
import {
  isInJournal,
  type JournalPosition,
  readJournalPosition,
  readNumbersOfChanged,
} from '../../db/reads/journal-position.ts';
import { readLocationsWithOtherTwins, readTwinsRound } from '../../db/reads/twins.ts';
import type { Changed } from './build-edition.ts';
import type { Snapshot } from './edition-store.ts';
import { readRecipe } from './recipe.ts';

/** Every object is written anew after a day: should a former edition ever have been wrong, it is not for long. */
const WHOLE_AGE = 24 * 60 * 60_000;

export interface Stand {
  readonly position: JournalPosition;
  readonly twinsRound: number;
  readonly recipe: string;
  readonly now: Date;
}

/** To be read before the first object: whatever changed up to it is then in the files. */
export async function readStand(knex: Knex, now: Date): Promise<Stand> {
  const twinsRound = await readTwinsRound(knex);
  const position = await readJournalPosition(knex);
  return { position, twinsRound, recipe: await readRecipe(), now };
}

/** Nothing has changed since the file was built, and it need not be written anew for another reason. */
export function isUpToDate(snapshot: Snapshot, stand: Stand): boolean {
  return (
    isMadeAlike(snapshot, stand) &&
    placeOf(snapshot) === placeOf({ ...stand.position, basis: { ...stand.position, ...stand } })
  );
}

/** Made by the same program, and wholly so within a day. A time in the future is as good as none. */
function isMadeAlike({ basis, generatedAt }: Snapshot, { recipe, now }: Stand): boolean {
  const age = now.getTime() - basis.wholeAt.getTime();
  return basis.recipe === recipe && age <= WHOLE_AGE && age >= 0 && generatedAt <= now;
}

/** Those from which the next edition can be made, by name: all of one place, where most of them stand. */
export async function findFormer(
  knex: Knex,
  current: ReadonlyMap<string, Snapshot>,
  stand: Stand,
): Promise<Map<string, Snapshot>> {
  const places = new Map<string, [string, Snapshot][]>();
  for (const [name, snapshot] of current) {
    if (!isMadeAlike(snapshot, stand)) continue;
    const place = placeOf(snapshot);
    places.set(place, [...(places.get(place) ?? []), [name, snapshot]]);
  }
  const most = [...places.values()].sort((a, b) => b.length - a.length)[0] ?? [];
  const first = most[0]?.[1];
  if (!first) return new Map();
  const position = { sequence: first.sequence, changedAt: first.basis.changedAt };
  return (await isInJournal(knex, position)) ? new Map(most) : new Map();
}

/** What reads differently than in a former edition. */
export async function readChangedSince(
  knex: Knex,
  module: Module,
  { sequence, basis }: Snapshot,
): Promise<Changed> {
  const numbers = await readNumbersOfChanged(knex, module, sequence);
  const raw = new Set(numbers);
  if (module === 'tariffs') return { raw, resolved: raw };
  const afterRound = basis.twinsRound;
  const others = await readLocationsWithOtherTwins(knex, { changed: numbers, afterRound });
  return { raw, resolved: new Set([...raw, ...others]) };
}

/** As one text. */
function placeOf({
  sequence,
  basis,
}: {
  sequence: number;
  basis: Pick<Snapshot['basis'], 'changedAt' | 'twinsRound'>;
}): string {
  return `${sequence} ${basis.changedAt?.getTime()} ${basis.twinsRound}`;
}
