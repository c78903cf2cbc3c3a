/**
 * How far each partner has got in the journal, a module: where the push to it goes on, and how it fares.
 *
 * Guarantees: a position is held by one process at a time (`source-claim.ts`), and only the holder moves it;
 * positions are saved as a set, one statement for all partners that moved; a partner that is seen for the first
 * time begins where the journal stood when it registered, so that what changes after its first GET is pushed.
 *
 * Fails as the database fails; then nothing is moved.
 */
import type { Knex } from 'knex';
import type { Database } from '../connection.ts';
import type { Module } from '../model.ts';
import type { PushPosition } from '../partner-model.ts';
import { type ClaimingProcess, isVoid, type ProcessClaim, THIS_PROCESS } from './source-claim.ts';

/** A partner and module that are to be pushed to. */
export interface PushTarget {
  readonly connectionId: number;
  readonly module: Module;
}

/** A position as the operator sees it. */
export interface StandingPosition extends PushPosition {
  readonly connectionName: string;
  /** Changes of the module that it has not been offered; counted up to a bound. */
  readonly behind: number;
}

export interface PushPositionStore {
  /** Makes positions for targets that have none: where the journal stood at their moment. */
  begin(targets: readonly (PushTarget & { from: Date })[]): Promise<void>;
  /** Claims those that no living process holds, and gives them. */
  claim(targets: readonly PushTarget[]): Promise<PushPosition[]>;
  /** Says that this process goes on. Gives those that it still holds. */
  renew(): Promise<PushTarget[]>;
  /** Lets go, so that another process can take over at once. */
  release(targets: readonly PushTarget[]): Promise<void>;
  /** Moves positions, all but what `markResync` writes. Those that this process no longer holds stay as they are. */
  save(positions: readonly PushPosition[]): Promise<void>;
  /**
   * Goes to a later position without having offered what lies between. The mark says from which moment of the
   * registry's clock on the partner misses changes: the earliest, when it is marked again.
   */
  markResync(target: PushTarget, gap: { upTo: number; since: Date; reason: string }): Promise<void>;
  /**
   * The partner has read a whole list: every object, or what changed since a moment. Takes the mark away when
   * that covers what it missed.
   */
  noteListRead(target: PushTarget, dateFrom: Date | undefined): Promise<void>;
  /** All, by connection and module. */
  list(): Promise<StandingPosition[]>;
}

/** Changes that are counted at most when it is asked how far a partner is behind. */
const BEHIND_LIMIT = 10_000;

interface PositionRow {
  connection_id: number;
  module: Module;
  sequence: number;
  taken: number;
  refused: number;
  failures: number;
  failing_since: Date | null;
  missed_since: Date | null;
  resync_since: Date | null;
  resync_reason: string | null;
  last_taken_at: Date | null;
  last_refusal: string | null;
  last_refusal_at: Date | null;
  last_error: string | null;
  last_error_at: Date | null;
  claim: ProcessClaim | null;
}

/** Makes the store of this process. */
export function createPushPositionStore(parts: {
  database: Pick<Database, 'engine' | 'knex'>;
  clock: () => Date;
  /** For tests of several processes. */
  process?: ClaimingProcess;
}): PushPositionStore {
  const { clock, process: us = THIS_PROCESS } = parts;
  const { engine, knex } = parts.database;

  return {
    async begin(targets) {
      if (targets.length === 0) return;
      await knex.raw(BEGIN, [JSON.stringify(targets.map(targetRow))]);
    },
    async claim(targets) {
      const { rows } = await knex.raw<{ rows: PositionRow[] }>(
        `select push_position.*
           from push_position
           join json_to_recordset(?) as target (connection_id bigint, module text)
             using (connection_id, module)`,
        [JSON.stringify(targets.map(targetRow))],
      );
      const now = clock();
      const free = rows.filter(({ claim }) => !claim || isVoid(claim, us, engine === 'embedded', now));
      return takeOver(knex, free, { ...us, at: now.toISOString() });
    },
    async renew() {
      const { rows } = await knex.raw<{ rows: { connection_id: number; module: Module }[] }>(
        `update push_position
            set claim = jsonb_set(push_position.claim, '{at}', to_jsonb(?::text))
          where push_position.claim ->> 'life' = ?
         returning push_position.connection_id, push_position.module`,
        [clock().toISOString(), us.life],
      );
      return rows.map(({ connection_id, module }) => ({ connectionId: connection_id, module }));
    },
    async release(targets) {
      if (targets.length === 0) return;
      await knex.raw(
        `update push_position
            set claim = null
           from json_to_recordset(?) as target (connection_id bigint, module text)
          where push_position.connection_id = target.connection_id
            and push_position.module = target.module
            and push_position.claim ->> 'life' = ?`,
        [JSON.stringify(targets.map(targetRow)), us.life],
      );
    },
    async save(positions) {
      if (positions.length === 0) return;
      await knex.raw(SAVE, [JSON.stringify(positions.map(positionRow)), us.life]);
    },
    async markResync({ connectionId, module }, { upTo, since, reason }) {
      await knex.raw(
        `update push_position
            set sequence      = ?,
                missed_since  = least(
                  push_position.missed_since,
                  coalesce(
                    (select change.changed_at
                       from change
                      where change.sequence > push_position.sequence
                      order by change.sequence
                      limit 1),
                    ?
                  )
                ),
                resync_since  = ?,
                resync_reason = ?
          where push_position.connection_id = ?
            and push_position.module = ?
            and push_position.claim ->> 'life' = ?`,
        [upTo, since, since, reason, connectionId, module, us.life],
      );
    },
    async noteListRead({ connectionId, module }, dateFrom) {
      await knex.raw(
        `update push_position
            set missed_since = null, resync_since = null, resync_reason = null
          where push_position.connection_id = ?
            and push_position.module = ?
            and (?::timestamptz is null or ?::timestamptz <= push_position.missed_since)`,
        [connectionId, module, dateFrom ?? null, dateFrom ?? null],
      );
    },
    async list() {
      const { rows } = await knex.raw<{
        rows: (PositionRow & { connection_name: string; behind: number })[];
      }>(LIST, [BEHIND_LIMIT]);
      return rows.map((row) => ({
        ...positionOfRow(row),
        connectionName: row.connection_name,
        behind: row.behind,
      }));
    },
  };
}

/** The registry's times go in the order of positions, so the newest entry before a moment is found from the end. */
const BEGIN = `
  insert into push_position (connection_id, module, sequence)
  select target.connection_id, target.module,
         coalesce(
           (select change.sequence
              from change
             where change.changed_at < target."from"
             order by change.sequence desc
             limit 1),
           0
         )
    from json_to_recordset(?) as target (connection_id bigint, module text, "from" timestamptz)
    join connection on connection.id = target.connection_id
  on conflict (connection_id, module) do nothing`;

const SAVE = `
  update push_position
     set sequence        = moved.sequence,
         taken           = moved.taken,
         refused         = moved.refused,
         failures        = moved.failures,
         failing_since   = moved.failing_since,
         last_taken_at   = moved.last_taken_at,
         last_refusal    = moved.last_refusal,
         last_refusal_at = moved.last_refusal_at,
         last_error      = moved.last_error,
         last_error_at   = moved.last_error_at
    from json_to_recordset(?) as moved (
           connection_id bigint, module text, sequence bigint, taken bigint, refused bigint, failures bigint,
           failing_since timestamptz, last_taken_at timestamptz, last_refusal text,
           last_refusal_at timestamptz, last_error text, last_error_at timestamptz)
   where push_position.connection_id = moved.connection_id
     and push_position.module = moved.module
     and push_position.claim ->> 'life' = ?`;

const LIST = `
  select push_position.*, connection.name as connection_name, waiting.behind
    from push_position
    join connection on connection.id = push_position.connection_id
   cross join lateral (
         select count(*) as behind
           from (select 1
                   from change
                  where change.sequence > push_position.sequence
                    and (change.kind = 'tariff') = (push_position.module = 'tariffs')
                    and change.public
                  limit ?) as entry
         ) as waiting
   order by connection.name, push_position.module`;

/** Of two who take the same claim over at once, one finds it as it was read. */
async function takeOver(
  knex: Knex,
  free: readonly PositionRow[],
  claim: ProcessClaim,
): Promise<PushPosition[]> {
  if (free.length === 0) return [];
  const { rows } = await knex.raw<{ rows: PositionRow[] }>(
    `update push_position
        set claim = ?::jsonb
       from json_to_recordset(?) as found (connection_id bigint, module text, claim jsonb)
      where push_position.connection_id = found.connection_id
        and push_position.module = found.module
        and push_position.claim is not distinct from found.claim
     returning push_position.*`,
    [
      JSON.stringify(claim),
      JSON.stringify(free.map(({ connection_id, module, claim }) => ({ connection_id, module, claim }))),
    ],
  );
  return rows.map(positionOfRow);
}

function targetRow(target: PushTarget & { from?: Date }): object {
  return { connection_id: target.connectionId, module: target.module, from: target.from };
}

function positionRow(position: PushPosition): object {
  return {
    connection_id: position.connectionId,
    module: position.module,
    sequence: position.sequence,
    taken: position.taken,
    refused: position.refused,
    failures: position.failures,
    failing_since: position.failingSince,
    last_taken_at: position.lastTakenAt,
    last_refusal: position.lastRefusal,
    last_refusal_at: position.lastRefusalAt,
    last_error: position.lastError,
    last_error_at: position.lastErrorAt,
  };
}

function positionOfRow(row: PositionRow): PushPosition {
  const { missed_since: missedSince, resync_since: since, resync_reason: reason } = row;
  return {
    connectionId: row.connection_id,
    module: row.module,
    sequence: row.sequence,
    taken: row.taken,
    refused: row.refused,
    failures: row.failures,
    failingSince: row.failing_since,
    lastTakenAt: row.last_taken_at,
    lastRefusal: row.last_refusal,
    lastRefusalAt: row.last_refusal_at,
    lastError: row.last_error,
    lastErrorAt: row.last_error_at,
    resync: missedSince && since && reason !== null ? { since, missedSince, reason } : null,
  };
}
