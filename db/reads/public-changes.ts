/**
 * What everybody may hear of after a position of the journal: each object that changed, once, as it is now.
 *
 * Guarantees: one statement, so entries and objects are of one moment, whichever server answers. An object stands at
 * its last entry that the filter lets through; so whoever has read up to any place of the list, or to `upTo`, and goes
 * on from there, misses nothing. A Location that left a box, for elsewhere or for good, concerns that box by
 * `change.moved_from`, whatever became of it since.
 * Bounded in entries looked at, in objects and in bytes. Fails as the database fails.
 */
import type { Knex } from 'knex';
import type { Owner } from '../model.ts';
import { REACHES_BACK } from './journal-reach.ts';
import { IS_SHOWN, PUBLISHED_DOCUMENT } from './published.ts';

export type ChangeKind = 'location' | 'status' | 'tariff';

/** In degrees, edges included. A box whose west lies east of its east goes across the antimeridian. */
export interface Box {
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

/** Null: whatever. */
export interface ChangeFilter {
  readonly parties: readonly Owner[] | null;
  readonly kinds: readonly ChangeKind[] | null;
  /** Leaves out Tariffs, which are nowhere. */
  readonly box: Box | null;
}

export interface PublicChange {
  /** Position of the last entry about it. */
  readonly sequence: number;
  /** `status` when all that is told here is new statuses, and times. */
  readonly kind: ChangeKind;
  readonly owner: Owner;
  /** The owner's id, spelled as in that entry. */
  readonly objectId: string;
  /** Other spellings under which it may be known. */
  readonly formerIds: readonly string[];
  /** As published now; null when it is not shown, or not in the box. */
  readonly present: PresentObject | null;
}

export interface PresentObject {
  /** The owner's id, spelled as now. */
  readonly objectId: string;
  readonly document: string;
  readonly changedAt: Date;
}

/** What can be read after a position. */
export type PublicChanges =
  | {
      readonly kind: 'changes';
      /** By position. */
      readonly changes: readonly PublicChange[];
      /** All up to here that the filter lets through is in the list. */
      readonly upTo: number;
      readonly head: number;
    }
  /** The journal has not got that far. */
  | { readonly kind: 'ahead' }
  /** The journal no longer knows what came next. */
  | { readonly kind: 'forgotten' };

export interface ChangesWish {
  readonly after: number;
  readonly filter: ChangeFilter;
  /** Objects at most. */
  readonly objects: number;
  /** Bytes of documents at most; the first object always comes. */
  readonly bytes: number;
  /** Entries looked at, when not as usual: for tests. */
  readonly window?: number;
}

/** Entries looked at: with a filter that lets nothing through, some hundredths of a second. */
const WINDOW = 20_000;

/** Entries read for each object wanted: most objects change once in a stretch. */
const ENTRIES_AN_OBJECT = 4;

interface Row {
  head: number;
  window_end: number;
  reaches_back: boolean;
  entries: number;
  last_entry: number | null;
  objects: number;
  sequence: number | null;
  is_tariff: boolean;
  only_statuses: boolean;
  country_code: string;
  party_id: string;
  object_id: string;
  former_ids: string[] | null;
  present_id: string | null;
  document: string;
  changed_at: Date;
}

/** The next changes after a position. */
export async function readPublicChanges(knex: Knex, wish: ChangesWish): Promise<PublicChanges> {
  const { after, filter, objects, bytes, window = WINDOW } = wish;
  const entryLimit = objects * ENTRIES_AN_OBJECT;
  const { rows } = await knex.raw<{ rows: Row[] }>(selectChanges(filter), {
    ...{ after, objects, bytes, entryLimit, window },
    kinds: [...(filter.kinds ?? [])],
    countries: (filter.parties ?? []).map(({ countryCode }) => countryCode),
    parties: (filter.parties ?? []).map(({ partyId }) => partyId),
    ...filter.box,
  });
  const [facts] = rows;
  if (!facts) throw new Error('the table journal_head has no row: the database is not migrated, or damaged');
  if (after > facts.head) return { kind: 'ahead' };
  if (!facts.reaches_back) return { kind: 'forgotten' };
  const changes = rows.flatMap((row) => (row.sequence === null ? [] : [toChange(row, row.sequence)]));
  return { kind: 'changes', changes, upTo: upToOf(facts, changes, entryLimit), head: facts.head };
}

function upToOf(facts: Row, changes: readonly PublicChange[], entryLimit: number): number {
  const last = changes.at(-1);
  if (last && changes.length < facts.objects) return last.sequence;
  return facts.entries === entryLimit && facts.last_entry !== null ? facts.last_entry : facts.window_end;
}

function toChange(row: Row, sequence: number): PublicChange {
  const { present_id: objectId, document, changed_at: changedAt } = row;
  return {
    sequence,
    kind: row.is_tariff ? 'tariff' : row.only_statuses ? 'status' : 'location',
    owner: { countryCode: row.country_code, partyId: row.party_id },
    objectId: row.object_id,
    formerIds: [...new Set(row.former_ids ?? [])],
    present: objectId === null ? null : { objectId, document, changedAt },
  };
}

/** Whether a point is in the box. */
function within(point: string, { west, east }: Box): string {
  const longitudes =
    west <= east
      ? `st_x(${point}) between :west and :east`
      : `(st_x(${point}) >= :west or st_x(${point}) <= :east)`;
  return `${longitudes} and st_y(${point}) between :south and :north`;
}

function conditions({ parties, kinds, box }: ChangeFilter): string {
  const all: string[] = [];
  if (kinds) all.push('change.kind = any(cast(:kinds as text[]))');
  if (parties) {
    all.push(`(change.country_code, change.party_id) in (
                select * from unnest(cast(:countries as text[]), cast(:parties as text[])))`);
  }
  if (box) {
    all.push(`change.kind <> 'tariff'`);
    // A value, for which Locations are looked up one by one; 'exists' would make the planner go through all of them.
    all.push(`(${within('change.moved_from', box)}
               or (select ${IS_SHOWN.locations} and ${within('location.geometry', box)}
                     from location
                    where location.id = change.object))`);
  }
  return all.map((condition) => `\n          and ${condition}`).join('');
}

function selectChanges(filter: ChangeFilter): string {
  return `
with head as materialized (
       select journal_head.sequence as head,
              least(journal_head.sequence, cast(:after as bigint) + :window) as window_end,
              ${REACHES_BACK('cast(:after as bigint)', 'journal_head.sequence')} as reaches_back
         from journal_head
     ),
     entry as materialized (
       select change.sequence, change.kind, change.object, change.country_code, change.party_id,
              change.object_id, change.renamed_from
         from change
        where change.sequence > :after
          and change.sequence <= (select head.window_end from head)
          and change.public${conditions(filter)}
        order by change.sequence
        limit :entryLimit
     ),
     told as (
       select entry.kind = 'tariff' as is_tariff, entry.object, entry.country_code, entry.party_id,
              max(entry.sequence) as sequence,
              bool_and(entry.kind = 'status') as only_statuses,
              (array_agg(entry.object_id order by entry.sequence desc))[1] as object_id,
              array_agg(entry.renamed_from) filter (where entry.renamed_from is not null) as former_ids,
              count(*) over () as objects
         from entry
        group by entry.kind = 'tariff', entry.object, entry.country_code, entry.party_id
        order by max(entry.sequence)
        limit :objects
     ),
     present as (
       select told.*,
              coalesce(location.location_id, tariff.tariff_id) as present_id,
              coalesce(${PUBLISHED_DOCUMENT.locations}, ${PUBLISHED_DOCUMENT.tariffs}) as document,
              coalesce(location.changed_at, tariff.changed_at) as changed_at
         from told
         left join location
           on not told.is_tariff
          and location.id = told.object
          and ${IS_SHOWN.locations}${filter.box ? `\n          and ${within('location.geometry', filter.box)}` : ''}
         left join tariff
           on told.is_tariff
          and tariff.id = told.object
          and ${IS_SHOWN.tariffs}
     ),
     measured as (
       select present.*,
              sum(coalesce(octet_length(present.document), 0)) over (order by present.sequence)
              - coalesce(octet_length(present.document), 0) as bytes_before
         from present
     )
select head.head, head.window_end, head.reaches_back,
       (select count(*) from entry) as entries,
       (select max(entry.sequence) from entry) as last_entry,
       coalesce(measured.objects, 0) as objects, measured.sequence, measured.is_tariff, measured.only_statuses,
       measured.country_code, measured.party_id, measured.object_id, measured.former_ids, measured.present_id,
       measured.document, measured.changed_at
  from head
  left join measured
    on measured.bytes_before < :bytes
 order by measured.sequence`;
}
