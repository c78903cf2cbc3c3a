/**
 * What the operator of the access point can ask for: the one list behind the `nap` command, the socket in the
 * data directory and /admin. Values go in and come out as on the wire (`snake_case`, JSON).
 *
 * Every method fails with AdminError for what the operator can mend, with any other error for our own faults.
 */
import type { RunCounts } from '../../db/model.ts';
import type { SnapshotReport } from '../../exports/snapshots.ts';

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
  /** ISO 8601, UTC, like all times here. */
  readonly created_at: string;
  readonly last_contact_at: string | null;
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

/** A token, told once. */
export interface IssuedToken {
  readonly name: string;
  readonly token: string;
  /** What the partner is given beside it. */
  readonly versions_url: string;
  /** `static`: it opens everything; `registration`: it opens only the handshake. */
  readonly token_kind: string;
}

/** Something pulled on a schedule, as shown to the operator: without its token. */
export interface SourceView {
  readonly name: string;
  readonly kind: string;
  /** Without user name, password and values of its query. */
  readonly url: string | null;
  readonly connection: string | null;
  readonly parties: readonly string[];
  readonly version: string;
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

export interface AdminService {
  /** Fields: name, role, parties, static, version, token_form, strictness, clock, push_only. */
  addConnection(input: object): Promise<IssuedToken>;
  listConnections(): Promise<ConnectionView[]>;
  showConnection(name: string): Promise<ConnectionView>;
  /** Fields of addConnection but `name` and `static`. */
  setConnection(name: string, input: object): Promise<ConnectionView>;
  /** A new token; the former one is dead. */
  rotateConnection(name: string): Promise<IssuedToken>;
  removeConnection(name: string): Promise<{ removed: string }>;
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
