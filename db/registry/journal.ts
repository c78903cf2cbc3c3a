/**
 * The journal of changes and the registry's clock (design, section 3; decision D-1).
 *
 * Guarantees: positions and times are handed out in the order of commits, whatever the number of processes
 * that write: `advance` holds the one row of `journal_head` until its transaction ends. New ids are handed
 * out there too, so the order of ids is the order in which readers come to see the objects.
 */
import type { Knex } from 'knex';

/** Advisory lock held while positions are out but not committed; readers that filter by time wait for it. */
const REGISTRY_CLOCK_LOCK = 0x6e6170;

export interface Advance {
  /** The last position handed out before; the first new one is one more. */
  readonly sequence: number;
  readonly lastLocation: number;
  readonly lastTariff: number;
  /** The registry's time of this transaction. */
  readonly changedAt: Date;
}

export interface ChangeEntry {
  sequence: number;
  kind: 'location' | 'status' | 'tariff';
  action: 'upsert' | 'delete';
  public: boolean;
  object: number;
  country_code: string;
  party_id: string;
  object_id: string;
  /** Uids, as stored, of the EVSEs whose status changed; null where more than statuses changed. */
  evses: readonly string[] | null;
  /** Of the push that caused the change (ENV-19); null for what was pulled. */
  correlation_id: string | null;
  /** Where a public Location was, when whoever knew it there, under that id, finds it there no more; else null. */
  moved_from: Place | null;
  /** How the id of a public object was spelled, when it is spelled otherwise now; else null. */
  renamed_from: string | null;
}

/** In degrees, WGS 84. */
export interface Place {
  readonly longitude: number;
  readonly latitude: number;
}

/**
 * Takes the head of the journal until commit and hands out positions and ids.
 *
 * The time is the next whole millisecond, so that it is never before the moment at which a reader was told
 * that there is nothing more; it never goes back, even when the machine's clock does.
 */
export async function advance(
  transaction: Knex.Transaction,
  wanted: { changes: number; locations: number; tariffs: number },
): Promise<Advance> {
  const { rows } = await transaction.raw(
    `with clock as materialized (
       select pg_advisory_xact_lock(${REGISTRY_CLOCK_LOCK})
     )
     update journal_head as head
        set sequence      = head.sequence + ?,
            last_location = head.last_location + ?,
            last_tariff   = head.last_tariff + ?,
            changed_at    = greatest(date_trunc('milliseconds', clock_timestamp()), head.changed_at)
                            + interval '1 millisecond'
       from clock
     returning head.sequence, head.last_location, head.last_tariff, head.changed_at`,
    [wanted.changes, wanted.locations, wanted.tariffs],
  );
  const head = rows[0];
  return {
    sequence: head.sequence - wanted.changes,
    lastLocation: head.last_location - wanted.locations,
    lastTariff: head.last_tariff - wanted.tariffs,
    changedAt: head.changed_at,
  };
}

/** Appends entries, all of one transaction and so of one time. */
export async function appendChanges(
  transaction: Knex.Transaction,
  entries: readonly ChangeEntry[],
  changedAt: Date,
): Promise<void> {
  if (entries.length === 0) {
    return;
  }
  await transaction.raw(
    `insert into change (sequence, kind, action, public, object, country_code, party_id, object_id, evses,
                         correlation_id, moved_from, renamed_from, changed_at)
     select e.sequence, e.kind, e.action, e.public, e.object, e.country_code, e.party_id, e.object_id, e.evses,
            e.correlation_id, st_setsrid(st_makepoint(e.longitude, e.latitude), 4326), e.renamed_from, ?
       from json_to_recordset(?) as e(
              sequence bigint, kind text, action text, public boolean, object bigint,
              country_code text, party_id text, object_id text, evses text[], correlation_id text,
              longitude double precision, latitude double precision, renamed_from text)`,
    [changedAt, JSON.stringify(entries.map(({ moved_from: place, ...entry }) => ({ ...entry, ...place })))],
  );
}

/**
 * Waits until no position is out that is not committed, then lets go at once. A reader that selects by the
 * registry's time calls this first, outside a transaction: what commits after its answer then carries a later
 * time than the moment of asking, and the reader's next `date_from` finds it.
 */
export async function settle(knex: Knex): Promise<void> {
  await knex.raw(`select pg_advisory_xact_lock_shared(${REGISTRY_CLOCK_LOCK})`);
}

/**
 * In an upsert of a row: the document as the journal last told of it, null when that is the one being written. A
 * write that the journal does not hear of keeps the former.
 */
export function asLastTold(table: 'location' | 'tariff'): string {
  return `case when excluded.sequence = ${table}.sequence
                 then nullif(coalesce(${table}.published_document, ${table}.document), excluded.document)
            end`;
}

/** The same of the owner's time: null when it is the one being written. */
export function asLastToldTime(table: 'location' | 'tariff'): string {
  return `case when excluded.sequence = ${table}.sequence
                 then nullif(coalesce(${table}.published_last_updated, ${table}.last_updated), excluded.last_updated)
            end`;
}

/** The same of the times of its EVSEs (`evse-times.ts`); a write that the journal does not hear of leaves it the same ones. */
export const EVSE_TIMES_AS_LAST_TOLD = `case when excluded.sequence = location.sequence
                 then nullif(coalesce(location.published_evse_times, location.evse_times), excluded.evse_times)
            end`;
