/**
 * Follows the journal for one Receiver of one partner, in a loop of its own: nobody waits for another's partner.
 *
 * There is no queue. The partner has a position; a round takes a bounded stretch of the journal after it, sends the
 * present state of what changed there, each object once, and moves on. While the partner fails the position stays
 * and rounds come at growing distances; so when it answers again it gets the present state, once, of all that
 * changed meanwhile (RT-11). After an hour behind, the position goes to the head: the partner is marked for a
 * resync by GET (PC-13) and is told of what changes from then on.
 *
 * Guarantees: an object's states come in their order; memory holds one stretch; `stop` ends within its grace.
 * Faults of the partner are logged as warnings, ours (the database) as errors; after either the loop goes on.
 */
import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { Module, Owner } from '../../../db/model.ts';
import type { PushPosition } from '../../../db/partner-model.ts';
import { type ChangedObject, type JournalStretch, readJournalStretch } from '../../../db/reads/journal.ts';
import type { ConnectionStore } from '../../../db/registry/connection-store.ts';
import type { PushPositionStore } from '../../../db/registry/push-position-store.ts';
import type { HttpClient } from '../../../ingest/http/http-client.ts';
import { delayBefore } from '../../../ingest/http/retry.ts';
import { Bell } from '../../bell.ts';
import { deliver } from './deliver.ts';
import { afterRound, Stumbles } from './ledger.ts';
import type { PushPlan } from './plan.ts';
import type { Receiver } from './receivers.ts';
import { type Offered, runRound } from './round.ts';
import { planPushes } from './words.ts';

/** What followers share. */
export interface FollowerParts {
  readonly knex: Knex;
  readonly positions: Pick<PushPositionStore, 'markResync'>;
  readonly http: HttpClient;
  /** Our own party, in whose name pushes go out. */
  readonly party: Owner | undefined;
  readonly clock: () => Date;
  readonly logger: Logger;
  /** Whether a connection speaks for the owner of an object: it is not told what it said itself. */
  readonly isOwn: (receiver: Receiver, change: ChangedObject) => boolean;
  /** Token and routing headers. */
  readonly headersFor: (receiver: Receiver) => Record<string, string>;
  /** Notes in the connection how calls of it go. */
  readonly noteCall: ConnectionStore['noteCall'];
  readonly count: (partner: string, module: Module, outcome: PushOutcome, objects: number) => void;
  readonly pace: PushPace;
}

export type PushOutcome = 'taken' | 'refused' | 'failed';

/** Times in milliseconds; tests take shorter ones. */
export interface PushPace {
  /** Behind for so long, a partner is marked for resync. */
  readonly giveUp: number;
  /** Before the next round after a number of failed ones in a row, at least what the partner asked for. */
  readonly retryDelay: (failures: number, retryAfter: number | null) => number;
}

/** RT-11, decision: an hour. */
const GIVE_UP_MS = 60 * 60_000;
/** What a partner may ask for with Retry-After: longer than we stay behind for it would be for nothing. */
const LONGEST_RETRY_AFTER_MS = GIVE_UP_MS;

export const USUAL_PACE: PushPace = {
  giveUp: GIVE_UP_MS,
  retryDelay: (failures, retryAfter) =>
    delayBefore(failures, retryAfter, Math.random()) ?? Math.min(retryAfter ?? 0, LONGEST_RETRY_AFTER_MS),
};

/** Objects of a round: few, so that what is sent is fresh also where each takes long. */
const ROUND_OBJECTS = 50;
/** Milliseconds that what is in flight has to end when the access point stops. */
const STOP_GRACE_MS = 5_000;
/** Entries of other modules that a position may pass without being saved: after a restart they are read again. */
const UNSAVED_ENTRIES = 1_000;

/** Why requests in flight are broken off when we stop. */
class StoppingError extends Error {
  override readonly name = 'StoppingError';
}

export class Follower {
  receiver: Receiver;
  readonly #parts: FollowerParts;
  readonly #bell = new Bell();
  readonly #stumbles = new Stumbles();
  readonly #abort = new AbortController();
  readonly #ended: Promise<void>;
  #position: PushPosition;
  #saved: PushPosition;
  /** More than entries of other modules was passed since the last saving. */
  #hasNews = false;
  #head: number;
  #failures = 0;
  /** What it has been behind, since when; null once it has had all that. */
  #behind: { readonly since: Date; readonly head: number } | null = null;
  #ownFaults = 0;
  #isStopping = false;

  constructor(parts: FollowerParts, receiver: Receiver, position: PushPosition, head: number) {
    this.#parts = parts;
    this.receiver = receiver;
    this.#position = position;
    this.#saved = position;
    this.#head = head;
    this.#ended = this.#follow();
  }

  /** The journal has got so far. */
  wake(head: number): void {
    if (head <= this.#head) return;
    this.#head = head;
    // One that waits before it tries again goes on waiting.
    if (this.#failures === 0) this.#bell.ring();
  }

  /** The partner's settings are others: what failed may work now. */
  update(receiver: Receiver): void {
    this.receiver = receiver;
    this.#failures = 0;
    this.#bell.ring();
  }

  /** The position, when there is something new to save. */
  get unsaved(): PushPosition | undefined {
    const passed = this.#position.sequence - this.#saved.sequence;
    const isWorthIt = this.#hasNews || passed >= UNSAVED_ENTRIES || (this.#isStopping && passed > 0);
    return isWorthIt ? this.#position : undefined;
  }

  noteSaved(position: PushPosition): void {
    this.#saved = position;
    if (position === this.#position) this.#hasNews = false;
  }

  /** Begins nothing new, waits for what is in flight, and breaks it off after the grace. */
  async stop(graceMs: number = STOP_GRACE_MS): Promise<void> {
    this.#isStopping = true;
    this.#bell.ring();
    const grace = setTimeout(() => this.#abort.abort(new StoppingError('the access point stops')), graceMs);
    await this.#ended;
    clearTimeout(grace);
  }

  async #follow(): Promise<void> {
    while (!this.#isStopping) {
      let delay: number | undefined;
      try {
        delay = await this.#round();
        this.#ownFaults = 0;
      } catch (error) {
        if (this.#isStopping) return;
        const { connection, module } = this.receiver;
        this.#parts.logger.error({ err: error, partner: connection.name, module }, 'a push could not go on');
        delay = this.#parts.pace.retryDelay(++this.#ownFaults, null);
      }
      if (this.#isStopping) return;
      if (delay !== 0) await this.#bell.wait(delay);
    }
  }

  /** One round. Answers how long to wait before the next: 0 for not at all, undefined for until something comes. */
  async #round(): Promise<number | undefined> {
    if (this.#position.sequence >= this.#head) {
      this.#failures = 0;
      return undefined;
    }
    const { knex, http, clock, party, isOwn, headersFor } = this.#parts;
    const { receiver } = this;
    this.#behind ??= { since: clock(), head: this.#head };
    if (await this.#givesUp()) return 0;
    const after = this.#position.sequence;
    const stretch = await readJournalStretch(
      knex,
      receiver.module,
      { after, upTo: this.#head },
      ROUND_OBJECTS,
    );
    const foreign = stretch.objects.filter((change) => !isOwn(receiver, change));
    const plans = await planPushes(knex, receiver, foreign, { now: clock(), party });
    const changes = foreign.filter(({ key }) => plans.has(key));
    const headers = headersFor(receiver);
    const ofRound = randomUUID();
    const offered = await runRound(
      changes,
      (change) => {
        const correlationId = change.correlationId ?? ofRound;
        const call = { url: receiver.url, headers, correlationId, signal: this.#abort.signal };
        return deliver(http, plans.get(change.key) as PushPlan, call);
      },
      () => !this.#isStopping,
    );
    const wasFailing = this.#position.failingSince !== null;
    const delay = this.#note(offered, stretch);
    await this.#tellConnection(offered, wasFailing);
    return delay;
  }

  /** How the partner is, is a matter of its connection too: told when it begins to fail, and when it is well again. */
  async #tellConnection(offered: readonly Offered[], wasFailing: boolean): Promise<void> {
    const { connection } = this.receiver;
    const failures = offered.flatMap(({ delivery }) => (delivery?.kind === 'failed' ? [delivery] : []));
    const [first] = failures;
    const refused = failures.some(({ isTokenRefused }) => isTokenRefused);
    if (first && (refused || !wasFailing)) {
      await this.#parts.noteCall(connection, { message: `push: ${first.words}`, refused });
    } else if (!first && wasFailing && offered.some(({ delivery }) => delivery?.kind === 'taken')) {
      await this.#parts.noteCall(connection, null);
    }
  }

  /** Takes in how a round went. Answers how long to wait before the next. */
  #note(fromRound: readonly Offered[], { objects, upTo }: JournalStretch): number | undefined {
    const { clock, pace } = this.#parts;
    const offered = this.#stumbles.judge(fromRound);
    const before = this.#position;
    this.#hasNews ||= objects.length > 0;
    this.#position = afterRound(before, { offered, upTo }, clock());
    if (this.#behind && this.#position.sequence >= this.#behind.head) this.#behind = null;
    this.#tell(before, offered);
    const failures = offered.flatMap(({ delivery }) => (delivery?.kind === 'failed' ? [delivery] : []));
    if (failures.length > 0) {
      this.#failures += 1;
      const asked = Math.max(...failures.map(({ retryAfter }) => retryAfter ?? 0));
      return pace.retryDelay(this.#failures, asked > 0 ? asked : null);
    }
    this.#failures = 0;
    return this.#position.sequence < this.#head ? 0 : undefined;
  }

  /** True when the partner has been behind for so long that it is left to a resync by GET. */
  async #givesUp(): Promise<boolean> {
    const { clock, pace, positions, logger } = this.#parts;
    const { connectionId, module, failingSince, lastError } = this.#position;
    const now = clock();
    const since = failingSince ?? this.#behind?.since ?? now;
    if (now.getTime() - since.getTime() < pace.giveUp) return false;
    const reason = failingSince
      ? `It has failed since ${since.toISOString()}, last with: ${lastError}`
      : `Since ${since.toISOString()} it has taken changes more slowly than they came`;
    await positions.markResync({ connectionId, module }, { upTo: this.#head, since: now, reason });
    this.#position = { ...this.#position, sequence: this.#head, failingSince: null };
    this.#behind = null;
    this.#hasNews = true;
    const { name } = this.receiver.connection;
    logger.warn(
      { partner: name, module, reason },
      'a partner has to GET what it missed: it is marked for resync',
    );
    return true;
  }

  #tell(before: PushPosition, offered: readonly Offered[]): void {
    const { logger, count } = this.#parts;
    const { connection, module } = this.receiver;
    const partner = connection.name;
    const after = this.#position;
    for (const outcome of ['taken', 'refused', 'failed'] as const) {
      const objects = offered.filter(({ delivery }) => delivery?.kind === outcome).length;
      if (objects > 0) count(partner, module, outcome, objects);
    }
    if (after.refused > before.refused) {
      const objects = after.refused - before.refused;
      logger.info({ partner, module, objects, last: after.lastRefusal }, 'a partner refused what was pushed');
    }
    if (after.failingSince && !before.failingSince) {
      logger.warn({ partner, module, problem: after.lastError }, 'a partner does not take what is pushed');
    }
    if (before.failingSince && !after.failingSince) {
      logger.info({ partner, module, since: before.failingSince }, 'a partner takes what is pushed again');
    }
  }
}
