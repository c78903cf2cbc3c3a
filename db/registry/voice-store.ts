/**
 * Who speaks for whom: one voice an owner and module (design, section 3).
 *
 * A voice is `registered` when a person named its speaker (`nap connection add`, `nap source add --party`);
 * otherwise it was taken by the first that brought an object of that owner, and gives way to a registered one.
 *
 * Guarantees: of two that claim or register at once one wins, across processes too: the primary key decides.
 * What `claim` answers may be some seconds old when another process changes a voice.
 *
 * Fails with VoiceTakenError when a person registers a voice that another registered speaker has.
 */
import type { Knex } from 'knex';
import type { Module, Owner, Speaker } from '../model.ts';

/** A voice as it is kept. */
export interface Voice {
  readonly owner: Owner;
  readonly module: Module;
  readonly speaker: Speaker;
  /** Name of that connection or source. */
  readonly speakerName: string;
  readonly registered: boolean;
}

export interface VoiceStore {
  /**
   * May this speaker bring objects of this owner? Takes a voice that nobody has. A source that pulls from a
   * connection speaks as that connection: the caller says so.
   */
  claim(owner: Owner, module: Module, speaker: Speaker): Promise<'granted' | 'other'>;
  /**
   * Gives a speaker the voice of an owner, by a person's wish; takes over one that is not registered.
   * @throws VoiceTakenError when another speaker has it registered; then nothing is changed
   */
  register(owner: Owner, speaker: Speaker, modules: readonly Module[]): Promise<void>;
  /** Gives up all voices of a speaker. */
  release(speaker: Speaker): Promise<void>;
  list(): Promise<Voice[]>;
  /** Forgets what is remembered: after voices were changed in a transaction of someone else. */
  forget(): void;
}

/** Another speaker has the voice registered. */
export class VoiceTakenError extends Error {
  override readonly name = 'VoiceTakenError';
  readonly holders: readonly Voice[];

  constructor(holders: readonly Voice[]) {
    super(describeTaken(holders));
    this.holders = holders;
  }
}

/** Milliseconds that an answer is remembered: bounds how long a process acts on an old voice. */
const MEMORY_MS = 5_000;
/** Voices remembered at most: a country has some hundreds of owners; a hostile feed may invent more. */
const MEMORY_LIMIT = 10_000;

interface VoiceRow {
  country_code: string;
  party_id: string;
  module: Module;
  connection_id: number | null;
  source_id: number | null;
  registered: boolean;
}

/** Makes the store of this process. */
export function createVoiceStore(parts: { knex: Knex; clock: () => Date }): VoiceStore {
  const { knex, clock } = parts;
  let memory = new Map<string, { holder: Promise<string>; until: number }>();

  const forget = () => {
    // A new map: a claim under way writes what it read into the old one, which nobody sees any more.
    memory = new Map();
  };

  return {
    async claim(owner, module, speaker) {
      const remembered = memory;
      const key = `${owner.countryCode}/${owner.partyId}/${module}`.toUpperCase();
      const now = clock().getTime();
      let known = remembered.get(key);
      if (known === undefined || known.until <= now) {
        if (remembered.size >= MEMORY_LIMIT) remembered.clear();
        // The question itself is remembered: of a hundred pushes that come meanwhile, one asks.
        known = { holder: findOrTake(knex, owner, module, speaker), until: now + MEMORY_MS };
        remembered.set(key, known);
      }
      try {
        return (await known.holder) === speakerKey(speaker) ? 'granted' : 'other';
      } catch (error) {
        if (remembered.get(key) === known) remembered.delete(key);
        throw error;
      }
    },
    async register(owner, speaker, modules) {
      try {
        await knex.transaction((transaction) => registerVoices(transaction, [owner], speaker, modules));
      } finally {
        forget();
      }
    },
    async release(speaker) {
      await knex('voice').where(speakerColumns(speaker)).delete();
      forget();
    },
    list: () => readVoices(knex),
    forget,
  };
}

/**
 * Registers the voices of some owners for a speaker inside a transaction that the caller commits; the caller
 * then calls `forget()` of the store.
 *
 * @throws VoiceTakenError naming every holder that is in the way; the caller rolls back
 */
export async function registerVoices(
  transaction: Knex.Transaction,
  owners: readonly Owner[],
  speaker: Speaker,
  modules: readonly Module[],
): Promise<void> {
  if (owners.length === 0 || modules.length === 0) return;
  const { connection_id, source_id } = speakerColumns(speaker);
  const countries = owners.map(({ countryCode }) => countryCode.toUpperCase());
  const parties = owners.map(({ partyId }) => partyId.toUpperCase());
  const { rows } = await transaction.raw<{ rows: VoiceRow[] }>(
    `insert into voice (country_code, party_id, module, connection_id, source_id, registered)
     select owner.country_code, owner.party_id, module.name, ?::bigint, ?::bigint, true
       from (select distinct * from unnest(?::text[], ?::text[])) as owner (country_code, party_id)
      cross join unnest(?::text[]) as module (name)
      order by owner.country_code, owner.party_id, module.name
         on conflict on constraint voice_pk do update
        set connection_id = excluded.connection_id,
            source_id     = excluded.source_id,
            registered    = true
      where not voice.registered
         or (voice.connection_id, voice.source_id)
            is not distinct from (excluded.connection_id, excluded.source_id)
     returning country_code, party_id, module`,
    [connection_id, source_id, countries, parties, [...modules]],
  );
  const given = new Set(rows.map(rowKey));
  const wanted = (voice: VoiceRow) =>
    modules.includes(voice.module) &&
    countries.some((country, index) => country === voice.country_code && parties[index] === voice.party_id);
  const inTheWay = await readVoices(transaction, (row) => wanted(row) && !given.has(rowKey(row)));
  if (inTheWay.length > 0) throw new VoiceTakenError(inTheWay);
}

/** Who has the voice; takes it when nobody does. */
async function findOrTake(knex: Knex, owner: Owner, module: Module, speaker: Speaker): Promise<string> {
  const key = {
    country_code: owner.countryCode.toUpperCase(),
    party_id: owner.partyId.toUpperCase(),
    module,
  };
  const row = { ...key, ...speakerColumns(speaker), registered: false };
  for (;;) {
    const found = await knex<VoiceRow>('voice').where(key).first();
    if (found) return speakerKey(speakerOf(found));
    // Another may be faster; then the next look finds theirs.
    await knex('voice').insert(row).onConflict(knex.raw('on constraint voice_pk')).ignore();
  }
}

async function readVoices(knex: Knex, wanted: (row: VoiceRow) => boolean = () => true): Promise<Voice[]> {
  const { rows } = await knex.raw<{ rows: (VoiceRow & { name: string })[] }>(
    `select voice.*, coalesce(connection.name, source.name) as name
       from voice
       left join connection on connection.id = voice.connection_id
       left join source on source.id = voice.source_id
      order by voice.country_code, voice.party_id, voice.module`,
  );
  return rows.filter(wanted).map((row) => ({
    owner: { countryCode: row.country_code, partyId: row.party_id },
    module: row.module,
    speaker: speakerOf(row),
    speakerName: row.name,
    registered: row.registered,
  }));
}

function rowKey(row: VoiceRow): string {
  return `${row.country_code}/${row.party_id}/${row.module}`;
}

function speakerKey(speaker: Speaker): string {
  return `${speaker.kind}:${speaker.id}`;
}

function speakerColumns(speaker: Speaker): { connection_id: number | null; source_id: number | null } {
  return {
    connection_id: speaker.kind === 'connection' ? speaker.id : null,
    source_id: speaker.kind === 'source' ? speaker.id : null,
  };
}

function speakerOf(row: VoiceRow): Speaker {
  return row.connection_id === null
    ? { kind: 'source', id: row.source_id as number }
    : { kind: 'connection', id: row.connection_id };
}

function describeTaken(holders: readonly Voice[]): string {
  const taken = new Map<string, string[]>();
  for (const { owner, module, speaker, speakerName } of holders) {
    const holder = `${speaker.kind} ${speakerName}`;
    const what = `${owner.countryCode}-${owner.partyId} (${module})`;
    taken.set(holder, [...(taken.get(holder) ?? []), what]);
  }
  const parts = [...taken].map(([holder, what]) => `the ${holder} already speaks for ${what.join(', ')}`);
  const removals = [...taken.keys()].map((holder) => `"nap ${holder.replace(' ', ' remove ')}"`);
  return (
    `An owner has one voice at a time, and ${parts.join('; ')}. ` +
    `Leave these parties out, or free them first with ${removals.join(' and ')}.`
  );
}
