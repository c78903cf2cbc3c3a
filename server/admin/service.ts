/**
 * What the operator of the access point can ask for: the one list behind the `nap` command, the socket in the
 * data directory and /admin. Values go in and come out as on the wire (`snake_case`, JSON).
 *
 * Every method fails with AdminError for what the operator can mend, with any other error for our own faults.
 */
import type { RunCounts } from '../../db/partner-model.ts';
import type { SnapshotReport } from '../../exports/snapshots.ts';
import type { QualityAdmin } from './quality-wishes.ts';

/** A platform that we speak OCPI with, as shown to the operator: without any token. */
export interface ConnectionView {
  readonly name: string;
  readonly role: string;
  /** E.g. `NL-TNM`. */
  readonly parties: readonly string[];
  readonly version: string;
  readonly token_kind: string;
  readonly token_form: string;
  readonly token_form_seen: string | null;
  readonly strictness: string;
  readonly clock: string;
  readonly push_only: boolean;
  /**
   * `static`, `waiting` (for its handshake), `pending` (ours is under way), `registered`, `refused` (registered, and
   * it refuses our token), `unregistered`.
   */
  readonly state: string;
  /** ISO 8601, UTC, like all times here. */
  readonly created_at: string;
  readonly registered_at: string | null;
  /** When it last called us. */
  readonly last_contact_at: string | null;
  /** Calls of ours that failed since the last one that did not. */
  readonly consecutive_failures: number;
  readonly last_error: string | null;
  readonly last_error_at: string | null;
  /** What it told us of itself; null as long as it is not registered. */
  readonly peer: PeerView | null;
  /** Pushes to it, one a module that it receives; told by `showConnection` alone. */
  readonly push?: readonly PushView[];
  /** What a hub told of the parties behind it; of hubs only, and only where one connection is shown. */
  readonly hub_parties?: readonly HubPartyView[];
}

/** A party behind a hub, in one of its roles. */
export interface HubPartyView {
  /** E.g. `DE-ABC`. */
  readonly party: string;
  readonly role: string;
  readonly status: string;
  readonly last_updated: string;
}

/** How the push of a module to a partner is. */
export interface PushView {
  readonly module: string;
  /** `resync`: it was behind for too long, and has to GET what changed since `resync_from`. */
  readonly state: 'following' | 'failing' | 'resync';
  /** In the journal: everything up to here was offered to it. */
  readonly position: number;
  /** Changes that it was not offered yet. */
  readonly behind: number;
  readonly taken: number;
  readonly refused: number;
  /** Requests in which the partner failed. */
  readonly failures: number;
  readonly failing_since: string | null;
  readonly resync_since: string | null;
  /** What it gives as `date_from`, when it does not GET everything. */
  readonly resync_from: string | null;
  readonly resync_reason: string | null;
  readonly last_taken_at: string | null;
  /** The object and the partner's words. */
  readonly last_refusal: string | null;
  readonly last_refusal_at: string | null;
  readonly last_error: string | null;
  readonly last_error_at: string | null;
}

/** The other side of a handshake. */
export interface PeerView {
  /** Without user name, password and values of its query, like all URLs here. */
  readonly versions_url: string;
  readonly endpoints: readonly { identifier: string; role: string | null; url: string }[];
  /** As it states them. */
  readonly roles: readonly { role: string; party: string; name: string }[];
  readonly hub_party_id: string | null;
}

/** A token, told once; or a handshake of ours that has ended well. */
export interface IssuedToken {
  readonly name: string;
  /** Null after a handshake of ours: the partner has it. */
  readonly token: string | null;
  /** What the partner is given beside it. */
  readonly versions_url: string;
  /** `static`: it opens everything; `registration`: only the handshake; `credentials`: from a handshake. */
  readonly token_kind: string;
  /** What the operator has to do before it can be used. */
  readonly hint?: string;
  /** After a handshake of ours: what was agreed. */
  readonly registered?: {
    readonly version: string;
    /** The source that pulls from the partner, if it is pulled. */
    readonly source: string | null;
    /** What should be known although all went well. */
    readonly notes: readonly string[];
  };
}

/** A connection that is no more. */
export interface RemovedConnection {
  readonly removed: string;
  /** Of one that was registered: why the partner could not be told, or null when it was. */
  readonly partner_problem?: string | null;
}

/** Something pulled on a schedule, as shown to the operator: without its token. */
export interface SourceView {
  readonly name: string;
  readonly kind: string;
  /** Without user name, password and values of its query. */
  readonly url: string | null;
  readonly connection: string | null;
  readonly parties: readonly string[];
  /** The one that was named, or else the one that the last pull spoke; null before the first. */
  readonly version: string | null;
  readonly strictness: string;
  readonly schedule: string;
  readonly full_schedule: string;
  readonly shrink_limit: number;
  readonly options: Readonly<Record<string, unknown>>;
  readonly has_token: boolean;
  readonly state: string;
  readonly last_started_at: string | null;
  readonly last_finished_at: string | null;
  /** Start of the last run that ended `complete`. */
  readonly last_good_started_at: string | null;
  readonly last_full_at: string | null;
  readonly last_error: string | null;
  readonly consecutive_failures: number;
  /** The partner refused our token: no more pulls by schedule until a person acts. */
  readonly broken_at: string | null;
}

/** One run of a source: design, section 7. */
export interface RunView extends RunCounts {
  readonly source: string;
  readonly state: 'complete' | 'partial' | 'held' | 'failed';
  readonly seconds: number;
  readonly problem?: string;
}

/** How the access point is: design, section 7. */
export interface StatusView {
  readonly engine: 'embedded' | 'server';
  /** Of this software. */
  readonly version: string;
  readonly sequence: number;
  readonly locations: number;
  readonly evses: number;
  readonly connectors: number;
  readonly tariffs: number;
  readonly sources: readonly SourceView[];
  readonly connections: readonly ConnectionView[];
  /** Sources without a good pull for two days, and platforms with a voice without a word for a week. */
  readonly silent: readonly SilentView[];
}

/** Who has stopped speaking. */
export interface SilentView {
  readonly kind: 'source' | 'connection';
  readonly name: string;
  /** Null: never. */
  readonly last_heard_at: string | null;
  readonly parties: readonly string[];
}

/** An operator ID as the registers have it: design, section 7. */
export interface OperatorView {
  readonly country_code: string;
  readonly operator_id: string;
  readonly role: string;
  /** DELISTED: its authority listed it once. */
  readonly status: string;
  readonly name: string | null;
  readonly website: string | null;
  readonly authority: string;
  readonly first_seen: string;
  readonly last_seen: string;
  /** Other authorities that list the same ID for the same role. */
  readonly also_listed_by: readonly string[];
}

/** How an import of operator IDs ended. */
export interface OperatorImportView {
  readonly authority: string;
  readonly origin: string;
  /**
   * `imported`; `unchanged`: the register says that nothing has changed; `refused`: too much would change; `failed`:
   * it could not be read. The last two changed nothing.
   */
  readonly state: 'imported' | 'unchanged' | 'refused' | 'failed';
  /** Rows of the list. */
  readonly received: number;
  /** What was read from them; `created`, `updated`, `unchanged` add up to it. */
  readonly entries: number;
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
  readonly delisted: number;
  /** Rows of which something was not taken in. */
  readonly malformed: number;
  readonly findings: readonly {
    readonly place: string;
    readonly message: string;
    readonly received: string;
  }[];
  readonly problem: string | null;
  readonly finished_at: string;
  readonly seconds: number;
}

/** A register of operator IDs. */
export interface OperatorRegisterView {
  readonly authority: string;
  readonly title: string;
  /** Empty: the rows name their own. */
  readonly countries: readonly string[];
  readonly schedules: readonly { readonly url: string; readonly schedule: string }[];
  readonly cpo: number;
  readonly emsp: number;
  readonly delisted: number;
  /** Who says so: several for the plain table. */
  readonly authorities: readonly {
    readonly authority: string;
    readonly cpo: number;
    readonly emsp: number;
    readonly delisted: number;
    readonly last_seen: string;
  }[];
  readonly last_import: OperatorImportView | null;
  readonly last_good_at: string | null;
}

export interface RunOptions {
  readonly full: boolean;
  /** Ends the run early. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (counts: RunCounts) => void;
}

export interface AdminService extends QualityAdmin {
  /**
   * Fields: name, role, parties, static, version, token_form, strictness, clock, push_only; to begin the handshake
   * ourselves, versions_url and token.
   */
  addConnection(input: object): Promise<IssuedToken>;
  listConnections(): Promise<ConnectionView[]>;
  showConnection(name: string): Promise<ConnectionView>;
  /** Fields: role, parties, version, token_form, strictness, clock, push_only. */
  setConnection(name: string, input: object): Promise<ConnectionView>;
  /**
   * New tokens. With a registered partner both are replaced, by a handshake of ours; otherwise, or when `reset` is
   * true, a token for the operator to hand over, and the former one is dead.
   */
  rotateConnection(name: string, input?: object): Promise<IssuedToken>;
  /** Tells a registered partner, as far as it can be reached, and removes the connection. */
  removeConnection(name: string): Promise<RemovedConnection>;
  /**
   * Fields: name, kind, url, connection, locations_url, tariffs_url, module, parties, token, token_form,
   * strictness, schedule, full_schedule, shrink_limit.
   */
  addSource(input: object): Promise<SourceView>;
  listSources(): Promise<SourceView[]>;
  /**
   * Fields: token, token_form, strictness, schedule, full_schedule, shrink_limit. One whose token was refused
   * counts as mended and is pulled by its schedule again.
   */
  setSource(name: string, input: object): Promise<SourceView>;
  /** Runs it now and waits for its end. */
  runSource(name: string, options: RunOptions): Promise<RunView>;
  removeSource(name: string): Promise<{ removed: string }>;
  /**
   * Reads a register now and waits for its end. Fields: from (URL or path), authority, schedule (cron, or `never`),
   * force.
   */
  importOperators(input: object, signal?: AbortSignal): Promise<OperatorImportView>;
  /** By an operator ID or EVSE ID in any spelling; empty when it is in no register. */
  findOperators(id: string): Promise<OperatorView[]>;
  /** All registers, whether anything was read from them or not. */
  listOperators(): Promise<OperatorRegisterView[]>;
  /** Builds all files of open data, or those of one format. */
  buildExports(format?: string): Promise<SnapshotReport[]>;
  status(): Promise<StatusView>;
}
