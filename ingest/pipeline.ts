/**
 * How what comes in becomes registry rows: the only file that knows the order of steps.
 *
 *   identify -> voice -> examine (validate, repair, leave out, to the model) -> mutation -> submit -> outcome
 *
 * Guarantees: every object that is handed in ends in exactly one outcome; success means committed; what is
 * refused is kept with its reasons. A fault of a partner is an outcome, never an exception; a fault of ours
 * ends as `failed` and is logged, as an error.
 */
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { mapInStretches } from '../db/in-stretches.ts';
import type { Finding, Module, Outcome, Owner, Problem, Refusal, Speaker, Strictness } from '../db/model.ts';
import { readKnownInputs } from '../db/reads/known-inputs.ts';
import { type Mutation, objectKey } from '../db/registry/mutation.ts';
import type { RejectedRecord, RejectedRecordStore } from '../db/registry/rejected-record-store.ts';
import type { VoiceStore } from '../db/registry/voice-store.ts';
import type { RegistryWriter } from '../db/registry/writer.ts';
import type { ObjectChecks } from './checks.ts';
import { dialectOf } from './dialects/dialects.ts';
import {
  type Identity,
  identify,
  inputHash,
  inputHashOf,
  normalOwner,
  sameOwner,
  withOwner,
} from './identify.ts';
import { elementValue, isJsonElement, type Recognise } from './json-element.ts';
import type { Origin } from './mutations.ts';
import { underPolicy } from './policy-refusal.ts';
import { pulledMutation } from './pulled.ts';
import * as pushed from './pushed.ts';
import { createRecogniser } from './recogniser.ts';
import { type CompletePull, type Removal, removeUnseen } from './removal.ts';
import { createTurns } from './turns.ts';

/** Who hands something in, and under which rules. */
export interface Contributor {
  readonly speaker: Speaker;
  readonly name: string;
  readonly strictness: Strictness;
  readonly version: string;
  /** X-Correlation-ID of a push, for those to whom it is forwarded (ENV-19). */
  readonly correlationId?: string;
}

/** How the handling of one object ended, and what was noted on the way. */
export interface Receipt {
  readonly outcome: Outcome;
  readonly findings: readonly Finding[];
}

export interface PulledReceipt extends Receipt {
  /** See `objectKey`; null when the object does not say whose or which it is. */
  readonly key: string | null;
}

type Put<Ids extends string[]> = (
  by: Contributor,
  owner: Owner,
  ...idsAndBody: [...Ids, unknown]
) => Promise<Receipt>;

/** What every way in uses: one method an operation of the Receiver interface, and two for pulls. */
export interface Pipeline {
  readonly putLocation: Put<[locationId: string]>;
  readonly patchLocation: Put<[locationId: string]>;
  readonly putEvse: Put<[locationId: string, evseUid: string]>;
  readonly patchEvse: Put<[locationId: string, evseUid: string]>;
  readonly putConnector: Put<[locationId: string, evseUid: string, connectorId: string]>;
  readonly patchConnector: Put<[locationId: string, evseUid: string, connectorId: string]>;
  readonly putTariff: Put<[tariffId: string]>;
  /** OCPI 2.1.1 only (TR-05, TR-06); which versions may, the caller knows. */
  readonly patchTariff: Put<[tariffId: string]>;
  readonly deleteTariff: (by: Contributor, owner: Owner, tariffId: string) => Promise<Receipt>;
  /**
   * Takes a page of pulled objects, those of a JSON list as JsonElement; receipts come in the same order. `parties`
   * are the owners that the source speaks for, empty for any owner without another voice; an only one is given to
   * objects that carry none.
   */
  readonly takePulled: (
    by: Contributor,
    module: Module,
    objects: readonly unknown[],
    parties: readonly Owner[],
  ) => Promise<PulledReceipt[]>;
  /** Which elements of a list that is to be pulled are likely known. */
  readonly recogniser: (by: Contributor, module: Module) => Promise<Recognise>;
  /** After a complete full pull: see `removal.ts`. */
  readonly removeUnseen: (by: Contributor, module: Module, pull: CompletePull) => Promise<Removal>;
}

export interface PipelineParts {
  readonly writer: RegistryWriter;
  readonly knex: Knex;
  readonly voices: VoiceStore;
  readonly rejectedRecords: RejectedRecordStore;
  /** Refuses what a policy rejects; without them nothing is refused for its quality. */
  readonly checks?: Pick<ObjectChecks, 'refuseLocation' | 'refuseTariff'>;
  readonly clock: () => Date;
  readonly logger: Logger;
}

/** One object of a page, before it is looked at. */
interface Pulled {
  /** As it was handed in: what it says is not read while it is known. */
  readonly object: unknown;
  readonly identity: Identity | Problem;
  readonly hash: Buffer;
}

/** What is to be made of an object of a page. */
interface Decided extends pushed.Pushed {
  readonly key: string | null;
}

/** One object on its way: what is known of it so far, and its end once it has one. */
interface Handled {
  readonly owner: Owner | null;
  readonly id: string | null;
  readonly value: unknown;
  readonly outcome: Outcome;
}

/** Wires the steps. */
export function createPipeline(parts: PipelineParts): Pipeline {
  const { writer, knex, voices, clock } = parts;
  const turns = createTurns();

  async function push(
    by: Contributor,
    module: Module,
    owner: Owner,
    id: string,
    value: unknown,
    decide: (origin: Origin) => pushed.Pushed,
  ): Promise<Receipt> {
    const origin = originOf(by, owner, clock());
    const { mutation, findings } = decide(origin);
    const voice = await voices.claim(origin.owner, module, by.speaker);
    const outcome = await submit(voice === 'granted' ? mutation : otherVoice(origin.owner, module));
    await settle(by, module, [{ owner: origin.owner, id, value, outcome }]);
    return { outcome, findings };
  }

  async function submit(decided: Mutation | Refusal): Promise<Outcome> {
    if ('reason' in decided) return { kind: 'rejected', refusal: decided };
    return writer.submit(parts.checks ? underPolicy(decided, parts.checks) : decided);
  }

  async function takePulled(
    by: Contributor,
    module: Module,
    objects: readonly unknown[],
    parties: readonly Owner[],
  ): Promise<PulledReceipt[]> {
    const now = clock();
    const pulled = objects.map((object) => lookAt(by, object, parties));
    const keys = pulled.flatMap(({ identity }) => ('key' in identity ? `${module}/${identity.key}` : []));
    return turns.take(keys, () => takeIdentified(by, module, { pulled, parties, now }));
  }

  async function takeIdentified(
    by: Contributor,
    module: Module,
    page: { pulled: readonly Pulled[]; parties: readonly Owner[]; now: Date },
  ): Promise<PulledReceipt[]> {
    const { parties, now } = page;
    const known = await knownInputs(by, module, page.pulled);
    const pulled = page.pulled.map((object) => (known.has(object) ? object : lookWhole(object, parties)));
    const refusals = await refusedOwners(by, module, pulled, parties);
    const decided = await mapInStretches(pulled, (one): PulledReceipt | Decided => {
      const { object, identity, hash } = one;
      if ('message' in identity) {
        return { key: null, mutation: { reason: 'invalid', problems: [identity] }, findings: [] };
      }
      const { key, owner } = identity;
      const refusal = refusals.get(ownerKey(owner));
      if (refusal) return { key, mutation: refusal, findings: [] };
      if (known.has(one)) return { key, outcome: { kind: 'unchanged' }, findings: [] };
      const value = withOwner(elementValue(object), owner);
      return { key, ...pulledMutation(originOf(by, owner, now), module, value, hash) };
    });
    // All at once, so that they are one transaction.
    const receipts = await Promise.all(
      decided.map(async (one): Promise<PulledReceipt> => {
        if ('outcome' in one) return one;
        const { key, findings } = one;
        return { key, outcome: await submit(one.mutation), findings };
      }),
    );
    await settle(
      by,
      module,
      receipts.flatMap(({ outcome }, index) => {
        const one = pulled[index] as Pulled;
        if (known.has(one)) return [];
        return { ...identified(one.identity), value: elementValue(one.object), outcome };
      }),
    );
    return receipts;
  }

  /** For each owner among these objects, why this contributor may not speak for it, or null. */
  async function refusedOwners(
    by: Contributor,
    module: Module,
    pulled: readonly Pulled[],
    parties: readonly Owner[],
  ): Promise<Map<string, Refusal | null>> {
    const owners = new Map(
      pulled.flatMap(({ identity }) =>
        'owner' in identity ? [[ownerKey(identity.owner), identity.owner] as const] : [],
      ),
    );
    const refusals = new Map<string, Refusal | null>();
    for (const [key, owner] of owners) {
      if (parties.length > 0 && !parties.some((party) => sameOwner(party, owner))) {
        refusals.set(key, foreignParty(owner, by.name));
      } else {
        const voice = await voices.claim(owner, module, by.speaker);
        refusals.set(key, voice === 'granted' ? null : otherVoice(owner, module));
      }
    }
    return refusals;
  }

  /** The objects that are known to the last byte; those of which it was denied are not asked about. */
  async function knownInputs(
    by: Contributor,
    module: Module,
    pulled: readonly Pulled[],
  ): Promise<ReadonlySet<Pulled>> {
    const inputs = pulled.flatMap((one) =>
      'owner' in one.identity && mayBeKnown(one)
        ? { one, owner: one.identity.owner, id: one.identity.id, inputHash: one.hash }
        : [],
    );
    const known = inputs.length > 0 ? await readKnownInputs(knex, module, by.speaker, inputs) : [];
    return new Set(inputs.filter((_, index) => known[index]).map((input) => input.one));
  }

  /** Keeps what was refused, forgets the refusals of what was taken, logs what failed. */
  async function settle(by: Contributor, module: Module, handled: readonly Handled[]): Promise<void> {
    const records: RejectedRecord[] = [];
    const taken: string[] = [];
    for (const { owner, id, value, outcome } of handled) {
      if (outcome.kind === 'rejected') {
        records.push(rejectedRecord(by, module, { owner, id, value }, outcome.refusal));
      } else if (outcome.kind === 'failed') {
        parts.logger.error(
          { err: outcome.error, module, owner, id, from: by.name },
          'an object was not stored',
        );
      } else if (owner && id !== null) {
        taken.push(objectKey(owner, id));
      }
    }
    await parts.rejectedRecords.keep(records);
    await parts.rejectedRecords.clear(by.speaker, module, taken);
  }

  return {
    putLocation: (by, owner, id, body) =>
      push(by, 'locations', owner, id, body, (origin) => pushed.putLocation(origin, id, body)),
    patchLocation: (by, owner, id, body) =>
      push(by, 'locations', owner, id, body, (origin) => pushed.patchedLocation(origin, id, body)),
    putEvse: (by, owner, id, uid, body) =>
      push(by, 'locations', owner, id, body, (origin) => pushed.putEvse(origin, id, uid, body)),
    patchEvse: (by, owner, id, uid, body) =>
      push(by, 'locations', owner, id, body, (origin) => pushed.patchedEvse(origin, id, uid, body)),
    putConnector: (by, owner, id, uid, connectorId, body) =>
      push(by, 'locations', owner, id, body, (origin) =>
        pushed.putConnector(origin, id, uid, connectorId, body),
      ),
    patchConnector: (by, owner, id, uid, connectorId, body) =>
      push(by, 'locations', owner, id, body, (origin) =>
        pushed.patchedConnector(origin, id, uid, connectorId, body),
      ),
    putTariff: (by, owner, id, body) =>
      push(by, 'tariffs', owner, id, body, (origin) => pushed.putTariff(origin, id, body)),
    patchTariff: (by, owner, id, body) =>
      push(by, 'tariffs', owner, id, body, (origin) => pushed.patchedTariff(origin, id, body)),
    deleteTariff: (by, owner, id) =>
      push(by, 'tariffs', owner, id, null, (origin) => pushed.removedTariff(origin, id)),
    takePulled,
    recogniser: (by, module) => createRecogniser(knex, by, module),
    removeUnseen: (by, module, pull) =>
      removeUnseen(
        { knex, writer, originOf: (owner) => originOf(by, owner, clock()) },
        by.speaker,
        module,
        pull,
      ),
  };
}

function originOf(by: Contributor, owner: Owner, now: Date): Origin {
  return {
    owner: normalOwner(owner.countryCode, owner.partyId),
    speaker: by.speaker,
    strictness: by.strictness,
    dialect: dialectOf(by.version),
    now,
    correlationId: by.correlationId ?? null,
  };
}

/** An element of a list was hashed as it was read: its text is the same again when it is unchanged. */
function lookAt({ version, strictness }: Contributor, object: unknown, parties: readonly Owner[]): Pulled {
  if (!isJsonElement(object)) {
    const hash = inputHash(version, strictness, object);
    return { object, identity: identify(object, parties), hash };
  }
  const identity = identify(object.head ?? object.value, parties);
  return { object, identity, hash: inputHashOf(version, strictness, object.digest) };
}

function mayBeKnown({ object }: Pulled): boolean {
  return !isJsonElement(object) || object.mayBeKnown;
}

/** One that was recognised by mistake is what all of it says that it is. */
function lookWhole(pulled: Pulled, parties: readonly Owner[]): Pulled {
  const { object } = pulled;
  if (!isJsonElement(object) || object.head === null) return pulled;
  return { ...pulled, identity: identify(object.value, parties) };
}

function rejectedRecord(
  by: Contributor,
  module: Module,
  { owner, id, value }: Omit<Handled, 'outcome'>,
  refusal: Refusal,
): RejectedRecord {
  return {
    speaker: by.speaker,
    module,
    countryCode: owner?.countryCode ?? null,
    partyId: owner?.partyId ?? null,
    objectId: id,
    refusal,
    document: JSON.stringify(value) ?? '',
  };
}

function identified(identity: Identity | Problem): { owner: Owner | null; id: string | null } {
  return 'owner' in identity ? { owner: identity.owner, id: identity.id } : { owner: null, id: null };
}

function otherVoice(owner: Owner, module: Module): Refusal {
  const message = `${owner.countryCode}-${owner.partyId} has another voice for ${module} in this registry`;
  return { reason: 'other-voice', problems: [{ path: '', rule: 'other-voice', message }] };
}

function foreignParty(owner: Owner, contributor: string): Refusal {
  const message = `${owner.countryCode}-${owner.partyId} is not among the parties of ${contributor}`;
  return { reason: 'foreign-party', problems: [{ path: '', rule: 'foreign-party', message }] };
}

function ownerKey(owner: Owner): string {
  return `${owner.countryCode}/${owner.partyId}`;
}
