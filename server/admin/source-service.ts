/** The operator's wishes about sources. */

import { OCPI_VERSIONS } from '../../db/ocpi-version.ts';
import type { Connection, Source } from '../../db/partner-model.ts';
import type { ConnectionStore } from '../../db/registry/connection-store.ts';
import type { SourceStore } from '../../db/registry/source-store.ts';
import type { Adapter } from '../../ingest/adapter.ts';
import { cronProblem } from '../../ingest/cron.ts';
import { followsConnection } from '../../ingest/followed-connection.ts';
import { describeUrl } from '../../ingest/http/describe-url.ts';
import { type Puller, SourceBusyError, SourceNotFoundError } from '../../ingest/pull.ts';
import type { SecretBox } from '../secret-box.ts';
import { AdminError } from './admin-error.ts';
import { STRICTNESSES, TOKEN_FORMS } from './connection-service.ts';
import {
  type Field,
  formatParty,
  name,
  oneOf,
  optional,
  parties,
  readInput,
  share,
  text,
  token,
  urlOrPath,
  webUrl,
  withDefault,
} from './input.ts';
import type { AdminService, RunOptions, RunView, SourceView } from './service.ts';

type SourceMethods = Pick<
  AdminService,
  'addSource' | 'listSources' | 'setSource' | 'runSource' | 'removeSource'
>;

export interface SourceServiceParts {
  readonly sources: SourceStore;
  readonly connections: ConnectionStore;
  readonly puller: Puller;
  /** By kind. */
  readonly adapters: ReadonlyMap<string, Adapter>;
  readonly secretBox: SecretBox;
  /** After a source was added or removed. */
  readonly changed: () => Promise<void>;
  /** Aborted when this process stops: ends the runs that it was asked for. */
  readonly stopping: AbortSignal;
}

/** Milliseconds to wait for a scheduled run of the same source that is under way. */
const RUN_PATIENCE_MS = 10 * 60_000;

const cron: Field<string> = (value) => {
  const expression = text(value);
  const problem = cronProblem(expression);
  if (problem === null) return expression;
  throw new Error(problem);
};

const NEW_SOURCE = {
  name,
  kind: withDefault(text, 'ocpi'),
  url: optional(urlOrPath),
  connection: optional(name),
  locations_url: optional(webUrl),
  tariffs_url: optional(webUrl),
  module: optional(oneOf(['locations', 'tariffs'] as const)),
  version: optional(oneOf(OCPI_VERSIONS)),
  parties: withDefault(parties, []),
  token: optional(token),
  token_form: optional(oneOf(TOKEN_FORMS)),
  strictness: withDefault(oneOf(STRICTNESSES), 'report' as const),
  schedule: optional(cron),
  full_schedule: optional(cron),
  shrink_limit: optional(share),
};

/** Where it pulls from is not among these: what is remembered of the one place says nothing of another. */
const SETTINGS = {
  token: optional(token),
  token_form: optional(oneOf(TOKEN_FORMS)),
  version: optional(oneOf(OCPI_VERSIONS)),
  strictness: optional(oneOf(STRICTNESSES)),
  schedule: optional(cron),
  full_schedule: optional(cron),
  shrink_limit: optional(share),
};

export function createSourceService(parts: SourceServiceParts): SourceMethods {
  const { sources, connections, changed } = parts;
  return {
    addSource: (input) => addSource(parts, input),
    setSource: (wanted, input) => setSource(parts, wanted, input),
    runSource: (wanted, options) => runSource(parts, wanted, options),
    async listSources() {
      const [all, partners] = await Promise.all([sources.list(), connections.list()]);
      const names = new Map(partners.map((connection) => [connection.id, connection.name]));
      return all.map((source) => viewSource(source, names.get(source.connectionId ?? -1) ?? null));
    },
    async removeSource(wanted) {
      const { id, name: removed } = await find(parts, wanted);
      await sources.remove(id);
      await changed();
      return { removed };
    },
  };
}

async function addSource(parts: SourceServiceParts, input: object): Promise<SourceView> {
  const wish = readInput(input, NEW_SOURCE);
  const adapter = adapterOf(parts, wish.kind);
  const given = {
    locationsUrl: wish.locations_url,
    tariffsUrl: wish.tariffs_url,
    module: wish.module,
    tokenForm: wish.token_form,
  };
  const options = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const settings = { url: wish.url ?? null, options };
  const connection = wish.connection === undefined ? null : await findConnection(parts, wish.connection);
  const sealedToken = wish.token === undefined ? null : parts.secretBox.seal(wish.token);
  const follows = followsConnection({ ...settings, sealedToken, connectionId: connection?.id ?? null });
  if (follows && connection && !connection.peer) throw notRegistered(connection.name);
  // One that follows is told by its connection where to pull.
  const problems = follows && adapter.kind === 'ocpi' ? [] : adapter.validateOptions(settings);
  if (problems.length > 0) throw new AdminError('usage', problems.join(' '));
  const added = await parts.sources.add({
    ...settings,
    name: wish.name,
    kind: wish.kind,
    version: wish.version,
    connectionId: connection?.id ?? null,
    parties: wish.parties,
    modules: adapter.modulesOf(settings),
    sealedToken,
    strictness: wish.strictness,
    schedule: wish.schedule,
    fullSchedule: wish.full_schedule,
    shrinkLimit: wish.shrink_limit,
  });
  await parts.changed();
  return view(parts, added);
}

async function setSource(parts: SourceServiceParts, wanted: string, input: object): Promise<SourceView> {
  const wish = readInput(input, SETTINGS);
  if (Object.values(wish).every((value) => value === undefined)) {
    throw new AdminError('usage', `say what to change: ${Object.keys(SETTINGS).join(', ')}`);
  }
  const { id, options } = await find(parts, wanted);
  const { token_form: tokenForm } = wish;
  const set = await parts.sources.set(id, {
    version: wish.version,
    strictness: wish.strictness,
    schedule: wish.schedule,
    fullSchedule: wish.full_schedule,
    shrinkLimit: wish.shrink_limit,
    options: tokenForm === undefined ? undefined : { ...options, tokenForm },
    sealedToken: wish.token === undefined ? undefined : parts.secretBox.seal(wish.token),
  });
  await parts.changed();
  // Removed by somebody between the two.
  return view(parts, set ?? (await find(parts, wanted)));
}

async function runSource(parts: SourceServiceParts, wanted: string, options: RunOptions): Promise<RunView> {
  const { puller, stopping } = parts;
  const { full, onProgress } = options;
  const signal = options.signal ? AbortSignal.any([options.signal, stopping]) : stopping;
  await find(parts, wanted);
  try {
    return await puller.run(wanted, { full, signal, onProgress, patience: RUN_PATIENCE_MS });
  } catch (error) {
    if (error instanceof SourceNotFoundError) await find(parts, wanted);
    if (error instanceof SourceBusyError) throw new AdminError('conflict', error.message);
    // Ended by whoever asked, before the run began.
    if (signal.aborted) throw new AdminError('failed', 'The run was ended before it began.');
    throw error;
  }
}

async function find({ sources }: SourceServiceParts, wanted: string): Promise<Source> {
  const source = await sources.findByName(wanted);
  if (source) return source;
  throw new AdminError('unknown', `There is no source ${wanted}. "nap source list" shows those that are.`);
}

function adapterOf({ adapters }: SourceServiceParts, kind: string): Adapter {
  const adapter = adapters.get(kind);
  if (adapter) return adapter;
  throw new AdminError('usage', `kind must be one of ${[...adapters.keys()].join(', ')}, received "${kind}"`);
}

async function findConnection({ connections }: SourceServiceParts, wanted: string): Promise<Connection> {
  const connection = await connections.findByName(wanted);
  if (connection) return connection;
  throw new AdminError(
    'unknown',
    `There is no connection ${wanted}. "nap connection list" shows those that are.`,
  );
}

function notRegistered(name: string): AdminError {
  return new AdminError(
    'conflict',
    `The connection ${name} is not registered, so it does not say where to pull. Give --url, or wait for its handshake.`,
  );
}

async function view({ connections }: SourceServiceParts, source: Source): Promise<SourceView> {
  const { connectionId: id } = source;
  const partners = id === null ? [] : await connections.list();
  return viewSource(source, partners.find((connection) => connection.id === id)?.name ?? null);
}

/** A source as the operator sees it. */
export function viewSource(source: Source, connection: string | null): SourceView {
  const { options } = source;
  const shown = Object.entries(options).map(([option, value]) => [
    option,
    typeof value === 'string' && /url$/i.test(option) ? describeUrl(value) : value,
  ]);
  return {
    name: source.name,
    kind: source.kind,
    url: source.url === null ? null : describeUrl(source.url),
    connection,
    parties: source.parties.map(formatParty),
    version: source.version ?? negotiatedVersion(source),
    strictness: source.strictness,
    schedule: source.schedule,
    full_schedule: source.fullSchedule,
    // Kept as a float of four bytes: 0.2 would come back as 0.20000000298.
    shrink_limit: Number(source.shrinkLimit.toFixed(4)),
    options: Object.fromEntries(shown),
    has_token: source.sealedToken !== null,
    state: source.state,
    last_started_at: isoTime(source.lastStartedAt),
    last_finished_at: isoTime(source.lastFinishedAt),
    last_good_started_at: isoTime(source.lastGoodStartedAt),
    last_full_at: isoTime(source.lastFullAt),
    last_error: source.lastError,
    consecutive_failures: source.consecutiveFailures,
    broken_at: isoTime(source.brokenAt),
  };
}

/** What the last pull spoke, when nobody named a version (VER-09). */
function negotiatedVersion({ memory }: Source): string | null {
  return typeof memory.version === 'string' ? memory.version : null;
}

function isoTime(time: Date | null): string | null {
  return time === null ? null : time.toISOString();
}
