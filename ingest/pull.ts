/**
 * One run of one source: claim it, pull with its adapter, hand everything to the pipeline, remove what a complete
 * full pull no longer had, write how it ended.
 *
 * Guarantees: a source is pulled by one run at a time, in whatever process (`source-claim.ts`); every run ends in
 * a state in its row and in the source's row, also when it is aborted; every received object counts once, and the
 * outcomes add up to `received`; nothing is removed unless the list was whole and all of it was stored; an
 * incremental run begins where the last complete one began (PC-07).
 *
 * What a partner does wrong ends in the report. It rejects with SourceNotFoundError, SourceBusyError, or with the
 * database's error when not even the end of the run can be written.
 */
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type { Owner } from '../db/model.ts';
import { isOcpiVersion, type OcpiVersion } from '../db/ocpi-version.ts';
import type { RunCounts, RunState, Source } from '../db/partner-model.ts';
import type { ConnectionStore } from '../db/registry/connection-store.ts';
import type { Partners } from '../db/registry/partner.ts';
import type { RunStore } from '../db/registry/run-store.ts';
import { CLAIM_RENEWAL_MS, type Claim } from '../db/registry/source-claim.ts';
import type { SourceStore } from '../db/registry/source-store.ts';
import { type Adapter, isPartnerError, PartnerError, type PullContext, type PullVerdict } from './adapter.ts';
import { discoverAdapters } from './discover.ts';
import { type Followed, follow } from './followed-connection.ts';
import type { HttpClient } from './http/http-client.ts';
import { type Sleep, sleep as systemSleep } from './http/retry.ts';
import { createIntake, type Intake } from './intake.ts';
import type { Contributor, Pipeline } from './pipeline.ts';
import { type Scope, scopeOf } from './pull-scope.ts';

/** `nap source run --json`: design, section 7. */
export interface RunReport extends RunCounts {
  readonly source: string;
  readonly state: Exclude<RunState, 'running'>;
  readonly seconds: number;
  /** Why it did not end `complete`, or what was odd. */
  readonly problem?: string;
}

export interface RunOptions {
  /** Everything, not only what changed. */
  readonly full?: boolean;
  readonly signal?: AbortSignal | undefined;
  /** Called at most once a second, and at the end. */
  readonly onProgress?: ((counts: Readonly<RunCounts>) => void) | undefined;
  /** Milliseconds to wait for a run of the same source that is under way. Not at all unless told. */
  readonly patience?: number;
}

export interface Puller {
  /** @throws SourceNotFoundError, SourceBusyError */
  run(name: string, options?: RunOptions): Promise<RunReport>;
}

export interface PullerParts {
  readonly sources: SourceStore;
  /** What sources that follow one are pulled through. */
  readonly connections: Pick<ConnectionStore, 'findById' | 'noteCall'>;
  /** Whom the connection of a source speaks for. */
  readonly partners: Partners;
  readonly runs: RunStore;
  readonly pipeline: Pipeline;
  readonly fetcher: HttpClient;
  /** Opens a partner's token. */
  readonly unseal: (sealed: string) => string;
  /** Our own. */
  readonly party: Owner;
  readonly clock: () => Date;
  readonly logger: Logger;
  /** By kind; those of the folder `adapters` unless told. */
  readonly adapters?: ReadonlyMap<string, Adapter>;
  readonly sleep?: Sleep;
  /** Milliseconds between two renewals of a claim, for tests. */
  readonly renewalMs?: number;
}

/** There is no source of this name. */
export class SourceNotFoundError extends Error {
  override readonly name = 'SourceNotFoundError';
}

/** Another run of the source is under way. */
export class SourceBusyError extends Error {
  override readonly name = 'SourceBusyError';
}

/**
 * Milliseconds that an incremental pull reaches back behind the start of the last complete one: for clocks that
 * differ and for objects that a platform stamps some time before it shows them.
 */
export const OVERLAP_MS = 10 * 60_000;

/** Milliseconds for one run: a slow national feed in small pages takes an hour. Beyond, it will not end. */
const RUN_LIMIT_MS = 6 * 3_600_000;

/** Milliseconds between two looks at a source that is busy. */
const BUSY_POLL_MS = 500;

/** Makes the puller of a process. */
export function createPuller(parts: PullerParts): Puller {
  const { sources, connections, clock, sleep = systemSleep } = parts;
  let adapters = parts.adapters && Promise.resolve(parts.adapters);

  async function claim(source: Source, options: RunOptions): Promise<Claim> {
    const { patience = 0, signal } = options;
    const started = clock().getTime();
    for (;;) {
      const given = await sources.noteStart(source.id);
      if (given) return given;
      if (clock().getTime() - started >= patience) {
        const since = source.lastStartedAt ? ` since ${source.lastStartedAt.toISOString()}` : '';
        throw new SourceBusyError(
          `Source ${source.name} is being pulled${since}. Try again when that has ended.`,
        );
      }
      await sleep(BUSY_POLL_MS, signal);
    }
  }

  return {
    async run(name, options = {}) {
      adapters ??= discoverAdapters();
      const known = await adapters;
      const named = await sources.findByName(name);
      if (!named) throw new SourceNotFoundError(`There is no source ${name}.`);
      options.signal?.throwIfAborted();
      const { connectionId } = named;
      const connection = connectionId === null ? undefined : await connections.findById(connectionId);
      const partner = connection && (await parts.partners.of(connection));
      const given = await claim(named, options);
      // As it is now that nobody else changes it.
      const source = (await sources.findById(named.id)) ?? named;
      const followed = follow(source, connection);
      const scope = scopeOf(source, connection, partner);
      const task = { followed, scope, adapter: known.get(source.kind) };
      return new PullRun(parts, task, given, options).run();
    },
  };
}

/** What is known of a run when its pull is over. */
interface Ending {
  readonly state: Exclude<RunState, 'running'>;
  readonly problems: readonly string[];
  readonly isBroken: boolean;
  /** Everything that the source has was received, whether that was asked for or not. */
  readonly isWhole: boolean;
  readonly memory: Readonly<Record<string, unknown>>;
}

/** What is to be pulled. */
interface Task {
  readonly followed: Followed;
  readonly scope: Scope;
  readonly adapter: Adapter | undefined;
}

class PullRun {
  readonly #parts: PullerParts;
  readonly #source: Source;
  readonly #scope: Scope;
  readonly #followed: Followed;
  readonly #claim: Claim;
  readonly #adapter: Adapter | undefined;
  readonly #options: RunOptions;
  readonly #full: boolean;
  readonly #startedAt: Date;
  readonly #intake: Intake;
  readonly #stop = new AbortController();
  readonly #logger: Logger;
  readonly #correlationId = randomUUID();

  constructor(parts: PullerParts, { followed, scope, adapter }: Task, claim: Claim, options: RunOptions) {
    const { source } = followed;
    this.#parts = parts;
    this.#source = source;
    this.#scope = scope;
    this.#followed = followed;
    this.#claim = claim;
    this.#adapter = adapter;
    this.#options = options;
    this.#startedAt = parts.clock();
    this.#full = options.full === true || source.lastFullAt === null || source.lastGoodStartedAt === null;
    this.#logger = parts.logger.child({ source: source.name, correlationId: this.#correlationId });
    this.#intake = createIntake({
      pipeline: parts.pipeline,
      by: (version) => contributorOf(source, version),
      parties: scope.parties,
      clock: parts.clock,
      onProgress: options.onProgress,
    });
  }

  /** Never leaves the source claimed, unless the database is gone. */
  async run(): Promise<RunReport> {
    const { runs } = this.#parts;
    let ending: Ending | undefined;
    let runId: number | undefined;
    try {
      await runs.abandon([this.#source.id]);
      runId = await runs.start(this.#source.id, this.#full);
      const letGo = this.#watch(runId);
      try {
        ending = await this.#pull();
      } finally {
        letGo();
      }
    } catch (error) {
      ending = this.#endingOf(error);
    }
    return this.#finish(runId, ending);
  }

  /** The pull and what follows from it. */
  async #pull(): Promise<Ending> {
    const adapter = this.#adapter;
    if (this.#followed.problem) throw this.#followed.problem;
    if (!adapter) throw new PartnerError(`there is no adapter of kind ${this.#source.kind}`);
    this.#stop.signal.throwIfAborted();
    const verdict = await this.#intake.takeAll(adapter.pull(this.#context()), this.#stop);
    const held = await this.#removeUnseen(verdict);
    const { received, failed } = this.#intake.counts;
    const unstored = failed > 0 ? [`${failed} of the objects could not be stored`] : [];
    const state = stateOf(verdict, received, failed, held.length > 0);
    return {
      state,
      problems: [...verdict.problems, ...unstored, ...held, ...verdict.notes],
      isBroken: verdict.isBroken,
      isWhole: verdict.modules.length > 0 && verdict.modules.every(({ isWhole }) => isWhole),
      memory: state === 'complete' ? { ...verdict.memory, ...verdict.memoryWhenStored } : verdict.memory,
    };
  }

  /** PC-06. Gives why nothing was removed of a module that came whole. */
  async #removeUnseen(verdict: PullVerdict): Promise<string[]> {
    const reasons: string[] = [];
    for (const { module, version, isWhole } of verdict.modules) {
      if (!isWhole || this.#intake.hasFailed(module)) continue;
      const unidentified = this.#intake.unidentified(module);
      // An object that says not which it is may be any of the missing ones.
      const limit = unidentified > 0 ? 0 : this.#source.shrinkLimit;
      const by = contributorOf(this.#source, version);
      const removal = await this.#parts.pipeline.removeUnseen(by, module, {
        seen: this.#intake.seen(module),
        shrinkLimit: limit,
        spared: this.#scope.spared,
        startedAt: this.#startedAt,
      });
      this.#intake.counts.removed += removal.removed;
      if (!removal.held) continue;
      const missing = `${removal.unseen} of ${removal.known} known ${module} were not in the list`;
      reasons.push(
        unidentified > 0
          ? `${missing}, but ${unidentified} of its objects could not be identified: nothing was removed`
          : `${missing}, more than the limit of ${Math.round(limit * 100)} %: nothing was removed`,
      );
    }
    return reasons;
  }

  #context(): PullContext {
    const { url, options, version, sealedToken, memory, lastGoodStartedAt } = this.#source;
    const { fetcher, party, unseal } = this.#parts;
    const from = this.#full ? null : lastGoodStartedAt;
    return {
      url,
      options,
      version: version === null ? null : spoken(version),
      token: sealedToken === null ? null : opened(sealedToken, unseal),
      // A person, or the schedule of full pulls, asked for everything; a first pull may be answered `not modified`.
      full: this.#options.full === true,
      dateFrom: from && new Date(from.getTime() - OVERLAP_MS),
      party,
      parties: this.#scope.parties,
      hub: this.#scope.hub,
      recogniser: (module, version) =>
        this.#parts.pipeline.recogniser(contributorOf(this.#source, version), module),
      memory,
      http: fetcher,
      correlationId: this.#correlationId,
      signal: this.#stop.signal,
      logger: this.#logger,
    };
  }

  /** Ends the pull when it is told to, when its time is over or its claim is lost; gives a function to let go. */
  #watch(runId: number): () => void {
    const { signal } = this.#options;
    const tell = () => this.#stop.abort(signal?.reason);
    if (signal?.aborted) tell();
    signal?.addEventListener('abort', tell, { once: true });
    const limit = setTimeout(() => {
      this.#stop.abort(new PartnerError(`not at its end after ${RUN_LIMIT_MS / 3_600_000} hours`));
    }, RUN_LIMIT_MS);
    const { renewalMs = CLAIM_RENEWAL_MS } = this.#parts;
    const renewal = setInterval(() => void this.#renew(runId), renewalMs);
    return () => {
      signal?.removeEventListener('abort', tell);
      clearTimeout(limit);
      clearInterval(renewal);
    };
  }

  async #renew(runId: number): Promise<void> {
    try {
      await this.#parts.runs.progress(runId, this.#intake.counts);
      if (await this.#parts.sources.renew(this.#source.id, this.#claim)) return;
      this.#stop.abort(new PartnerError('another run has taken over, or the source was removed'));
    } catch (error) {
      this.#logger.warn({ err: error }, 'the progress of a pull could not be written');
    }
  }

  /** What an exception means: a partner's fault, being told to stop, or a fault of ours. */
  #endingOf(error: unknown): Ending {
    const state = this.#intake.counts.received > 0 ? 'partial' : 'failed';
    const end = { state, isBroken: false, isWhole: false, memory: this.#source.memory } as const;
    if (this.#options.signal?.aborted) return { ...end, problems: ['stopped before its end'] };
    const { reason } = this.#stop.signal;
    if (this.#stop.signal.aborted && isPartnerError(reason)) return { ...end, problems: [reason.message] };
    if (isPartnerError(error)) return { ...end, problems: [error.message] };
    this.#logger.error({ err: error }, 'a pull failed by a fault of ours');
    return { ...end, problems: ['a fault of this access point; its log says more'] };
  }

  /** How the partner is, is a matter of its connection too (PC-10). */
  async #tellConnection({ state, problems, isBroken }: Ending): Promise<void> {
    const { connection, problem } = this.#followed;
    if (!connection || problem || this.#options.signal?.aborted) return;
    const isWell = state === 'complete' || state === 'held';
    const failure = { message: `pull: ${problems.join('; ')}`, refused: isBroken };
    await this.#parts.connections.noteCall(connection, isWell ? null : failure);
  }

  /** Writes both rows, says it in the log, and makes the report. */
  async #finish(runId: number | undefined, ending: Ending): Promise<RunReport> {
    const { sources, runs, clock } = this.#parts;
    const { counts } = this.#intake;
    const { state, isBroken } = ending;
    const problem = ending.problems.length > 0 ? ending.problems.join('; ') : null;
    const finishedAt = clock();
    try {
      if (runId !== undefined) await runs.finish(runId, state, counts, problem);
    } finally {
      await sources.noteEnd(this.#source.id, this.#claim, {
        state,
        full: this.#full || ending.isWhole,
        startedAt: this.#startedAt,
        finishedAt,
        problem,
        broken: isBroken,
        stopped: this.#options.signal?.aborted === true,
        memory: ending.memory,
      });
    }
    await this.#tellConnection(ending);
    const seconds = Math.round((finishedAt.getTime() - this.#startedAt.getTime()) / 100) / 10;
    const facts = { state, full: this.#full, ...counts, seconds, ...(problem ? { problem } : {}) };
    if (isBroken)
      this.#logger.warn(facts, 'the partner refuses our token: no pulls by schedule until it is mended');
    else if (state === 'complete') this.#logger.info(facts, 'pulled a source');
    else this.#logger.warn(facts, 'pulled a source, but not completely');
    this.#options.onProgress?.(counts);
    return { source: this.#source.name, state, ...counts, seconds, ...(problem ? { problem } : {}) };
  }
}

/** `failed` when nothing came of it, `partial` when something is missing, `held` when nothing was removed. */
function stateOf(verdict: PullVerdict, received: number, failed: number, isHeld: boolean): Ending['state'] {
  const states = verdict.modules.map(({ state }) => state);
  if (states.length > 0 && !states.includes('partial') && failed === 0) return isHeld ? 'held' : 'complete';
  const isNothing = received === 0 && states.every((state) => state === 'partial');
  return isNothing ? 'failed' : 'partial';
}

/** The token in clear. That it cannot be opened is for a person to mend, by the key or by a new token. */
function opened(sealed: string, unseal: (sealed: string) => string): string {
  try {
    return unseal(sealed);
  } catch (error) {
    throw new PartnerError(`our token for it cannot be opened: ${(error as Error).message}`);
  }
}

/** A version that was named for a source, perhaps to a newer release than this one. */
function spoken(version: string): OcpiVersion {
  if (isOcpiVersion(version)) return version;
  throw new PartnerError(`OCPI ${version} is named for it, and this access point does not speak it`);
}

/** A source that belongs to a connection speaks with its voice (CRED-22). */
function contributorOf(source: Source, version: OcpiVersion): Contributor {
  const { id, connectionId, name, strictness } = source;
  const speaker: Contributor['speaker'] =
    connectionId === null ? { kind: 'source', id } : { kind: 'connection', id: connectionId };
  return { speaker, name, strictness, version };
}
