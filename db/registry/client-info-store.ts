/**
 * What hubs tell of the parties behind them: a ClientInfo for each hub, party and role (HCI-05). Nothing is ever
 * removed, because OCPI's own word for a party that is gone is SUSPENDED (HCI-04); only the removal of the hub's
 * connection takes its rows along.
 *
 * Guarantees: what this process was told counts with the next question; what another process was told, within
 * some seconds, for every push through a hub asks. What a hub may make us keep is bounded.
 */
import type { Knex } from 'knex';
import type { Owner, Role } from '../model.ts';
import type { ClientInfo, ConnectionStatus } from '../partner-model.ts';

/** A list of a hub, read to its end. */
export interface ClientInfoList {
  readonly infos: readonly ClientInfo[];
  /** Every entry could be read: what the list lacks, the hub no longer has. */
  readonly isWhole: boolean;
  readonly startedAt: Date;
}

/** What a list of a hub changed. */
export interface ClientInfoReplacement {
  /** Entries of the list that were stored. */
  readonly stored: number;
  /** Known entries that the list no longer had. */
  readonly suspended: number;
}

export interface ClientInfoStore {
  /** Stores or replaces one entry. `full`: the hub has announced CLIENT_INFO_LIMIT others; nothing is stored. */
  put(connectionId: number, info: ClientInfo): Promise<'created' | 'updated' | 'full'>;
  /** What a hub told of a party, one entry a role, the one that came last first. */
  find(connectionId: number, owner: Owner): Promise<ClientInfo[]>;
  /** All that a hub told, by party and role. */
  list(connectionId: number): Promise<readonly ClientInfo[]>;
  /**
   * Takes a hub's list as the new truth (HCI-07): what it lacks becomes SUSPENDED, as the hub itself should have
   * said of a party that is gone (HCI-04). What was received after the list was begun is newer, and stays.
   */
  takeList(connectionId: number, list: ClientInfoList): Promise<ClientInfoReplacement>;
}

/** Entries kept for one hub: the largest hubs of Europe connect some thousand parties. */
export const CLIENT_INFO_LIMIT = 20_000;
/** Milliseconds that a list is remembered: bounds how long a process acts on an old status. */
const MEMORY_MS = 5_000;

interface ClientInfoRow {
  connection_id: number;
  country_code: string;
  party_id: string;
  role: Role;
  status: ConnectionStatus;
  last_updated: Date;
}

/** Makes the store of this process. */
export function createClientInfoStore(parts: { knex: Knex; clock: () => Date }): ClientInfoStore {
  const { knex, clock } = parts;
  let memory = new Map<number, { until: number; infos: Promise<readonly ClientInfo[]> }>();

  /** A change, after which nothing that was remembered counts. */
  async function change<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } finally {
      memory = new Map();
    }
  }

  return {
    put: (connectionId, info) => change(() => put(knex, connectionId, info, clock())),
    async find(connectionId, owner) {
      const { countryCode, partyId } = upperCase(owner);
      const rows = await knex<ClientInfoRow>('client_info')
        .where({ connection_id: connectionId, country_code: countryCode, party_id: partyId })
        .orderBy([
          { column: 'received_at', order: 'desc' },
          { column: 'last_updated', order: 'desc' },
          { column: 'role' },
        ]);
      return rows.map(infoOfRow);
    },
    async list(connectionId) {
      const now = clock().getTime();
      const known = memory.get(connectionId);
      if (known && known.until > now) return known.infos;
      const remembered = memory;
      const infos = readAll(knex, connectionId);
      remembered.set(connectionId, { until: now + MEMORY_MS, infos });
      infos.catch(() => remembered.delete(connectionId));
      return infos;
    },
    takeList: (connectionId, list) =>
      change(() => knex.transaction((transaction) => takeList(transaction, connectionId, list, clock()))),
  };
}

async function put(
  knex: Knex,
  connectionId: number,
  { owner, role, status, lastUpdated }: ClientInfo,
  now: Date,
): Promise<'created' | 'updated' | 'full'> {
  const { countryCode, partyId } = upperCase(owner);
  const { rows } = await knex.raw<{ rows: { created: boolean }[] }>(
    `insert into client_info (connection_id, country_code, party_id, role, status, last_updated, received_at)
     select told.*
       from (values (?::bigint, ?::text, ?::text, ?::text, ?::text, ?::timestamptz, ?::timestamptz))
         as told (connection_id, country_code, party_id, role, status, last_updated, received_at)
      where (select count(*)
               from client_info as other
              where other.connection_id = told.connection_id
                and (other.country_code, other.party_id, other.role)
                    <> (told.country_code, told.party_id, told.role)) < ?
         on conflict on constraint client_info_pk do update
        set status       = excluded.status,
            last_updated = excluded.last_updated,
            received_at  = excluded.received_at
     returning xmax = 0 as created`,
    [connectionId, countryCode, partyId, role, status, lastUpdated, now, CLIENT_INFO_LIMIT],
  );
  const [row] = rows;
  if (row === undefined) return 'full';
  return row.created ? 'created' : 'updated';
}

async function takeList(
  transaction: Knex.Transaction,
  connectionId: number,
  { infos, isWhole, startedAt }: ClientInfoList,
  now: Date,
): Promise<ClientInfoReplacement> {
  const listed = infos.map((info) => ({ ...info, owner: upperCase(info.owner) }));
  const keys = [
    listed.map(({ owner }) => owner.countryCode),
    listed.map(({ owner }) => owner.partyId),
    listed.map(({ role }) => role),
  ];
  const stored = await transaction.raw<{ rows: object[] }>(
    `insert into client_info (connection_id, country_code, party_id, role, status, last_updated, received_at)
     select distinct on (told.country_code, told.party_id, told.role)
            ?::bigint, told.country_code, told.party_id, told.role, told.status, told.last_updated, ?::timestamptz
       from unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::timestamptz[])
         as told (country_code, party_id, role, status, last_updated)
      order by told.country_code, told.party_id, told.role, told.last_updated desc
         on conflict on constraint client_info_pk do update
        set status       = excluded.status,
            last_updated = excluded.last_updated,
            received_at  = excluded.received_at
      where client_info.received_at < ?
     returning role`,
    [
      connectionId,
      now,
      ...keys,
      listed.map(({ status }) => status),
      listed.map(({ lastUpdated }) => lastUpdated),
      startedAt,
    ] as Knex.RawBinding[],
  );
  if (!isWhole) return { stored: stored.rows.length, suspended: 0 };
  const suspended = await transaction.raw<{ rows: object[] }>(
    `update client_info
        set status      = 'SUSPENDED',
            received_at = ?
      where connection_id = ?
        and received_at < ?
        and status <> 'SUSPENDED'
        and not exists (select
                          from unnest(?::text[], ?::text[], ?::text[]) as told (country_code, party_id, role)
                         where (told.country_code, told.party_id, told.role)
                               = (client_info.country_code, client_info.party_id, client_info.role))
     returning role`,
    [now, connectionId, startedAt, ...keys] as Knex.RawBinding[],
  );
  return { stored: stored.rows.length, suspended: suspended.rows.length };
}

async function readAll(knex: Knex, connectionId: number): Promise<ClientInfo[]> {
  const rows = await knex<ClientInfoRow>('client_info')
    .where({ connection_id: connectionId })
    .orderBy(['country_code', 'party_id', 'role']);
  return rows.map(infoOfRow);
}

function infoOfRow(row: ClientInfoRow): ClientInfo {
  return {
    owner: { countryCode: row.country_code, partyId: row.party_id },
    role: row.role,
    status: row.status,
    lastUpdated: row.last_updated,
  };
}

function upperCase({ countryCode, partyId }: Owner): Owner {
  return { countryCode: countryCode.toUpperCase(), partyId: partyId.toUpperCase() };
}
