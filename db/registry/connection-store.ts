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
import { gathered } from '../gathered.ts';
import type { Clock, Owner, Role, Strictness } from '../model.ts';
import type { Connection } from '../partner-model.ts';
import { forgetPeer, keepPeer, type Registered, type Registration } from './connection-peer.ts';
import { type ConnectionRow, connectionOfRow, readConnection, selectConnections } from './connection-row.ts';
import { renewVoices } from './connection-voices.ts';
import type { VoiceStore } from './voice-store.ts';

export type { Registered, Registration } from './connection-peer.ts';

/** A connection to be. */
export interface NewConnection {
  readonly name: string;
  readonly role: Role;
  readonly parties: readonly Owner[];
  readonly version: string;
  readonly strictness: Strictness;
  readonly clock: Clock;
  readonly tokenForm: 'base64' | 'raw';
  /** A person said so. */
  readonly tokenFormIsSet?: boolean;
  readonly pushOnly: boolean;
  /** Null when we start the handshake: its token is pending until the partner confirms it. */
  readonly tokenHash: Buffer | null;
  readonly tokenKind: Exclude<Connection['tokenKind'], 'pending'>;
}

/** What may be changed afterwards. */
export type ConnectionChanges = Partial<
  Pick<NewConnection, 'role' | 'parties' | 'version' | 'strictness' | 'clock' | 'tokenForm' | 'pushOnly'> & {
    tokenFormIsSet: boolean;
  }
>;

export interface ConnectionStore {
  /** @throws NameTakenError, VoiceTakenError; then nothing is changed */
  add(connection: NewConnection): Promise<Connection>;
  /** All, by name. */
  list(): Promise<Connection[]>;
  findByName(name: string): Promise<Connection | undefined>;
  findById(id: number): Promise<Connection | undefined>;
  /** The connections whose token has one of these hashes, each with the hash that fitted (AUTH-05). */
  findByTokenHashes(hashes: readonly Buffer[]): Promise<{ connection: Connection; hash: Buffer }[]>;
  /** Notes that a connection called and in which form its token came; written at most once a minute. */
  noteContact(id: number, tokenForm: string): Promise<void>;
  /**
   * From now on only this token opens the door. With `reset` what a handshake has brought is forgotten, and the
   * token opens only the next one. False when there is no such connection.
   */
  rotate(id: number, tokenHash: Buffer, options?: { reset: boolean }): Promise<boolean>;
  /** A token that a handshake or rotation of ours gives out (CRED-18); one at a time. */
  setPendingToken(id: number, tokenHash: Buffer): Promise<boolean>;
  /** It came to nothing. */
  dropPendingToken(id: number, tokenHash: Buffer): Promise<boolean>;
  /**
   * The handshake, or a later rotation, succeeded: in one step the partner's side is kept as it stated it, of the
   * tokens only this one opens the door (CRED-05, CRED-06, AUTH-12), the sources that pull from it follow, and it
   * gets one of its own when it shall. It changes nothing and gives undefined when the connection's tokens are no
   * longer those that the caller began with (CRED-24).
   *
   * @throws VoiceTakenError when it has a role that speaks for a party that another speaks for
   */
  register(id: number, registration: Registration): Promise<Registered | undefined>;
  /**
   * The partner unregistered (CRED-07): no token opens the door any more, ours for it is forgotten, its sources
   * rest. False when its token is no longer the one that it called with.
   */
  unregister(id: number, calledWith: Buffer): Promise<boolean>;
  /** Notes how a call of ours went; null: well. Writes nothing when all is well and was before. */
  noteCall(connection: Pick<Connection, 'id'>, problem: CallProblem | null): Promise<void>;
  /**
   * A connection that refused our token counts as mended. Undefined when there is no such connection.
   * @throws VoiceTakenError; then nothing is changed
   */
  set(id: number, changes: ConnectionChanges): Promise<Connection | undefined>;
  /** Its sources, voices and refused records go with it; its Locations and Tariffs stay. */
  remove(id: number): Promise<boolean>;
}

/** Why a call of ours to a partner failed. */
export interface CallProblem {
  readonly message: string;
  /** It refused our token (PC-10). */
  readonly refused: boolean;
}

/** The name is in use. */
export class NameTakenError extends Error {
  override readonly name = 'NameTakenError';
}

/** Milliseconds between two notes of a contact: a busy partner calls many times a second. */
const CONTACT_INTERVAL_MS = 60_000;
/** Characters of an error that are kept. */
const PROBLEM_LIMIT = 2_000;
/** Of PostgreSQL: a unique constraint is violated. */
const UNIQUE_VIOLATION = '23505';

/** Makes the store of this process. */
export function createConnectionStore(parts: {
  database: Pick<Database, 'engine' | 'knex'>;
  voices: Pick<VoiceStore, 'forget'>;
  clock: () => Date;
}): ConnectionStore {
  const { voices, clock } = parts;
  const { engine, knex } = parts.database;
  const contacts = new Map<number, { at: number; form: string }>();
  const byToken = rowsByToken(knex, engine === 'embedded');

  /** A change of a connection's tokens: in which form it sends the new one is not known, so it is noted at once. */
  function changeTokens<T>(id: number, work: (transaction: Knex.Transaction) => Promise<T>): Promise<T> {
    contacts.delete(id);
    return change(work);
  }

  /** A change of connections and of all that hangs on them. */
  async function change<T>(work: (transaction: Knex.Transaction) => Promise<T>): Promise<T> {
    try {
      return await knex.transaction(work);
    } finally {
      byToken.forget();
      voices.forget();
    }
  }

  return {
    add: (connection) => change((transaction) => insert(transaction, connection, clock())),
    async list() {
      return (await selectConnections(knex, 'order by connection.name')).map(connectionOfRow);
    },
    async findByName(name) {
      const [row] = await selectConnections(knex, 'where connection.name = ?', [name]);
      return row && connectionOfRow(row);
    },
    async findById(id) {
      const [row] = await selectConnections(knex, 'where connection.id = ?', [id]);
      return row && connectionOfRow(row);
    },
    async findByTokenHashes(hashes) {
      const rows = await byToken.find(hashes);
      return rows.flatMap((row) => matchOf(row, hashes));
    },
    async noteContact(id, form) {
      const at = clock();
      const last = contacts.get(id);
      if (last && last.form === form && at.getTime() - last.at < CONTACT_INTERVAL_MS) return;
      contacts.set(id, { at: at.getTime(), form });
      await knex('connection').where({ id }).update({ last_contact_at: at, token_form_seen: form });
    },
    rotate: (id, tokenHash, { reset } = { reset: false }) =>
      changeTokens(id, async (transaction) => {
        if (reset) await forgetPeer(transaction, id, clock());
        const columns = { token_hash: tokenHash, pending_token_hash: null, token_form_seen: null };
        return (await transaction('connection').where({ id }).update(columns)) > 0;
      }),
    setPendingToken: (id, tokenHash) =>
      change(async (transaction) => {
        const columns = { pending_token_hash: tokenHash, pending_since: clock() };
        return (await transaction('connection').where({ id }).update(columns)) > 0;
      }),
    dropPendingToken: (id, tokenHash) =>
      change(async (transaction) => {
        const columns = { pending_token_hash: null, pending_since: null };
        const wanted = transaction('connection').where({ id, pending_token_hash: tokenHash });
        return (await wanted.update(columns)) > 0;
      }),
    register: (id, registration) => change((transaction) => keepPeer(transaction, id, registration, clock())),
    unregister: (id, calledWith) =>
      change(async (transaction) => {
        const wanted = transaction('connection').where({ id, token_hash: calledWith });
        const [found] = await wanted.forUpdate().select('id');
        if (found) await forgetPeer(transaction, id, clock());
        return found !== undefined;
      }),
    async noteCall({ id }, problem) {
      const now = clock();
      const failed = () => ({
        consecutive_failures: knex.raw('consecutive_failures + 1'),
        last_error: problem?.message.slice(0, PROBLEM_LIMIT),
        last_error_at: now,
        ...(problem?.refused ? { broken_at: now } : {}),
      });
      const wanted = knex('connection').where({ id });
      const isNews = await (problem === null
        ? wanted
            .andWhere((row) => row.where('consecutive_failures', '>', 0).orWhereNotNull('broken_at'))
            .update({ consecutive_failures: 0, broken_at: null })
        : wanted.update(failed()));
      if (isNews > 0) byToken.forget();
    },
    set: (id, changes) => change((transaction) => update(transaction, id, changes)),
    async remove(id) {
      contacts.delete(id);
      return change(async (transaction) => (await transaction('connection').where({ id }).delete()) > 0);
    },
  };
}

/** Looks up connections by the hash of their token; in memory where nobody else can change them. */
function rowsByToken(knex: Knex, isRemembered: boolean) {
  const ask = gathered<readonly Buffer[], ConnectionRow[]>(async (asked) => {
    // A partner asks many times at once, with one token.
    const hashes = [...new Map(asked.flat().map((hash) => [keyOf(hash), hash])).values()];
    const rows = byHash(await selectConnections(knex, WITH_TOKEN, [hashes, hashes]));
    return asked.map((one) => withHashes(rows, one));
  });
  let all: Promise<RowsByHash> | undefined;
  return {
    async find(hashes: readonly Buffer[]): Promise<ConnectionRow[]> {
      if (!isRemembered) return ask(hashes);
      all ??= selectConnections(knex).then(byHash);
      const reading = all;
      try {
        return withHashes(await reading, hashes);
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

/** By the key of the hash. */
type RowsByHash = ReadonlyMap<string, ConnectionRow>;

function byHash(rows: readonly ConnectionRow[]): RowsByHash {
  return new Map(rows.flatMap((row) => hashesOf(row).map((hash) => [keyOf(hash), row] as const)));
}

/** Its bytes as text, which a map can find. */
function keyOf(hash: Buffer): string {
  return hash.toString('latin1');
}

/** A connection with two tokens that fit is one row. */
function withHashes(rows: RowsByHash, hashes: readonly Buffer[]): ConnectionRow[] {
  return [...new Set(hashes.flatMap((hash) => rows.get(keyOf(hash)) ?? []))];
}

const WITH_TOKEN = `
   where connection.token_hash = any(?::bytea[])
      or connection.pending_token_hash = any(?::bytea[])`;

function hashesOf(row: ConnectionRow): Buffer[] {
  return [row.token_hash, row.pending_token_hash].filter((hash) => hash !== null);
}

/** Which of the row's tokens fitted; one that is pending opens less. */
function matchOf(row: ConnectionRow, hashes: readonly Buffer[]): { connection: Connection; hash: Buffer }[] {
  const connection = connectionOfRow(row);
  return hashesOf(row).flatMap((hash) => {
    if (!hashes.some((candidate) => candidate.equals(hash))) return [];
    const isPending = hash === row.pending_token_hash;
    return [{ connection: isPending ? { ...connection, tokenKind: 'pending' } : connection, hash }];
  });
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
  const connection = await readConnection(transaction, id);
  await renewVoices(transaction, connection);
  return connection;
}

async function update(
  transaction: Knex.Transaction,
  id: number,
  changes: ConnectionChanges,
): Promise<Connection | undefined> {
  // A person has acted: what refused our token may be asked again (PC-10).
  const columns = { ...settingColumns(changes), broken_at: null };
  const [found] = await transaction('connection').where({ id }).forUpdate().select('id');
  if (!found) return undefined;
  await transaction('connection').where({ id }).update(columns);
  if (changes.parties) {
    await transaction('connection_party').where({ connection_id: id }).delete();
    await insertParties(transaction, id, changes.parties);
  }
  const connection = await readConnection(transaction, id);
  if (changes.parties || changes.role) await renewVoices(transaction, connection);
  return connection;
}

function settingColumns(settings: ConnectionChanges): Record<string, unknown> {
  const columns = {
    role: settings.role,
    version: settings.version,
    strictness: settings.strictness,
    clock: settings.clock,
    token_form: settings.tokenForm,
    token_form_is_set: settings.tokenFormIsSet,
    push_only: settings.pushOnly,
  };
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined));
}

async function insertParties(transaction: Knex.Transaction, id: number, parties: readonly Owner[]) {
  await transaction.raw(
    `insert into connection_party (connection_id, country_code, party_id, position)
     select ?::bigint, upper(party.country_code), upper(party.party_id), min(party.position)
       from unnest(?::text[], ?::text[]) with ordinality as party (country_code, party_id, position)
      group by upper(party.country_code), upper(party.party_id)`,
    [id, parties.map(({ countryCode }) => countryCode), parties.map(({ partyId }) => partyId)],
  );
}

function nameTaken(error: unknown, name: string): Error | undefined {
  const { code, constraint } = error as { code?: string; constraint?: string };
  if (code !== UNIQUE_VIOLATION || constraint !== 'connection_name_unique') return undefined;
  return new NameTakenError(
    `There is a connection ${name} already. Take another name, change it with "nap connection set ${name} ...", ` +
      `or remove it with "nap connection remove ${name}".`,
  );
}
