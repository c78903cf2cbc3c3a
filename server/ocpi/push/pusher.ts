/**
 * The push to navigation providers: finds out whom to push to, keeps a follower for each of their Receivers, tells
 * the followers how far the journal has got, and keeps their positions.
 *
 * How far the journal has got is told by the writer of this process, and looked up once a second for what other
 * processes write: one row, whatever the number of partners. (There is no LISTEN/NOTIFY on the embedded engine.)
 * Positions are saved together, once a second, and each is claimed by one process; so with several job processes
 * no partner is pushed to twice, and when one dies another goes on after a minute.
 *
 * After a process is killed, what was sent in its last second is sent once more: at least once, never not at all.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import type { Owner } from '../../../db/model.ts';
import type { Connection } from '../../../db/partner-model.ts';
import { readHead } from '../../../db/reads/public-objects.ts';
import type { ConnectionStore } from '../../../db/registry/connection-store.ts';
import { sameOwner } from '../../../db/registry/owner.ts';
import type { PushPositionStore, PushTarget } from '../../../db/registry/push-position-store.ts';
import { CLAIM_RENEWAL_MS } from '../../../db/registry/source-claim.ts';
import type { VoiceStore } from '../../../db/registry/voice-store.ts';
import type { HttpClient } from '../../../ingest/http/http-client.ts';
import { authorizationHeader } from '../../../ingest/ocpi-client/token.ts';
import { Bell } from '../../bell.ts';
import { Follower, type FollowerParts, type PushPace, USUAL_PACE } from './follower.ts';
import { addresseeOf, type Receiver, receiversOf } from './receivers.ts';

export interface Pusher {
  /** Begins. Faults of the database are logged and tried again. */
  start(): void;
  /** The registry has changed. */
  wake(): void;
  /** What is in flight ends or is broken off, positions are saved and let go. Safe to call twice, or unstarted. */
  stop(): Promise<void>;
}

export interface PusherParts {
  readonly knex: Knex;
  readonly positions: PushPositionStore;
  readonly connections: Pick<ConnectionStore, 'list' | 'noteCall'>;
  readonly voices: Pick<VoiceStore, 'list'>;
  readonly http: HttpClient;
  readonly unseal: (sealed: string) => string;
  /** Our own party, in whose name pushes go out. */
  readonly party: Owner | undefined;
  readonly clock: () => Date;
  readonly logger: Logger;
  readonly count: FollowerParts['count'];
  /** For tests. */
  readonly pace?: Partial<PusherPace>;
}

/** Times in milliseconds; tests take shorter ones. */
export interface PusherPace extends PushPace {
  /** Between two looks at the head of the journal, for what other processes write. */
  readonly lookAtHead: number;
  /** Between two wakings of the followers: what changes within is told together. */
  readonly gather: number;
  /** Between two looks at the connections. */
  readonly lookAtPartners: number;
  /** Between two savings of positions. */
  readonly save: number;
}

const PACE: PusherPace = {
  ...USUAL_PACE,
  lookAtHead: 1_000,
  gather: 100,
  lookAtPartners: 5_000,
  save: 1_000,
};

/** The clocks of this machine and of the database may differ by so much: then a partner is told a little twice. */
const CLOCK_MARGIN_MS = 60_000;

/** Makes the pusher of a process. It does nothing until it is started. */
export function createPusher(parts: PusherParts): Pusher {
  const pace: PusherPace = { ...PACE, ...parts.pace };
  const crew = new Crew(parts, pace);
  const bell = new Bell();
  const chores = [
    { every: pace.lookAtPartners, due: 0, run: () => crew.muster() },
    { every: pace.save, due: pace.save, run: () => crew.save() },
    { every: CLAIM_RENEWAL_MS, due: CLAIM_RENEWAL_MS, run: () => crew.renew() },
  ];
  let isStopping = false;
  let running: Promise<void> | undefined;
  let stopped: Promise<void> | undefined;
  let isFaulty = false;

  async function run(): Promise<void> {
    const start = performance.now();
    while (!isStopping) {
      try {
        crew.wake((await readHead(parts.knex)).sequence);
        for (const chore of chores) {
          const now = performance.now() - start;
          if (isStopping || now < chore.due) continue;
          chore.due = now + chore.every;
          await chore.run();
        }
        isFaulty = false;
      } catch (error) {
        // Once, until it works again: it is the database's fault, and others tell of it, too.
        if (!isFaulty) parts.logger.error({ err: error }, 'pushes cannot go on; trying again');
        isFaulty = true;
      }
      if (isStopping) return;
      await sleep(pace.gather);
      await bell.wait(pace.lookAtHead);
    }
  }

  async function stop(): Promise<void> {
    isStopping = true;
    bell.ring();
    await running;
    await crew.disband();
  }

  return {
    start() {
      running ??= run();
    },
    wake: () => bell.ring(),
    stop() {
      stopped ??= running ? stop() : Promise.resolve();
      return stopped;
    },
  };
}

/** The followers of this process. */
class Crew {
  readonly #parts: PusherParts;
  readonly #followers = new Map<string, Follower>();
  readonly #begun = new Set<string>();
  readonly #shared: FollowerParts;
  readonly #leaving = new Set<Promise<void>>();
  #head = 0;
  /** Owners by the connection that speaks for them, as last looked up. */
  #voices = new Map<string, number>();

  constructor(parts: PusherParts, pace: PushPace) {
    this.#parts = parts;
    this.#shared = {
      ...parts,
      pace,
      isOwn: ({ connection, module }, { owner }) =>
        connection.parties.some((party) => sameOwner(party, owner)) ||
        this.#voices.get(voiceKey(owner, module)) === connection.id,
      headersFor: (receiver) => this.#headersFor(receiver),
      noteCall: (connection, problem) => parts.connections.noteCall(connection, problem),
    };
  }

  wake(head: number): void {
    this.#head = head;
    for (const follower of this.#followers.values()) follower.wake(head);
  }

  /** Looks who is to be pushed to, and takes on those that nobody pushes to. */
  async muster(): Promise<void> {
    const { connections, voices, positions } = this.#parts;
    const wanted = new Map(
      (await connections.list()).flatMap(receiversOf).map((one) => [keyOf(targetOf(one)), one]),
    );
    this.#voices = new Map(
      (await voices.list()).flatMap(({ owner, module, speaker }) =>
        speaker.kind === 'connection' ? [[voiceKey(owner, module), speaker.id] as const] : [],
      ),
    );
    for (const [key, follower] of this.#followers) {
      const receiver = wanted.get(key);
      if (receiver && fingerprint(receiver) !== fingerprint(follower.receiver)) follower.update(receiver);
    }
    this.#dismiss([...this.#followers.keys()].filter((key) => !wanted.has(key)));
    const free = [...wanted.values()].filter((receiver) => !this.#followers.has(keyOf(targetOf(receiver))));
    if (free.length === 0) return;
    await this.#begin(free);
    for (const position of await positions.claim(free.map(targetOf))) {
      const receiver = wanted.get(keyOf(position)) as Receiver;
      this.#followers.set(keyOf(position), new Follower(this.#shared, receiver, position, this.#head));
    }
  }

  async save(): Promise<void> {
    await this.#saveOf([...this.#followers.values()]);
  }

  /** Says that we go on; followers whose claim was taken over end. */
  async renew(): Promise<void> {
    const held = new Set((await this.#parts.positions.renew()).map(keyOf));
    this.#dismiss([...this.#followers.keys()].filter((key) => !held.has(key)));
  }

  async disband(): Promise<void> {
    this.#dismiss([...this.#followers.keys()]);
    await Promise.all(this.#leaving);
  }

  /** A partner begins where the journal stood when it registered, but no further back than it would be sent. */
  async #begin(receivers: readonly Receiver[]): Promise<void> {
    const { positions, clock } = this.#parts;
    const unseen = receivers.filter((receiver) => !this.#begun.has(keyOf(targetOf(receiver))));
    const earliest = clock().getTime() - USUAL_PACE.giveUp;
    await positions.begin(
      unseen.map((receiver) => {
        const registered = receiver.connection.peer.registeredAt.getTime() - CLOCK_MARGIN_MS;
        return { ...targetOf(receiver), from: new Date(Math.max(registered, earliest)) };
      }),
    );
    for (const receiver of unseen) this.#begun.add(keyOf(targetOf(receiver)));
  }

  /** Ends followers, each as soon as what it has in flight ends; nobody waits for that but `disband`. */
  #dismiss(keys: readonly string[]): void {
    for (const key of keys) {
      const follower = this.#followers.get(key);
      this.#followers.delete(key);
      if (!follower) continue;
      const leaving = this.#letGo(follower).finally(() => this.#leaving.delete(leaving));
      this.#leaving.add(leaving);
    }
  }

  async #letGo(follower: Follower): Promise<void> {
    const { positions, logger } = this.#parts;
    await follower.stop();
    try {
      await this.#saveOf([follower]);
      await positions.release([targetOf(follower.receiver)]);
    } catch (error) {
      logger.error({ err: error }, 'a position of a push was not saved: some objects will be sent once more');
    }
  }

  async #saveOf(followers: readonly Follower[]): Promise<void> {
    const unsaved = followers.flatMap((follower) => {
      const position = follower.unsaved;
      return position ? [{ follower, position }] : [];
    });
    await this.#parts.positions.save(unsaved.map(({ position }) => position));
    for (const { follower, position } of unsaved) follower.noteSaved(position);
  }

  #headersFor(receiver: Receiver): Record<string, string> {
    const { unseal, party } = this.#parts;
    const { peer, tokenForm, version } = receiver.connection;
    const token = authorizationHeader(unseal(peer.sealedToken), tokenForm);
    const to = addresseeOf(receiver);
    // RT-14: 2.1.1 has no routing. Half a pair would be refused (RT-03), and so would one of the two pairs.
    if (version === '2.1.1' || !party || !to) return token;
    return {
      ...token,
      'ocpi-from-country-code': party.countryCode,
      'ocpi-from-party-id': party.partyId,
      'ocpi-to-country-code': to.countryCode,
      'ocpi-to-party-id': to.partyId,
    };
  }
}

function targetOf({ connection, module }: Receiver): PushTarget {
  return { connectionId: connection.id, module };
}

function keyOf({ connectionId, module }: PushTarget): string {
  return `${connectionId}/${module}`;
}

function voiceKey(owner: Owner, module: string): string {
  return `${owner.countryCode}/${owner.partyId}/${module}`.toUpperCase();
}

/** What of a connection a push depends on. */
function fingerprint({ connection, url }: Receiver): string {
  const { role, version, tokenForm, parties, peer }: Connection = connection;
  return JSON.stringify({ url, role, version, tokenForm, parties, peer });
}
