/**
 * Webhooks: whom the findings of a connection's parties are told to, and what each was told.
 *
 * What it knows to be open is kept finding by finding, and compared with what is open: a finding that commits late is
 * told late and never passed over, and one that opened and closed between two looks is nobody's business.
 */
import type { Knex } from 'knex';
import { FINDING_COLUMNS, type OpenFinding, WAIVER_COLUMNS } from '../reads/quality-findings.ts';
import { dayOf, waiverOf } from '../reads/quality-scope.ts';

export interface FindingWebhook {
  readonly connectionId: number;
  readonly connection: string;
  readonly url: string;
  readonly sealedSecret: string;
  readonly failures: number;
  readonly nextTryAt: Date | null;
  /** No more tries until a person sets it anew. */
  readonly brokenAt: Date | null;
  readonly lastError: string | null;
  readonly lastSuccessAt: Date | null;
  readonly createdAt: Date;
}

/** A finding of a party. */
export interface ToldFinding extends OpenFinding {
  readonly country_code: string;
  readonly party_id: string;
  readonly closed_at: Date | null;
}

export interface FindingNews {
  readonly opened: readonly ToldFinding[];
  readonly closed: readonly ToldFinding[];
}

/** How a round ended. */
export type DeliveryEnd =
  | { readonly kind: 'told' }
  | { readonly kind: 'failed'; readonly error: string; readonly nextTryAt: Date; readonly isBroken: boolean };

export interface FindingWebhookStore {
  find(connectionId: number): Promise<FindingWebhook | undefined>;
  /** Another URL keeps what was told; a broken one counts as mended. */
  set(connectionId: number, url: string, sealedSecret: string): Promise<void>;
  remove(connectionId: number): Promise<boolean>;
  /** Those that may be told something now. */
  due(): Promise<FindingWebhook[]>;
  /** What it does not know yet: so many opened, so many closed at most. */
  news(connectionId: number, limit: number): Promise<FindingNews>;
  /** False when another process is at it. A claim ends by itself after so many milliseconds. */
  claim(connectionId: number, forMs: number): Promise<boolean>;
  /** It knows these now. */
  noteTold(connectionId: number, news: FindingNews): Promise<void>;
  /** Lets go of the claim. */
  end(connectionId: number, end: DeliveryEnd): Promise<void>;
}

interface Row {
  connection_id: number;
  connection: string;
  url: string;
  sealed_secret: string;
  failures: number;
  next_try_at: Date | null;
  broken_at: Date | null;
  last_error: string | null;
  last_success_at: Date | null;
  created_at: Date;
}

const SELECT = `
  select w.connection_id, connection.name as connection, w.url, w.sealed_secret, w.failures, w.next_try_at,
         w.broken_at, w.last_error, w.last_success_at, w.created_at
    from finding_webhook as w
    join connection
      on connection.id = w.connection_id`;

/** Makes the store of this process. */
export function createFindingWebhookStore(parts: { knex: Knex; clock: () => Date }): FindingWebhookStore {
  const { knex, clock } = parts;
  const select = async (condition: string, bindings: unknown[]) => {
    const { rows } = await knex.raw<{ rows: Row[] }>(`${SELECT} ${condition}`, bindings as never);
    return rows.map(webhookOf);
  };
  return {
    find: async (id) => (await select('where w.connection_id = ?', [id]))[0],
    async set(id, url, sealedSecret) {
      await knex.raw(SET, [id, url, sealedSecret, clock()]);
    },
    remove: async (id) => (await knex('finding_webhook').where({ connection_id: id }).delete()) > 0,
    due: () =>
      select(
        `where w.broken_at is null
            and (w.next_try_at is null or w.next_try_at <= ?)
            and (w.busy_until is null or w.busy_until <= ?)
          order by w.connection_id`,
        [clock(), clock()],
      ),
    news: (id, limit) => readNews(knex, id, limit, clock()),
    async claim(id, forMs) {
      const now = clock();
      const { rows } = await knex.raw<{ rows: unknown[] }>(
        `update finding_webhook as w
            set busy_until = ?
          where w.connection_id = ?
            and (w.busy_until is null or w.busy_until <= ?)
         returning w.connection_id`,
        [new Date(now.getTime() + forMs), id, now],
      );
      return rows.length > 0;
    },
    async noteTold(id, { opened, closed }) {
      await knex.raw(NOTE_TOLD, [
        id,
        closed.map((finding) => finding.id),
        id,
        opened.map(({ id: own }) => own),
      ]);
    },
    async end(id, end) {
      const columns =
        end.kind === 'told'
          ? { failures: 0, next_try_at: null, last_error: null, last_success_at: clock() }
          : {
              failures: knex.raw('failures + 1'),
              next_try_at: end.nextTryAt,
              last_error: end.error,
              ...(end.isBroken ? { broken_at: clock() } : {}),
            };
      await knex('finding_webhook')
        .where({ connection_id: id })
        .update({ ...columns, busy_until: null });
    },
  };
}

const SET = `
insert into finding_webhook (connection_id, url, sealed_secret, created_at)
values (?, ?, ?, ?)
on conflict (connection_id) do update
   set url           = excluded.url,
       sealed_secret = excluded.sealed_secret,
       failures      = 0,
       next_try_at   = null,
       broken_at     = null,
       last_error    = null`;

/** A finding that has gone meanwhile (its object's, with its party) is known to nobody. */
const NOTE_TOLD = `
with forgotten as (
       delete from finding_told
        where finding_told.connection_id = ?
          and finding_told.finding = any(?::bigint[])
     )
insert into finding_told (connection_id, finding)
select w.connection_id, finding.id
  from finding_webhook as w
  join finding
    on w.connection_id = ?
   and finding.id = any(?::bigint[])
on conflict do nothing`;

async function readNews(knex: Knex, id: number, limit: number, now: Date): Promise<FindingNews> {
  const { rows: opened } = await knex.raw<{ rows: ToldFinding[] }>(
    `select finding.country_code, finding.party_id, finding.closed_at,${FINDING_COLUMNS},${WAIVER_COLUMNS}
       from connection_party as party
       join finding
         on finding.country_code = party.country_code
        and finding.party_id = party.party_id
        and finding.closed_at is null${waiverOf('finding.rule', 'finding')}
      where party.connection_id = ?
        and not exists (select from finding_told as told
                         where told.connection_id = party.connection_id
                           and told.finding = finding.id)
      order by finding.id
      limit ?`,
    [dayOf(now), id, limit],
  );
  const { rows: closed } = await knex.raw<{ rows: ToldFinding[] }>(
    `select finding.country_code, finding.party_id, finding.closed_at,${FINDING_COLUMNS},${WAIVER_COLUMNS}
       from finding_told as told
       join finding
         on finding.id = told.finding
       join connection_party as party
         on party.connection_id = told.connection_id
        and party.country_code = finding.country_code
        and party.party_id = finding.party_id${waiverOf('finding.rule', 'finding')}
      where told.connection_id = ?
        and finding.closed_at is not null
      order by finding.id
      limit ?`,
    [dayOf(now), id, limit],
  );
  return { opened, closed };
}

function webhookOf(row: Row): FindingWebhook {
  return {
    connectionId: row.connection_id,
    connection: row.connection,
    url: row.url,
    sealedSecret: row.sealed_secret,
    failures: row.failures,
    nextTryAt: row.next_try_at,
    brokenAt: row.broken_at,
    lastError: row.last_error,
    lastSuccessAt: row.last_success_at,
    createdAt: row.created_at,
  };
}
