/**
 * Those we deal with, in the registry's words: platforms that we speak OCPI with (connection), what they tell of
 * themselves (peer) and of others (client info), what is pulled (source), and how far each has been told of changes.
 *
 * Types only: nothing here runs.
 */
import type { BusinessDetails, Clock, Module, Owner, Role, Strictness } from './model.ts';

/** Whether a party behind a hub can be reached through it (2.2.1, HubClientInfo). */
export type ConnectionStatus = 'CONNECTED' | 'OFFLINE' | 'PLANNED' | 'SUSPENDED';

/** What a hub tells of one party behind it, in one role (2.2.1, HubClientInfo). */
export interface ClientInfo {
  readonly owner: Owner;
  readonly role: Role;
  readonly status: ConnectionStatus;
  readonly lastUpdated: Date;
}

/** One endpoint of a platform's version details (VER-04). 2.1.1 knows no role: there it is null. */
export interface PeerEndpoint {
  readonly identifier: string;
  readonly role: 'SENDER' | 'RECEIVER' | null;
  readonly url: string;
}

/** A role that a platform says it has, as it says it (CRED-14, CRED-22); no proof of anything. */
export interface PeerRole {
  readonly role: Role;
  readonly owner: Owner;
  readonly business_details: BusinessDetails;
}

/** What a platform that finished the handshake told us: how it is called, and what it offers. */
export interface Peer {
  readonly versionsUrl: string;
  /** The token that we call it with, sealed by the secret box. */
  readonly sealedToken: string;
  readonly endpoints: readonly PeerEndpoint[];
  readonly roles: readonly PeerRole[];
  /** Country and party of a hub in one text, in upper case (2.3.0, `hub_party_id`). */
  readonly hubPartyId: string | null;
  readonly registeredAt: Date;
}

/** A platform that we speak OCPI with. */
export interface Connection {
  readonly id: number;
  readonly name: string;
  readonly role: Role;
  readonly version: string;
  readonly strictness: Strictness;
  readonly clock: Clock;
  /** How we send our token to it; inbound both forms are taken (AUTH-05). */
  readonly tokenForm: 'base64' | 'raw';
  /** A person said so; otherwise it is what worked, or the first to be tried (AUTH-15). */
  readonly tokenFormIsSet: boolean;
  readonly pushOnly: boolean;
  /**
   * What the token that it called with, or else its standing one, opens: everything (`static`, or `credentials`
   * from a handshake), versions and the handshake (`registration`), versions only (`pending`: handed out by a
   * handshake or rotation of ours that is not finished, CRED-18).
   */
  readonly tokenKind: 'static' | 'registration' | 'credentials' | 'pending';
  /** Whether any token of ours opens our door to it; not after it unregistered, nor before our handshake ends. */
  readonly hasToken: boolean;
  /** Since when a handshake or rotation of ours waits for its answer. */
  readonly pendingSince: Date | null;
  /** In which form it last sent us a token that fitted. */
  readonly tokenFormSeen: string | null;
  /** Whom it may speak for (CPO) or who it is (others), as named by the operator; a hub's own party is the first. */
  readonly parties: readonly Owner[];
  /** Null as long as no handshake was finished: static tokens, registration tokens not yet used. */
  readonly peer: Peer | null;
  readonly createdAt: Date;
  /** When it last called us. */
  readonly lastContactAt: Date | null;
  /** Calls of ours that failed since the last one that did not. */
  readonly consecutiveFailures: number;
  readonly lastError: string | null;
  readonly lastErrorAt: Date | null;
  /** Set when it refused our token (PC-10): no more calls by schedule until a person acts. */
  readonly brokenAt: Date | null;
}

/** How far a partner has got in the journal, a module: what the push to it has to go on from. */
export interface PushPosition {
  readonly connectionId: number;
  readonly module: Module;
  /** Everything up to here was offered to it. */
  readonly sequence: number;
  /** Objects that it took, or refused, and requests in which it failed. */
  readonly taken: number;
  readonly refused: number;
  readonly failures: number;
  /** Since when it has not answered as it should; null while it does. */
  readonly failingSince: Date | null;
  readonly lastTakenAt: Date | null;
  /** Which object, and the partner's words. */
  readonly lastRefusal: string | null;
  readonly lastRefusalAt: Date | null;
  readonly lastError: string | null;
  readonly lastErrorAt: Date | null;
  /** Set when we gave up on what changed since `missedSince`: the partner has to GET it (RT-11). */
  readonly resync: { readonly since: Date; readonly missedSince: Date; readonly reason: string } | null;
}

/** How a run of a source ended: design, section 7. */
export type RunState = 'running' | 'complete' | 'partial' | 'held' | 'failed';

/** Something pulled on a schedule. */
export interface Source {
  readonly id: number;
  readonly name: string;
  /** Name of the adapter: a file of `ingest/adapters`. */
  readonly kind: string;
  readonly connectionId: number | null;
  readonly url: string | null;
  /** What only its adapter understands, e.g. `{ module: 'tariffs' }` or `{ locationsUrl, tariffsUrl }`. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The partner's token, sealed by the secret box; never in clear in the database. */
  readonly sealedToken: string | null;
  /** OCPI version that a person named; null: what both sides speak, found out at each pull (VER-09). */
  readonly version: string | null;
  readonly strictness: Strictness;
  /** Cron expression of incremental pulls. */
  readonly schedule: string;
  /** Cron expression of full pulls. */
  readonly fullSchedule: string;
  /** Share of its objects, 0 to 1, that a full pull may miss before nothing is removed and the run is `held`. */
  readonly shrinkLimit: number;
  /** Owners that it speaks for; empty: any owner that has no other voice. */
  readonly parties: readonly Owner[];
  readonly state: RunState | 'idle';
  readonly lastStartedAt: Date | null;
  readonly lastFinishedAt: Date | null;
  /** Start of the last run that ended `complete`: where the next incremental pull begins (PC-07). */
  readonly lastGoodStartedAt: Date | null;
  readonly lastFullAt: Date | null;
  readonly lastError: string | null;
  readonly consecutiveFailures: number;
  /** Set when the partner refused our token (PC-10): no more tries until a person acts. */
  readonly brokenAt: Date | null;
  /** What its adapter keeps between runs, e.g. ETag and Last-Modified of a file. */
  readonly memory: Readonly<Record<string, unknown>>;
}

/** Counts of one run; `received` is the sum of the six outcomes. */
export interface RunCounts {
  received: number;
  created: number;
  updated: number;
  unchanged: number;
  stale: number;
  rejected: number;
  failed: number;
  /** Objects that a complete full pull no longer had; stands apart from `received`. */
  removed: number;
  findings: number;
}
