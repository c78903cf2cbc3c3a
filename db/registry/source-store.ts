/**
 * What is pulled on a schedule: settings, state, and who is pulling it at the moment.
 *
 * Guarantees: a source, its parties and its voices appear and go together, in one short transaction; of two who
 * claim a source at once one gets it (`source-claim.ts`), and only who holds the claim writes how the run ended;
 * the partner's token is stored sealed, as the caller hands it in.
 *
 * Fails with NameTakenError for a name that is in use, with VoiceTakenError for a party that another speaks for.
 */
import type { Knex } from 'knex';
import type { Database } from '../connection.ts';
import type { Module, Owner, Strictness } from '../model.ts';
import type { RunState, Source } from '../partner-model.ts';
import { NameTakenError } from './connection-store.ts';
import { type Claim, type ClaimingProcess, isVoid, makeClaim, THIS_PROCESS } from './source-claim.ts';
import { DEFAULT_FULL_SCHEDULE, DEFAULT_SCHEDULE, DEFAULT_SHRINK_LIMIT } from './source-defaults.ts';
import { registerVoices, type VoiceStore } from './voice-store.ts';

/** A source to be. */
export interface NewSource {
  readonly name: string;
  readonly kind: string;
  readonly connectionId?: number | null | undefined;
  readonly url?: string | null | undefined;
  readonly options?: Readonly<Record<string, unknown>> | undefined;
  readonly sealedToken?: string | null | undefined;
  /** Unless told, it is found out at each pull. */
  readonly version?: string | undefined;
  readonly strictness?: Strictness | undefined;
  readonly schedule?: string | undefined;
  readonly fullSchedule?: string | undefined;
  readonly shrinkLimit?: number | undefined;
  /** Owners that it speaks for; their voices are registered, unless it speaks for a connection. */
  readonly parties?: readonly Owner[] | undefined;
  /** Which modules it brings, as its adapter says: voices are given for these. */
  readonly modules?: readonly Module[] | undefined;
}

/** What may be changed afterwards. */
export type SourceChanges = Partial<
  Pick<
    NewSource,
    'url' | 'options' | 'sealedToken' | 'version' | 'strictness' | 'schedule' | 'fullSchedule' | 'shrinkLimit'
  >
>;

/** How a run ended, for the source's row. */
export interface SourceResult {
  readonly state: Exclude<RunState, 'running'>;
  readonly full: boolean;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly problem: string | null;
  /** The partner refused our token (PC-10). */
  readonly broken: boolean;
  /** The run was stopped by us: that is no failure of the source. */
  readonly stopped: boolean;
  readonly memory: Readonly<Record<string, unknown>>;
}

export interface SourceStore {
  /** @throws NameTakenError, VoiceTakenError; then nothing is changed */
  add(source: NewSource): Promise<Source>;
  /** All, by name. */
  list(): Promise<Source[]>;
  findByName(name: string): Promise<Source | undefined>;
  findById(id: number): Promise<Source | undefined>;
  /** Changes settings; a broken source counts as mended. Undefined when there is no such source. */
  set(id: number, changes: SourceChanges): Promise<Source | undefined>;
  /** Its runs, voices and refused records go with it; its Locations and Tariffs stay. */
  remove(id: number): Promise<boolean>;
  /** Claims it for a pull that starts now; null while another pull goes on. */
  noteStart(id: number): Promise<Claim | null>;
  /** Says that the pull goes on. False when the claim is lost: then the pull must end. */
  renew(id: number, claim: Claim): Promise<boolean>;
  /** Writes how the pull ended and lets the claim go. False when the claim was lost: then nothing is written. */
  noteEnd(id: number, claim: Claim, result: SourceResult): Promise<boolean>;
  /** The partner refused our token: no more pulls by schedule until a person acts. */
  markBroken(id: number, reason: string): Promise<void>;
  /** Frees the sources that a dead process left `running`; gives their ids. */
  releaseVoidClaims(): Promise<number[]>;
}

const MODULES: readonly Module[] = ['locations', 'tariffs'];

/** Of PostgreSQL: a unique constraint is violated. */
const UNIQUE_VIOLATION = '23505';

/** Characters of an error that are kept. */
const PROBLEM_LIMIT = 2_000;

/** The claim stands in the adapter's memory under a name of its own, and is not shown there. */
interface SourceRow {
  id: number;
  name: string;
  kind: string;
  connection_id: number | null;
  url: string | null;
  options: Record<string, unknown>;
  sealed_token: string | null;
  version: string | null;
  strictness: Strictness;
  schedule: string;
  full_schedule: string;
  shrink_limit: number;
  state: Source['state'];
  last_started_at: Date | null;
  last_finished_at: Date | null;
  last_good_started_at: Date | null;
  last_full_at: Date | null;
  last_error: string | null;
  consecutive_failures: number;
  broken_at: Date | null;
  memory: Record<string, unknown> & { claim?: Claim };
  parties: { countryCode: string; partyId: string }[];
}

const SELECT = `
  select source.*,
         coalesce(
           (select jsonb_agg(
                     jsonb_build_object('countryCode', party.country_code, 'partyId', party.party_id)
                     order by party.country_code, party.party_id)
              from source_party as party
             where party.source_id = source.id),
           '[]'
         ) as parties
    from source`;

/** Makes the store of this process. */
export function createSourceStore(parts: {
  database: Pick<Database, 'engine' | 'knex'>;
  voices: Pick<VoiceStore, 'forget'>;
  clock: () => Date;
  /** For tests of several processes. */
  process?: ClaimingProcess;
}): SourceStore {
  const { voices, clock, process: us = THIS_PROCESS } = parts;
  const { engine, knex } = parts.database;
  const isVoidNow = (claim: Claim) => isVoid(claim, us, engine === 'embedded', clock());

  async function change<T>(work: (transaction: Knex.Transaction) => Promise<T>): Promise<T> {
    try {
      return await knex.transaction(work);
    } finally {
      voices.forget();
    }
  }

  async function findById(id: number): Promise<Source | undefined> {
    const [row] = await select(knex, 'where source.id = ?', [id]);
    return row && fromRow(row);
  }

  return {
    add: (source) => change((transaction) => insert(transaction, source, clock())),
    async list() {
      return (await select(knex, 'order by source.name')).map(fromRow);
    },
    async findByName(name) {
      const [row] = await select(knex, 'where source.name = ?', [name]);
      return row && fromRow(row);
    },
    findById,
    async set(id, changes) {
      const columns = { ...settingColumns(changes), broken_at: null };
      await knex('source').where({ id }).update(columns);
      return findById(id);
    },
    remove: (id) => change(async (transaction) => (await transaction('source').where({ id }).delete()) > 0),

    async noteStart(id) {
      const now = clock();
      const claim = makeClaim(us, now);
      const [row] = await select(knex, 'where source.id = ?', [id]);
      const standing = row?.state === 'running' ? row.memory.claim : undefined;
      if (standing && !isVoidNow(standing)) return null;
      // Whoever was faster has put another claim there in the meantime.
      const { rows } = await knex.raw<{ rows: { id: number }[] }>(
        `update source
            set state           = 'running',
                last_started_at = ?,
                memory          = jsonb_set(source.memory, '{claim}', ?::jsonb)
          where source.id = ?
            and (source.state <> 'running' or source.memory #>> '{claim,pull}' is not distinct from ?::text)
         returning source.id`,
        [now, JSON.stringify(claim), id, standing?.pull ?? null],
      );
      return rows.length > 0 ? claim : null;
    },
    async renew(id, claim) {
      const { rows } = await knex.raw<{ rows: { id: number }[] }>(
        `update source
            set memory = jsonb_set(source.memory, '{claim,at}', to_jsonb(?::text))
          where source.id = ?
            and source.memory #>> '{claim,pull}' = ?
         returning source.id`,
        [clock().toISOString(), id, claim.pull],
      );
      return rows.length > 0;
    },
    async noteEnd(id, claim, result) {
      const { rows } = await knex.raw<{ rows: { id: number }[] }>(END, endBindings(id, claim, result));
      return rows.length > 0;
    },
    async markBroken(id, reason) {
      await knex('source')
        .where({ id })
        .update({ broken_at: clock(), last_error: reason.slice(0, PROBLEM_LIMIT) });
    },
    async releaseVoidClaims() {
      const released: number[] = [];
      for (const row of await select(knex, `where source.state = 'running'`)) {
        const { claim } = row.memory;
        if (claim && !isVoidNow(claim)) continue;
        const { rows } = await knex.raw<{ rows: { id: number }[] }>(
          `update source
              set state            = 'failed',
                  last_finished_at = ?,
                  last_error       = 'the process that pulled it ended',
                  memory           = source.memory - 'claim'
            where source.id = ?
              and source.memory #>> '{claim,pull}' is not distinct from ?::text
           returning source.id`,
          [clock(), row.id, claim?.pull ?? null],
        );
        released.push(...rows.map(({ id }) => id));
      }
      return released;
    },
  };
}

/** PC-07: a run that did not end `complete` does not move the start of the next incremental one. */
const END = `
update source
   set state                = ?::text,
       last_finished_at     = ?::timestamptz,
       last_error           = ?::text,
       last_good_started_at = case when ?::boolean then ?::timestamptz else source.last_good_started_at end,
       last_full_at         = case when ?::boolean then ?::timestamptz else source.last_full_at end,
       consecutive_failures = case ?::text when 'zero' then 0
                                           when 'more' then source.consecutive_failures + 1
                                           else source.consecutive_failures end,
       broken_at            = case ?::text when 'broken' then ?::timestamptz
                                           when 'mended' then null
                                           else source.broken_at end,
       memory               = ?::jsonb
 where source.id = ?
   and source.memory #>> '{claim,pull}' = ?
returning source.id`;

function endBindings(id: number, claim: Claim, result: SourceResult): Knex.RawBinding[] {
  const { state, full, startedAt, finishedAt, problem, broken, stopped, memory } = result;
  const isComplete = state === 'complete';
  const heldEverything = isComplete || state === 'held';
  return [
    state,
    finishedAt,
    problem === null ? null : problem.slice(0, PROBLEM_LIMIT),
    isComplete,
    startedAt,
    full && heldEverything,
    startedAt,
    heldEverything ? 'zero' : stopped ? 'same' : 'more',
    broken ? 'broken' : heldEverything ? 'mended' : 'same',
    finishedAt,
    JSON.stringify(memory),
    id,
    claim.pull,
  ];
}

async function select(knex: Knex, condition = '', bindings: Knex.RawBinding[] = []): Promise<SourceRow[]> {
  const { rows } = await knex.raw<{ rows: SourceRow[] }>(`${SELECT} ${condition}`, bindings);
  return rows;
}

async function insert(transaction: Knex.Transaction, added: NewSource, now: Date): Promise<Source> {
  const { name, kind, connectionId = null, parties = [], modules = MODULES } = added;
  let id: number;
  try {
    const [row] = await transaction('source')
      .insert({
        name,
        kind,
        connection_id: connectionId,
        created_at: now,
        ...settingColumns({
          ...added,
          schedule: added.schedule ?? DEFAULT_SCHEDULE,
          fullSchedule: added.fullSchedule ?? DEFAULT_FULL_SCHEDULE,
          shrinkLimit: added.shrinkLimit ?? DEFAULT_SHRINK_LIMIT,
        }),
      })
      .returning<{ id: number }[]>('id');
    id = (row as { id: number }).id;
  } catch (error) {
    throw nameTaken(error, name) ?? error;
  }
  await transaction.raw(
    `insert into source_party (source_id, country_code, party_id)
     select distinct ?::bigint, upper(party.country_code), upper(party.party_id)
       from unnest(?::text[], ?::text[]) as party (country_code, party_id)`,
    [id, parties.map(({ countryCode }) => countryCode), parties.map(({ partyId }) => partyId)],
  );
  // One that pulls from a connection speaks with that connection's voice (CRED-22).
  if (connectionId === null) await registerVoices(transaction, parties, { kind: 'source', id }, modules);
  const [row] = await select(transaction, 'where source.id = ?', [id]);
  return fromRow(row as SourceRow);
}

function settingColumns(settings: SourceChanges): Record<string, unknown> {
  const columns = {
    url: settings.url,
    options: settings.options && JSON.stringify(settings.options),
    sealed_token: settings.sealedToken,
    version: settings.version,
    strictness: settings.strictness,
    schedule: settings.schedule,
    full_schedule: settings.fullSchedule,
    shrink_limit: settings.shrinkLimit,
  };
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined));
}

function nameTaken(error: unknown, name: string): Error | undefined {
  const { code, constraint } = error as { code?: string; constraint?: string };
  if (code !== UNIQUE_VIOLATION || constraint !== 'source_name_unique') return undefined;
  return new NameTakenError(
    `There is a source ${name} already. Take another name, or remove it with "nap source remove ${name}".`,
  );
}

function fromRow(row: SourceRow): Source {
  const { claim: _claim, ...memory } = row.memory;
  return {
    id: row.id,
    name: row.name,
    kind: row.kind,
    connectionId: row.connection_id,
    url: row.url,
    options: row.options,
    sealedToken: row.sealed_token,
    version: row.version,
    strictness: row.strictness,
    schedule: row.schedule,
    fullSchedule: row.full_schedule,
    shrinkLimit: row.shrink_limit,
    parties: row.parties,
    state: row.state,
    lastStartedAt: row.last_started_at,
    lastFinishedAt: row.last_finished_at,
    lastGoodStartedAt: row.last_good_started_at,
    lastFullAt: row.last_full_at,
    lastError: row.last_error,
    consecutiveFailures: row.consecutive_failures,
    brokenAt: row.broken_at,
    memory,
  };
}
