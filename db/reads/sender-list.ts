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
import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import { type CopiedColumns, copyOut } from '../copy-out.ts';
import type { Clock, Module, Owner } from '../model.ts';
import type { OcpiVersion } from '../ocpi-version.ts';
import { settle } from '../registry/journal.ts';
import type { TariffObstacle } from '../registry/tariff-obstacles.ts';
import { MARK } from './locations-mark.ts';

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
  /** In which the page will be said; unless told, nothing is said to pass as it is stored. */
  readonly version?: OcpiVersion | undefined;
}

/** An object of a page. */
export interface ListedObject {
  readonly id: number;
  readonly owner: Owner;
  /** JSON text in the registry's vocabulary. */
  readonly document: Buffer;
  /** That text may go out in the version that was asked for, unparsed. */
  readonly passes: boolean;
}

export interface SenderPage {
  readonly objects: ListedObject[];
  /** Matches regardless of offset and limit (LS-06). */
  readonly total: number;
  /** Position after this page, null on the last one. */
  readonly next: number | null;
  /** As in `PageState`; reckoned when it is asked for. */
  readonly stamp: () => string;
}

/** What a page is now, without its documents. */
export interface PageState {
  readonly total: number;
  /** Says which objects the page has and in which version of their rows, and whether another page follows. */
  readonly stamp: string;
  /** As long as it is the same, so is the rest: see `locations-mark.ts`. */
  readonly mark: string;
}

/** A part of a statement with what is bound in it. */
interface Fragment {
  readonly sql: string;
  readonly bindings: readonly Binding[];
}

type Binding = string | number | readonly string[];

/** Reads one page. */
export async function readSenderPage(knex: Knex, query: SenderQuery): Promise<SenderPage> {
  await settleBefore(knex, query);
  const rows = await copyOut(knex, pageQuery(knex, query), readRow);
  const objects = rows.slice(0, query.limit);
  return {
    objects,
    total: rows[0]?.total ?? (await countBeside(knex, query)),
    next: rows.length > query.limit ? (objects.at(-1)?.id ?? null) : null,
    stamp: () => stampOf(rows.map(({ version }) => version)),
  };
}

/** Whether a list is the whole one of Locations, whose pages have a state that costs less to read than they do. */
export function hasState(query: Pick<SenderQuery, 'module' | 'dateFrom' | 'dateTo'>): boolean {
  return query.module === 'locations' && !isDated(query);
}

/**
 * Reads what a page is now, all of one moment. One that was read under the same stamp, by this query, is what it would
 * be.
 */
export async function readPageState(knex: Knex, query: SenderQuery): Promise<PageState> {
  await settleBefore(knex, query);
  const total = countOf(query);
  const matching = selection(query);
  const { rows } = await knex.raw<{ rows: [{ total: number; mark: string; stamp: string | null }] }>(
    `select (${total.sql}) as total, ${MARK} as mark,
            encode(sha256(string_agg(page.version, '' order by page.id)), 'hex') as stamp
       from (
         select location.id, ${VERSION} as version
           from location
          where ${matching.sql}
            and location.id > ?
          order by location.id
         offset ?
          limit ?
       ) as page`,
    [...total.bindings, ...matching.bindings, ...placeOf(query)] as Knex.RawBinding[],
  );
  const [state] = rows;
  return { ...state, stamp: state.stamp ?? stampOf([]) };
}

/**
 * Which version of which row: the transaction that wrote it, and when. Numbers of transactions return after four
 * billion, and those that a failed primary took with it are given again: hence the time.
 */
const VERSION = 'int8send(location.id) || xidsend(location.xmin) || timestamptz_send(location.received_at)';

/** As `readPageState` has it. */
function stampOf(versions: readonly Buffer[]): string {
  return createHash('sha256').update(Buffer.concat(versions)).digest('hex');
}

/** What every look at a list begins with, also one that tells only whether it is as it was: see `settle`. */
export async function settleBefore(
  knex: Knex,
  { clock, after }: Pick<SenderQuery, 'clock' | 'after'>,
): Promise<void> {
  if (clock === 'registry' && after === undefined) await settle(knex);
}

/** After which position a page begins, how many are left out from there, and one more than its length. */
function placeOf({ after, offset, limit }: SenderQuery): number[] {
  return [after ?? 0, after === undefined ? offset : 0, limit + 1];
}

/**
 * Of the whole list, a page is read along the key; what dates select is found once for the page and the count, since it
 * need not be near in the order of the key. One more row than the page has tells whether there is another page.
 */
function pageQuery(knex: Knex, query: SenderQuery): Knex.Raw {
  const table = TABLES[query.module];
  const matching = selection(query);
  const total = countOf(query);
  const object = objectOf(query);
  const place = placeOf(query);
  if (!isDated(query)) {
    return knex.raw(
      `select (${total.sql}) as total, ${object.sql}
         from ${table}
        where ${matching.sql}
          and ${table}.id > ?
        order by ${table}.id
       offset ?
        limit ?`,
      [...total.bindings, ...object.bindings, ...matching.bindings, ...place] as Knex.RawBinding[],
    );
  }
  return knex.raw(
    `with matching as materialized (
       select ${table}.id
         from ${table}
        where ${matching.sql}
     ),
     page as (
       select matching.id
         from matching
        where matching.id > ?
        order by matching.id
       offset ?
        limit ?
     )
     select (select count(*) from matching) as total, ${object.sql}
       from page
       join ${table} on ${table}.id = page.id
      order by page.id`,
    [...matching.bindings, ...place, ...object.bindings] as Knex.RawBinding[],
  );
}

/** The total of a page that has no row to tell it. */
async function countBeside(knex: Knex, query: SenderQuery): Promise<number> {
  const isFromTheStart = query.after === undefined && query.offset === 0;
  if (isFromTheStart) return 0;
  const { sql, bindings } = countOf(query);
  const { rows } = await knex.raw<{ rows: { total: number }[] }>(
    `select (${sql}) as total`,
    bindings as Knex.RawBinding[],
  );
  return rows[0]?.total ?? 0;
}

/** How many match. The number of public Locations is kept: `0017-count-of-public-locations.ts`. */
function countOf(query: SenderQuery): Fragment {
  if (query.module === 'tariffs' || isDated(query)) {
    const { sql, bindings } = selection(query);
    return { sql: `select count(*) from ${TABLES[query.module]} where ${sql}`, bindings };
  }
  const owner = ownedBy(query.owner, 'kept');
  return {
    sql: `select coalesce(sum(kept.locations), 0)::bigint from public_location_count as kept where ${owner.sql}`,
    bindings: owner.bindings,
  };
}

const TABLES = { locations: 'location', tariffs: 'tariff' } as const satisfies Record<Module, string>;

/** The columns of `readRow`, after the total. */
function objectOf({ module, version }: SenderQuery): Fragment {
  if (module === 'tariffs') {
    return {
      sql: `tariff.id, tariff.country_code, tariff.party_id, false as passes, tariff.document, ''::bytea as version`,
      bindings: [],
    };
  }
  // What is known of the document says nothing of the last public state.
  return {
    sql: `location.id, location.country_code, location.party_id,
              location.withdrawn_document is null and ? = any(location.as_stored) as passes,
              coalesce(location.withdrawn_document, location.document) as document, ${VERSION} as version`,
    bindings: [version ?? ''],
  };
}

function readRow(columns: CopiedColumns): ListedObject & { total: number; version: Buffer } {
  return {
    total: columns.integer(),
    id: columns.integer(),
    owner: { countryCode: columns.text(), partyId: columns.text() },
    passes: columns.boolean(),
    document: columns.bytes(),
    version: columns.bytes(),
  };
}

function isDated({ dateFrom, dateTo }: Pick<SenderQuery, 'dateFrom' | 'dateTo'>): boolean {
  return dateFrom !== undefined || dateTo !== undefined;
}

function selection(query: SenderQuery): Fragment {
  const fragments = [...conditionsOf(query), ownedBy(query.owner, TABLES[query.module])];
  return {
    sql: fragments.map(({ sql }) => sql).join('\n          and '),
    bindings: fragments.flatMap(({ bindings }) => bindings),
  };
}

function* conditionsOf(query: SenderQuery): Generator<Fragment> {
  const { module, dateFrom, tariffLimits } = query;
  if (module === 'locations') {
    const isWithdrawnListed = dateFrom !== undefined;
    yield isWithdrawnListed
      ? condition('(location.publish and not location.withheld or location.withdrawn_document is not null)')
      : condition('location.public');
  } else {
    yield condition('not tariff.withheld');
    if (tariffLimits) yield* limitsOf(tariffLimits);
  }
  yield* datesOf(query);
}

function* datesOf(query: SenderQuery): Generator<Fragment> {
  const time = momentOf(query);
  const dates = [
    ...(query.dateFrom ? [condition(`${time} >= ?`, query.dateFrom.toISOString())] : []),
    ...(query.dateTo ? [condition(`${time} < ?`, query.dateTo.toISOString())] : []),
  ];
  if (query.module === 'tariffs') yield* dates;
  else if (dates.length > 0) yield ofLocationTime(dates);
}

/** The times of Locations stand in a narrow table of their own: `0018-cheap-statuses.ts`. */
function ofLocationTime(dates: readonly Fragment[]): Fragment {
  const chosen = dates.map(({ sql }) => sql).join(' and ');
  return {
    sql: `location.id in (select location_time.location from location_time where ${chosen})`,
    bindings: dates.flatMap(({ bindings }) => bindings),
  };
}

function* limitsOf({ obstacles, validAt }: TariffLimits): Generator<Fragment> {
  yield condition('not tariff.obstacles && ?::text[]', obstacles);
  if (!validAt) return;
  const now = validAt.toISOString();
  yield condition('(tariff.start_date_time is null or tariff.start_date_time <= ?)', now);
  yield condition('(tariff.end_date_time is null or tariff.end_date_time > ?)', now);
}

function ownedBy(owner: Owner | undefined, table: string): Fragment {
  if (!owner) return condition('true');
  return condition(`${table}.country_code = ? and ${table}.party_id = ?`, owner.countryCode, owner.partyId);
}

function condition(sql: string, ...bindings: Binding[]): Fragment {
  return { sql, bindings };
}

/**
 * What the dates select on. A Tariff that is listed only while it is valid comes into the list by the registry's clock
 * when its time begins, whenever it was changed: otherwise no incremental pull would ever bring it (D-1).
 */
function momentOf({ module, clock, tariffLimits }: SenderQuery): string {
  if (module === 'locations') {
    return clock === 'registry' ? 'location_time.changed_at' : 'location_time.last_updated';
  }
  if (clock === 'object') return 'tariff.last_updated';
  return tariffLimits?.validAt ? 'greatest(tariff.changed_at, tariff.start_date_time)' : 'tariff.changed_at';
}
