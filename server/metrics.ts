/**
 * Figures for Prometheus. Labels are few and bounded: no object, party, token or URL is ever one; partners are, by
 * the names that the operator gave them.
 */
import type { Middleware } from 'koa';
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Module, OutcomeKind } from '../db/model.ts';
import type { Pipeline, Receipt } from '../ingest/pipeline.ts';
import type { PushOutcome } from './ocpi/push/follower.ts';

export interface Metrics {
  readonly registry: Registry;
  /** Notes one answered request. */
  readonly observeRequest: (request: ObservedRequest) => void;
  /** Notes how the handling of one object ended. */
  readonly countOutcome: (module: Module, outcome: OutcomeKind) => void;
  /** Notes how pushes of objects to a partner ended. */
  readonly countPush: (partner: string, module: Module, outcome: PushOutcome, objects: number) => void;
}

export interface ObservedRequest {
  readonly method: string;
  /** The template, e.g. `/data/:file`. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

/** What is read at the moment of asking. */
export interface MetricSources {
  /** Mutations that wait for the writer. */
  readonly writerQueue: () => number;
  /** Streams of changes that are open. */
  readonly changeStreams: () => number;
  /** Sources by state; `broken` are those whose token was refused. */
  readonly sources: () => Promise<Readonly<Record<string, number>>>;
  /** Seconds since each file of open data was built, by format. */
  readonly snapshotAges: () => Promise<Readonly<Record<string, number>>>;
  /** How many changes each partner has not been offered yet. */
  readonly pushes: () => Promise<readonly { partner: string; module: Module; behind: number }[]>;
}

/** From a look-up in memory to a bulk download. Seconds. */
const REQUEST_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120];
const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Makes the figures of one process. */
export function createMetrics(sources: MetricSources): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const requests = new Histogram({
    name: 'nap_http_request_duration_seconds',
    help: 'Time from a request to the last byte of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: REQUEST_BUCKETS,
    registers: [registry],
  });
  const outcomes = new Counter({
    name: 'nap_ingest_objects_total',
    help: 'Objects pushed or pulled, by how their handling ended',
    labelNames: ['module', 'outcome'],
    registers: [registry],
  });
  const pushes = new Counter({
    name: 'nap_push_objects_total',
    help: 'Objects pushed to a partner, by how that ended',
    labelNames: ['partner', 'module', 'outcome'],
    registers: [registry],
  });
  addGauges(registry, sources);
  return {
    registry,
    observeRequest: ({ method, route, status, seconds }) => {
      requests.observe(
        { method: METHODS.has(method) ? method : 'other', route, status: `${status}` },
        seconds,
      );
    },
    countOutcome: (module, outcome) => outcomes.inc({ module, outcome }),
    countPush: (partner, module, outcome, objects) => pushes.inc({ partner, module, outcome }, objects),
  };
}

function addGauges(registry: Registry, sources: MetricSources): void {
  const registers = [registry];
  new Gauge({
    name: 'nap_writer_queue_length',
    help: 'Changes that wait for the writer of the registry',
    registers,
    collect() {
      this.set(sources.writerQueue());
    },
  });
  new Gauge({
    name: 'nap_change_streams',
    help: 'Streams of changes that are open',
    registers,
    collect() {
      this.set(sources.changeStreams());
    },
  });
  new Gauge({
    name: 'nap_sources',
    help: 'Sources by state of their last run; broken: the partner refused our token',
    labelNames: ['state'],
    registers,
    async collect() {
      this.reset();
      for (const [state, count] of Object.entries(await sources.sources())) this.set({ state }, count);
    },
  });
  new Gauge({
    name: 'nap_push_behind',
    help: 'Changes that a partner has not been offered yet',
    labelNames: ['partner', 'module'],
    registers,
    async collect() {
      this.reset();
      for (const { behind, ...labels } of await sources.pushes()) this.set(labels, behind);
    },
  });
  new Gauge({
    name: 'nap_snapshot_age_seconds',
    help: 'Time since a file of open data was built',
    labelNames: ['format'],
    registers,
    async collect() {
      this.reset();
      for (const [format, age] of Object.entries(await sources.snapshotAges())) this.set({ format }, age);
    },
  });
}

/** Observes every request by the template of its route: to be mounted outside everything else. */
export function measureRequests(metrics: Pick<Metrics, 'observeRequest'>): Middleware {
  return async (ctx, next) => {
    const start = performance.now();
    ctx.res.once('close', () => {
      metrics.observeRequest({
        method: ctx.method,
        route: String((ctx as { _matchedRoute?: unknown })._matchedRoute ?? 'none'),
        status: ctx.res.statusCode,
        seconds: (performance.now() - start) / 1000,
      });
    });
    await next();
  };
}

/** The same pipeline; each outcome is counted on its way back. */
export function countOutcomes(pipeline: Pipeline, metrics: Pick<Metrics, 'countOutcome'>): Pipeline {
  const noted = async (module: Module, receipt: Promise<Receipt>): Promise<Receipt> => {
    const settled = await receipt;
    metrics.countOutcome(module, settled.outcome.kind);
    return settled;
  };
  return {
    putLocation: (...call) => noted('locations', pipeline.putLocation(...call)),
    patchLocation: (...call) => noted('locations', pipeline.patchLocation(...call)),
    putEvse: (...call) => noted('locations', pipeline.putEvse(...call)),
    patchEvse: (...call) => noted('locations', pipeline.patchEvse(...call)),
    putConnector: (...call) => noted('locations', pipeline.putConnector(...call)),
    patchConnector: (...call) => noted('locations', pipeline.patchConnector(...call)),
    putTariff: (...call) => noted('tariffs', pipeline.putTariff(...call)),
    patchTariff: (...call) => noted('tariffs', pipeline.patchTariff(...call)),
    deleteTariff: (...call) => noted('tariffs', pipeline.deleteTariff(...call)),
    async takePulled(by, module, objects, parties) {
      const receipts = await pipeline.takePulled(by, module, objects, parties);
      for (const { outcome } of receipts) metrics.countOutcome(module, outcome.kind);
      return receipts;
    },
    recogniser: (...call) => pipeline.recogniser(...call),
    removeUnseen: (...call) => pipeline.removeUnseen(...call),
  };
}
