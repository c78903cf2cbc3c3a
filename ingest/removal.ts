/**
 * A complete, unfiltered pull is the new truth (PC-06): what its speaker brought earlier and it no longer has
 * becomes REMOVED (Locations, so that providers see it) or is deleted (Tariffs).
 *
 * Guarantees: removes nothing when more than the allowed share would go; the caller has made sure that the
 * pull was complete. Objects come back as soon as they are sent again.
 */
import type { Knex } from 'knex';
import type { Module, Owner, Speaker } from '../db/model.ts';
import { type OwnedObject, readObjectsOf } from '../db/reads/objects-of-speaker.ts';
import { objectKey } from '../db/registry/mutation.ts';
import type { RegistryWriter } from '../db/registry/writer.ts';
import { sameOwner } from './identify.ts';
import { deletedTariff, type Origin, vanishedLocation } from './mutations.ts';
import type { SeenKeys } from './seen-keys.ts';

/** What a complete full pull found. */
export interface CompletePull {
  /** Keys of all objects that it had, the refused ones too: see `objectKey`. */
  readonly seen: Pick<SeenKeys, 'has'>;
  /** Share of the known objects, 0 to 1, that may go. */
  readonly shrinkLimit: number;
  /** Owners of whom the list may lack objects that still are: parties that a hub cannot reach for the moment. */
  readonly spared?: readonly Owner[];
  /** What the registry received after this moment is newer than the list, and stays. */
  readonly startedAt: Date;
}

export interface Removal {
  /** Too much would vanish: nothing was removed. */
  readonly held: boolean;
  /** Objects that the pull no longer had. */
  readonly unseen: number;
  /** Standing objects that this speaker had brought. */
  readonly known: number;
  readonly removed: number;
}

/** Removes what the pull lacks. */
export async function removeUnseen(
  parts: { knex: Knex; writer: RegistryWriter; originOf: (owner: Owner) => Origin },
  speaker: Speaker,
  module: Module,
  { seen, shrinkLimit, spared = [], startedAt }: CompletePull,
): Promise<Removal> {
  const isSpared = ({ owner }: OwnedObject) => spared.some((party) => sameOwner(party, owner));
  const unseen: OwnedObject[] = [];
  let known = 0;
  for await (const standing of readObjectsOf(parts.knex, module, speaker, startedAt)) {
    const missing = standing.filter(({ owner, id }) => !seen.has(objectKey(owner, id)));
    // What came meanwhile and not by this pull is newer than its list, which says nothing of it.
    const missed = missing.filter(({ isSince }) => !isSince);
    known += standing.length - missing.length + missed.length;
    unseen.push(...missed.filter((object) => !isSpared(object)));
  }
  const counts = { unseen: unseen.length, known };
  if (unseen.length > known * shrinkLimit) {
    return { held: true, removed: 0, ...counts };
  }
  const outcomes = await parts.writer.submitAll(
    unseen.map((object: OwnedObject) => {
      const origin = parts.originOf(object.owner);
      return module === 'locations' ? vanishedLocation(origin, object.id) : deletedTariff(origin, object.id);
    }),
  );
  const failed = outcomes.find((outcome) => outcome.kind === 'failed');
  if (failed?.kind === 'failed') {
    throw new Error('not everything could be removed', { cause: failed.error });
  }
  return { held: false, removed: outcomes.filter((outcome) => outcome.kind === 'updated').length, ...counts };
}
