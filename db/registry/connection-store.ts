/**
 * The platforms that we speak OCPI with: their settings, whom they may speak for, the hash of the token that
 * opens our door to them (AUTH-16: never the token itself).
 *
 * Guarantees: a connection, its parties and its voices appear, change and go together, in one short
 * transaction. On the embedded engine, where this process is the only one, tokens are looked up in memory:
 * every request asks, and would otherwise wait behind the writer for the only database connection.
 *
 * Fails with NameTakenError for a name that is in use, with VoiceTakenError for a party that another speaks for.
 */
import type { Knex } from 'knex';
import type { Database } from '../connection.ts';
import type { Clock, Connection, Module, Owner, Role, Strictness } from '../model.ts';
import { registerVoices, type VoiceStore } from './voice-store.ts';

/** A connection to be. */
export interface NewConnection {
  readonly name: string;
  readonly role: Role;
  readonly parties: readonly Owner[];
  readonly version: string;
  readonly strictness: Strictness;
  readonly clock: Clock;
  readonly tokenForm: 'base64' | 'raw';
  readonly pushOnly: boolean;
  readonly tokenHash: Buffer;
  readonly tokenKind: Connection['tokenKind'];
}

/** What may be changed afterwards. */
export type ConnectionChanges = Partial<
  Pick<NewConnection, 'role' | 'parties' | 'version' | 'strictness' | 'clock' | 'tokenForm' | 'pushOnly'>
>;

export interface ConnectionStore {
  /** @throws NameTakenError, VoiceTakenError; then nothing is changed */
  add(connection: NewConnection): Promise<Connection>;
  /** All, by name. */
  list(): Promise<Connection[]>;
  findByName(name: string): Promise<Connection | undefined>;
  /** The connections whose token has one of these hashes, each with the hash that fitted (AUTH-05). */
  findByTokenHashes(hashes: readonly Buffer[]): Promise<{ connection: Connection; hash: Buffer }[]>;
  /** Notes that a connection called and in which form its token came; written at most once a minute. */
  noteContact(id: number, tokenForm: string): Promise<void>;
  /** From now on only this token opens the door. False when there is no such connection. */
  rotate(id: number, tokenHash: Buffer): Promise<boolean>;
  /** @throws VoiceTakenError; then nothing is changed. Undefined when there is no such connection. */
  set(id: number, changes: ConnectionChanges): Promise<Connection | undefined>;
  /** Its sources, voices and refused records go with it; its Locations and Tariffs stay. */
  remove(id: number): Promise<boolean>;
}

/** The name is in use. */
export class NameTakenError extends Error {
  override readonly name = 'NameTakenError';
}

/** Roles that bring objects of their own parties; the others only read (OCPI 2.2.1, Role). */
const SPEAKING_ROLES: readonly Role[] = ['CPO', 'HUB', 'NAP', 'SCSP', 'OTHER'];
const MODULES: readonly Module[] = ['locations', 'tariffs'];
/** Milliseconds between two notes of a contact: a busy partner calls many times a second. */
const CONTACT_INTERVAL_MS = 60_000;
/** Of PostgreSQL: a unique constraint is violated. */
const UNIQUE_VIOLATION = '23505';

interface ConnectionRow {
  id: number;
  name: string;
  role: Role;
  version: string;
  strictness: Strictness;
  clock: Clock;
  token_form: 'base64' | 'raw';
  push_only: boolean;
  token_hash: Buffer;
  token_kind: Connection['tokenKind'];
  token_form_seen: string | null;
  created_at: Date;
  last_contact_at: Date | null;
  parties: { countryCode: string; partyId: string }[];
}

const SELECT = `
  select connection.*,
         coalesce(
           (select jsonb_agg(
                     jsonb_build_object('countryCode', party.country_code, 'partyId', party.party_id)
                     order by party.country_code, party.party_id)
              from connection_party as party
             where party.connection_id = connection.id),
           '[]'
         ) as parties
    from connection`;

/** Makes the store of this process. */
export function createConnectionStore(parts: {
  database: Pick<Database, 'engine' | 'knex'>;
  voices: Pick<VoiceStore, 'forget'>;
  clock: () => Date;
}): ConnectionStore {
  const { voices, clock } = parts;
  const { engine, knex } = parts.database;
  const contacts = new Map<number, { at: number; form: string }>();
  const byHash = rememberedRows(knex, engine === 'embedded');

  /** A change of connections and of all that hangs on them. */
  async function change<T>(work: (transaction: Knex.Transaction) => Promise<T>): Promise<T> {
    try {
      return await knex.transaction(work);
    } finally {
      byHash.forget();
      voices.forget();
    }
  }

  return {
    add: (connection) => change((transaction) => insert(transaction, connection, clock())),
    async list() {
      return (await select(knex, 'order by connection.name')).map(fromRow);
    },
    async findByName(name) {
      const [row] = await select(knex, 'where connection.name = ?', [name]);
      return row && fromRow(row);
    },
    async findByTokenHashes(hashes) {
      const rows = await byHash.find(hashes);
      return rows.map((row) => ({ connection: fromRow(row), hash: row.token_hash }));
    },
    async noteContact(id, form) {
      const at = clock();
      const last = contacts.get(id);
      if (last && last.form === form && at.getTime() - last.at < CONTACT_INTERVAL_MS) return;
      contacts.set(id, { at: at.getTime(), form });
      await knex('connection').where({ id }).update({ last_contact_at: at, token_form_seen: form });
    },
    rotate: (id, tokenHash) =>
      change(async (transaction) => {
        const columns = { token_hash: tokenHash, token_form_seen: null };
        return (await transaction('connection').where({ id }).update(columns)) > 0;
      }),
    set: (id, changes) => change((transaction) => update(transaction, id, changes)),
    async remove(id) {
      contacts.delete(id);
      return change(async (transaction) => (await transaction('connection').where({ id }).delete()) > 0);
    },
  };
}

/** Looks up connections by the hash of their token; in memory where nobody else can change them. */
function rememberedRows(knex: Knex, remember: boolean) {
  let all: Promise<Map<string, ConnectionRow>> | undefined;
  const readAll = async () => {
    const rows = await select(knex);
    return new Map(rows.map((row) => [row.token_hash.toString('hex'), row]));
  };
  return {
    async find(hashes: readonly Buffer[]): Promise<ConnectionRow[]> {
      if (!remember) return select(knex, 'where connection.token_hash = any(?::bytea[])', [hashes]);
      all ??= readAll();
      const reading = all;
      try {
        const rows = await reading;
        return hashes.flatMap((hash) => rows.get(hash.toString('hex')) ?? []);
      } catch (error) {
        // The next one tries again.
        if (all === reading) all = undefined;
        throw error;
      }
    },
    forget() {
      all = undefined;
    },
  };
}

async function select(knex: Knex, condition = '', bindings: unknown[] = []): Promise<ConnectionRow[]> {
  const { rows } = await knex.raw<{ rows: ConnectionRow[] }>(`${SELECT} ${condition}`, bindings as never);
  return rows;
}

async function insert(transaction: Knex.Transaction, added: NewConnection, now: Date): Promise<Connection> {
  let id: number;
  try {
    const [row] = await transaction('connection')
      .insert({
        name: added.name,
        ...settingColumns(added),
        token_hash: added.tokenHash,
        token_kind: added.tokenKind,
        created_at: now,
      })
      .returning<{ id: number }[]>('id');
    id = (row as { id: number }).id;
  } catch (error) {
    throw nameTaken(error, added.name) ?? error;
  }
  await insertParties(transaction, id, added.parties);
  await giveVoices(transaction, id, added.role, added.parties);
  return readOne(transaction, id);
}

async function update(
  transaction: Knex.Transaction,
  id: number,
  changes: ConnectionChanges,
): Promise<Connection | undefined> {
  const columns = settingColumns(changes);
  const [found] = await transaction('connection').where({ id }).forUpdate().select('id');
  if (!found) return undefined;
  if (Object.keys(columns).length > 0) await transaction('connection').where({ id }).update(columns);
  if (changes.parties) {
    await transaction('connection_party').where({ connection_id: id }).delete();
    await insertParties(transaction, id, changes.parties);
  }
  const connection = await readOne(transaction, id);
  if (changes.parties || changes.role) {
    // Voices of parties that it keeps are given again at once, in this transaction.
    await transaction('voice').where({ connection_id: id, registered: true }).delete();
    await giveVoices(transaction, id, connection.role, connection.parties);
  }
  return connection;
}

function settingColumns(settings: ConnectionChanges): Record<string, unknown> {
  const columns = {
    role: settings.role,
    version: settings.version,
    strictness: settings.strictness,
    clock: settings.clock,
    token_form: settings.tokenForm,
    push_only: settings.pushOnly,
  };
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined));
}

async function insertParties(transaction: Knex.Transaction, id: number, parties: readonly Owner[]) {
  await transaction.raw(
    `insert into connection_party (connection_id, country_code, party_id)
     select distinct ?::bigint, upper(party.country_code), upper(party.party_id)
       from unnest(?::text[], ?::text[]) as party (country_code, party_id)`,
    [id, parties.map(({ countryCode }) => countryCode), parties.map(({ partyId }) => partyId)],
  );
}

async function giveVoices(transaction: Knex.Transaction, id: number, role: Role, parties: readonly Owner[]) {
  if (!SPEAKING_ROLES.includes(role)) return;
  await registerVoices(transaction, parties, { kind: 'connection', id }, MODULES);
}

async function readOne(transaction: Knex.Transaction, id: number): Promise<Connection> {
  const [row] = await select(transaction, 'where connection.id = ?', [id]);
  return fromRow(row as ConnectionRow);
}

function nameTaken(error: unknown, name: string): Error | undefined {
  const { code, constraint } = error as { code?: string; constraint?: string };
  if (code !== UNIQUE_VIOLATION || constraint !== 'connection_name_unique') return undefined;
  return new NameTakenError(
    `There is a connection ${name} already. Take another name, change it with "nap connection set ${name} ...", ` +
      `or remove it with "nap connection remove ${name}".`,
  );
}

function fromRow(row: ConnectionRow): Connection {
  return {
    id: row.id,
    name: row.name,
    role: row.role,
    version: row.version,
    strictness: row.strictness,
    clock: row.clock,
    tokenForm: row.token_form,
    pushOnly: row.push_only,
    tokenKind: row.token_kind,
    tokenFormSeen: row.token_form_seen,
    parties: row.parties,
    createdAt: row.created_at,
    lastContactAt: row.last_contact_at,
  };
}
