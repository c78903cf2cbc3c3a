/**
 * A page of a Sender list: Locations or Tariffs in the order of their creation in the registry (LS-08).
 *
 * Guarantees: a page that is asked for by position (`after`) costs the same at any depth and neither skips nor
 * repeats an object while others change. With the registry's clock, what commits after the first page was asked
 * for has a later time than that moment (decision D-1), so the next `date_from` finds it.
 *
 * Who is in a list: without `dateFrom`, Locations that are published and have an EVSE left; with it, also
 * those that expired or were withdrawn, the latter as their last public state with every EVSE REMOVED
 * (LS-18, LS-20). Never those that were never published. Tariffs that the version of the list cannot express are
 * neither listed nor counted (LS-06, LS-11).
 */
import type { Knex } from 'knex';
import type { Clock, Module, Owner } from '../model.ts';
import { settle } from '../registry/journal.ts';
import type { TariffObstacle } from '../registry/tariff-obstacles.ts';
import { type StoredDocument, type StoredDocumentRow, storedDocument } from './stored-object.ts';

/** Which Tariffs the version of a list can express. */
export interface TariffLimits {
  /** What the version has no words for. */
  readonly obstacles: readonly TariffObstacle[];
  /** Set when the version cannot say when a Tariff is valid: those that are valid at this moment are listed. */
  readonly validAt: Date | null;
}

export interface SenderQuery {
  readonly module: Module;
  /** What `dateFrom` (inclusive) and `dateTo` (exclusive) select on: LS-01, D-1. */
  readonly clock: Clock;
  readonly dateFrom?: Date | undefined;
  readonly dateTo?: Date | undefined;
  readonly offset: number;
  readonly limit: number;
  /** Position from an earlier page; counts instead of the offset. */
  readonly after?: number | undefined;
  readonly owner?: Owner | undefined;
  /** Of no consequence for Locations; unless told, every Tariff is listed. */
  readonly tariffLimits?: TariffLimits | undefined;
}

export interface SenderPage {
  readonly objects: StoredDocument[];
  /** Matches regardless of offset and limit (LS-06). */
  readonly total: number;
  /** Position after this page, null on the last one. */
  readonly next: number | null;
}

/** Reads one page. */
export async function readSenderPage(knex: Knex, query: SenderQuery): Promise<SenderPage> {
  if (query.clock === 'registry' && query.after === undefined) {
    await settle(knex);
  }
  const { condition, bindings } = selection(query);
  // Of the whole list, a page is read along the key and only the count goes through it all; what dates select is found
  // once for both, since it need not be near in the order of the key.
  const isWhole = !query.dateFrom && !query.dateTo;
  const { rows } = await knex.raw<{ rows: (StoredDocumentRow & { total: number })[] }>(
    `with matching as ${isWhole ? 'not materialized' : 'materialized'} (
       select ${query.module === 'locations' ? 'location' : 'tariff'}.id
         from ${query.module === 'locations' ? 'location' : 'tariff'}
        where ${condition}
     ),
     page as (
       select matching.id
         from matching
        where matching.id > ?
        order by matching.id
       offset ?
        limit ?
     )
     select (select count(*) from matching) as total, object.*
       from (select 1) as one
       left join (${objectsOfPage(query.module)}) as object on true
      order by object.id`,
    [...bindings, query.after ?? 0, query.after === undefined ? query.offset : 0, query.limit + 1],
  );
  const found = rows.filter((row) => row.id !== null);
  const objects = found.slice(0, query.limit).map(storedDocument);
  return {
    objects,
    total: rows[0]?.total ?? 0,
    next: found.length > query.limit ? (objects.at(-1)?.id ?? null) : null,
  };
}

function objectsOfPage(module: Module): string {
  return module === 'locations'
    ? `select location.id, location.country_code, location.party_id, location.location_id as object_id,
              coalesce(location.withdrawn_document, location.document) as document,
              -- What is known of the document says nothing of the last public state.
              case when location.withdrawn_document is null then location.as_stored else '{}' end as as_stored,
              location.last_updated
         from location
         join page on page.id = location.id`
    : `select tariff.id, tariff.country_code, tariff.party_id, tariff.tariff_id as object_id,
              tariff.document, '{}'::text[] as as_stored, tariff.last_updated
         from tariff
         join page on page.id = tariff.id`;
}

function selection(query: SenderQuery): { condition: string; bindings: Binding[] } {
  const table = query.module === 'locations' ? 'location' : 'tariff';
  const time = momentOf(query);
  const conditions: string[] = [];
  const bindings: Binding[] = [];
  if (query.module === 'locations') {
    conditions.push(
      query.dateFrom
        ? '(location.publish and not location.withheld or location.withdrawn_document is not null)'
        : 'location.public',
    );
  } else if (query.tariffLimits) {
    conditions.push('not tariff.obstacles && ?::text[]');
    bindings.push([...query.tariffLimits.obstacles]);
    const { validAt } = query.tariffLimits;
    if (validAt) {
      conditions.push(
        '(tariff.start_date_time is null or tariff.start_date_time <= ?)',
        '(tariff.end_date_time is null or tariff.end_date_time > ?)',
      );
      bindings.push(validAt, validAt);
    }
  }
  if (query.module === 'tariffs') {
    conditions.push('not tariff.withheld');
  }
  const dates: string[] = [];
  if (query.dateFrom) {
    dates.push(`${time} >= ?`);
    bindings.push(query.dateFrom);
  }
  if (query.dateTo) {
    dates.push(`${time} < ?`);
    bindings.push(query.dateTo);
  }
  if (dates.length > 0) {
    const chosen = dates.join(' and ');
    conditions.push(
      query.module === 'locations'
        ? `location.id in (select location_time.location from location_time where ${chosen})`
        : chosen,
    );
  }
  if (query.owner) {
    conditions.push(`${table}.country_code = ? and ${table}.party_id = ?`);
    bindings.push(query.owner.countryCode, query.owner.partyId);
  }
  return { condition: conditions.join('\n          and ') || 'true', bindings };
}

type Binding = string | Date | string[];

/**
 * What the dates select on; of Locations in a table of its own (`0018-cheap-statuses.ts`). A Tariff that is listed only
 * while it is valid comes into the list by the registry's clock when its time begins, whenever it was changed:
 * otherwise no incremental pull would ever bring it (D-1).
 */
function momentOf({ module, clock, tariffLimits }: SenderQuery): string {
  if (module === 'locations') {
    return clock === 'registry' ? 'location_time.changed_at' : 'location_time.last_updated';
  }
  if (clock === 'object') return 'tariff.last_updated';
  return tariffLimits?.validAt ? 'greatest(tariff.changed_at, tariff.start_date_time)' : 'tariff.changed_at';
}
