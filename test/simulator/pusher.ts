// Pushes a fleet to a Receiver at a set rate: PUT of every Location, PUT of every
// Tariff, then PATCH after PATCH of EVSE status, as a CPO does. Changes the statuses of
// the fleet that it is given, once the receiver has taken them.
//
// Guarantees: never more than `concurrency` requests in flight and never two for one
// object; every answer is counted; what got no answer, a 429, a 5xx or
// a status_code from 3000 is sent again later until it is answered or the pusher is stopped, and while much is waiting nothing
// new begins; `stop()` resolves when nothing is in flight, at the latest after the
// time limit of a request. Starting fails when the receiver's modules cannot be found.

import { setTimeout as wait } from 'node:timers/promises';
import { Agent } from 'undici';
import { nextStatus } from './churn.ts';
import type { Fleet } from './fleet.ts';
import { type EvsePatch, Ledger, ledgerKey } from './ledger.ts';
import { callOcpi, discoverEndpoints, endpointUrl, type OcpiAnswer, type PartyId } from './ocpi-client.ts';
import { PushStatistics } from './pusher-statistics.ts';
import { pick, type Random, randomStream } from './random.ts';
import { inWords } from './version-words.ts';
import { type Evse, type Location, nextDateTime, type Tariff } from './wire.ts';

export interface PusherOptions {
  versionsUrl: string;
  token: string;
  tokenForm?: 'base64' | 'raw';
  /** 2.2.1 unless told; the fleet is pushed in its words. */
  version?: string;
  fleet: Fleet;
  /** Requests a second; as fast as answers come when 0. */
  rate?: number;
  concurrency?: number;
  /** What is pushed, in order; `statuses` goes on until stopped or done. */
  phases?: readonly ('locations' | 'tariffs' | 'statuses')[];
  /** How many status changes; without end unless told. */
  statusChanges?: number;
  /** Named in OCPI-to-*. */
  to?: PartyId;
  seed?: number;
  /** Clock of the owner's last_updated. */
  now?: () => Date;
  /** For one request, in milliseconds. */
  timeout?: number;
  /** Before the first repetition, in milliseconds; doubles up to 20 times that. */
  retryDelay?: number;
}

interface Job {
  module: 'locations' | 'tariffs';
  object: Location | Tariff;
  /** Present for a PATCH. */
  patch?: { evse: Evse; change: EvsePatch };
  attempts: number;
  /** An attempt may have been taken although no answer said so. */
  uncertain: boolean;
  notBefore: number;
}

type ModuleUrls = Readonly<Record<'locations' | 'tariffs', string | undefined>>;

export interface Pusher {
  readonly ledger: Ledger;
  readonly statistics: PushStatistics;
  /** Resolves when all phases are done or the pusher was stopped; never rejects. */
  readonly finished: Promise<void>;
  stop(): Promise<void>;
}

/** Longest pause between two looks at the queue: a stopped pusher notices this soon. */
const LONGEST_PAUSE_MILLISECONDS = 200;
/** Slots missed because a timer came late are made up for, older ones are not. */
const MOST_CATCHING_UP_MILLISECONDS = 50;
const MOST_RETRY_DELAY_FACTOR = 20;
/** A Retry-After beyond this is not obeyed: the simulator is for tests. */
const MOST_RETRY_AFTER_MILLISECONDS = 60_000;

function retryAfter(answer: OcpiAnswer): number {
  const value = answer.headers['retry-after'];
  if (typeof value !== 'string') return 0;
  const seconds = Number(value);
  const milliseconds = Number.isNaN(seconds) ? Date.parse(value) - Date.now() : seconds * 1000;
  return Math.min(Math.max(milliseconds || 0, 0), MOST_RETRY_AFTER_MILLISECONDS);
}

/** What a PATCH that was taken makes of the owner's own object. */
function applyPatch(location: Location, evse: Evse, { status, last_updated }: EvsePatch): void {
  evse.status = status;
  evse.last_updated = last_updated;
  location.last_updated = last_updated;
}

/** A PATCH of 2.1.1 says no time: the examples of its specification have none. */
function patchBody(version: string, { status, last_updated }: EvsePatch): object {
  return version === '2.1.1' ? { status } : { status, last_updated };
}

class Push implements Pusher {
  readonly ledger = new Ledger();
  readonly statistics = new PushStatistics();
  readonly finished: Promise<void>;
  readonly #options: PusherOptions;
  readonly #urls: ModuleUrls;
  readonly #version: string;
  readonly #concurrency: number;
  readonly #random: Random;
  readonly #agent: Agent;
  readonly #fresh: Iterator<Job | null>;
  #freshDone = false;
  #retries: Job[] = [];
  /** Keys of what is in flight or waits to be sent again. */
  readonly #busy = new Set<string>();
  #nextSlot = performance.now();
  #stopping = false;

  constructor(options: PusherOptions, urls: ModuleUrls) {
    this.#options = options;
    this.#urls = urls;
    this.#version = options.version ?? '2.2.1';
    this.#concurrency = options.concurrency ?? 4;
    this.#random = randomStream(options.seed ?? 1, 'pusher');
    this.#agent = new Agent({ connections: this.#concurrency });
    this.#fresh = this.#jobs();
    this.finished = Promise.all(Array.from({ length: this.#concurrency }, () => this.#work())).then(() =>
      this.#agent.close(),
    );
  }

  stop(): Promise<void> {
    this.#stopping = true;
    return this.finished;
  }

  /** New work in order; null when there is none at this moment. */
  *#jobs(): Generator<Job | null> {
    const { fleet, phases = ['locations', 'tariffs', 'statuses'], statusChanges = Infinity } = this.#options;
    for (const phase of phases) {
      if (phase === 'statuses') {
        for (let made = 0; made < statusChanges && fleet.locations.length > 0; ) {
          const job = this.#statusJob();
          if (job) made += 1;
          yield job;
        }
      } else if (this.#urls[phase] !== undefined) {
        for (const object of fleet[phase])
          yield { module: phase, object, attempts: 0, uncertain: false, notBefore: 0 };
      }
    }
  }

  /** A new status for an EVSE whose Location is acknowledged and not in flight. */
  #statusJob(): Job | null {
    for (let tries = 0; tries < 20; tries++) {
      const location = pick(this.#random, this.#options.fleet.locations);
      if (this.#busy.has(ledgerKey('locations', location))) continue;
      const known = this.ledger.get('locations', location);
      if (this.#putsLocations() && !known?.acknowledged) continue;
      const evse = pick(this.#random, location.evses);
      if (evse.status === 'REMOVED') continue;
      const now = (this.#options.now?.() ?? new Date()).getTime();
      const status = nextStatus(evse.status, this.#random);
      const last_updated = nextDateTime(now, location.last_updated);
      const patch = { evse, change: { evseUid: evse.uid, status, last_updated } };
      return { module: 'locations', object: location, patch, attempts: 0, uncertain: false, notBefore: 0 };
    }
    return null;
  }

  #putsLocations(): boolean {
    return this.#options.phases?.includes('locations') ?? true;
  }

  /** What is due now: first what waits to be sent again, then new work. */
  #take(): Job | null {
    const now = performance.now();
    const due = this.#retries.findIndex((job) => job.notBefore <= now);
    if (due >= 0) return this.#retries.splice(due, 1)[0] ?? null;
    // While the receiver is away, more work would only pile up.
    if (this.#freshDone || this.#retries.length >= this.#concurrency * 2) return null;
    const next = this.#fresh.next();
    if (next.done) this.#freshDone = true;
    else if (next.value) this.#busy.add(ledgerKey(next.value.module, next.value.object));
    return next.done ? null : next.value;
  }

  #isDone(): boolean {
    return this.#stopping || (this.#freshDone && this.#retries.length === 0 && this.#busy.size === 0);
  }

  async #work(): Promise<void> {
    const { rate = 0 } = this.#options;
    while (!this.#isDone()) {
      const job = this.#take();
      if (!job) {
        await wait(10);
        continue;
      }
      if (rate > 0) {
        const slot = Math.max(this.#nextSlot, performance.now() - MOST_CATCHING_UP_MILLISECONDS);
        this.#nextSlot = slot + 1000 / rate;
        await this.#waitUntil(slot);
      }
      if (this.#stopping) return;
      await this.#send(job);
    }
  }

  async #waitUntil(moment: number): Promise<void> {
    for (;;) {
      const left = moment - performance.now();
      if (left <= 0 || this.#stopping) return;
      await wait(Math.min(left, LONGEST_PAUSE_MILLISECONDS));
    }
  }

  async #send(job: Job): Promise<void> {
    const { module, object, patch } = job;
    const parts = [object.country_code, object.party_id, object.id];
    if (patch) parts.push(patch.change.evseUid);
    const url = `${this.#urls[module]}/${parts.map(encodeURIComponent).join('/')}`;
    const body = patch ? patchBody(this.#version, patch.change) : inWords(this.#version, object);
    this.ledger.sent(module, object, patch?.change ?? object);
    job.attempts += 1;
    const started = performance.now();
    try {
      const answer = await callOcpi(url, {
        method: patch ? 'PATCH' : 'PUT',
        body: JSON.stringify(body),
        token: this.#options.token,
        tokenForm: this.#options.tokenForm,
        ...(this.#version === '2.1.1'
          ? {}
          : {
              from: { country_code: object.country_code, party_id: object.party_id },
              to: this.#options.to,
            }),
        timeout: this.#options.timeout ?? 10_000,
        dispatcher: this.#agent,
      });
      this.statistics.answered(answer.status, answer.statusCode, performance.now() - started);
      this.#judge(job, answer, url);
    } catch (error) {
      this.statistics.unanswered(error);
      job.uncertain = true;
      this.#retry(job, 0);
    }
  }

  #judge(job: Job, answer: OcpiAnswer, url: string): void {
    const { module, object, patch } = job;
    if (answer.status >= 200 && answer.status < 300 && answer.statusCode === 1000) {
      if (patch) applyPatch(object as Location, patch.evse, patch.change);
      this.ledger.taken(module, object);
      this.statistics.acknowledged += 1;
    } else if (answer.status === 429 || answer.status >= 500 || (answer.statusCode ?? 0) >= 3000) {
      if (answer.status !== 429) job.uncertain = true;
      this.#retry(job, retryAfter(answer));
      return;
    } else {
      if (!job.uncertain) this.ledger.refused(module, object);
      this.statistics.refuse(patch ? 'PATCH' : 'PUT', url, answer.status, answer.text);
    }
    this.#busy.delete(ledgerKey(module, object));
  }

  #retry(job: Job, atLeast: number): void {
    const first = this.#options.retryDelay ?? 250;
    const factor = Math.min(2 ** (job.attempts - 1), MOST_RETRY_DELAY_FACTOR);
    job.notBefore = performance.now() + Math.max(first * factor, atLeast);
    this.#retries.push(job);
    this.statistics.retries += 1;
  }
}

/** Finds the Receiver's modules and begins to push. */
export async function startPusher(options: PusherOptions): Promise<Pusher> {
  const { versionsUrl, token, tokenForm, version, timeout } = options;
  const discovery = await discoverEndpoints(versionsUrl, { token, tokenForm, version, timeout });
  const locations = endpointUrl(discovery, 'locations', 'RECEIVER');
  const tariffs = endpointUrl(discovery, 'tariffs', 'RECEIVER');
  if (locations === undefined) throw new Error(`${versionsUrl} offers no locations as RECEIVER`);
  return new Push(options, { locations, tariffs });
}
