/**
 * What a way to pull is. One file an adapter in `ingest/adapters`; it exports one object that meets this
 * interface, is found by its folder (`discover.ts`) and held to one contract test. Types, and the one error that
 * all adapters share.
 */
import type { Logger } from 'pino';
import type { Module, Owner } from '../db/model.ts';
import type { OcpiVersion } from '../db/ocpi-version.ts';
import type { HttpClient } from './http/http-client.ts';
import type { Recognise } from './json-element.ts';

/** The settings of a source that only its adapter understands. */
export interface AdapterSettings {
  readonly url: string | null;
  readonly options: Readonly<Record<string, unknown>>;
}

/** What a pull is given. */
export interface PullContext extends AdapterSettings {
  /** The OCPI version that a person named; null: any that we speak. */
  readonly version: OcpiVersion | null;
  /** In clear; null when the source has none. Never to be logged. */
  readonly token: string | null;
  /** Everything is wanted, whatever is remembered. Otherwise what changed since `dateFrom` is enough. */
  readonly full: boolean;
  readonly dateFrom: Date | null;
  /** Our own party, for the routing headers. */
  readonly party: Owner;
  /** The owners that the source speaks for. */
  readonly parties: readonly Owner[];
  /** The party of the hub that is pulled; null when the source is none. */
  readonly hub: Owner | null;
  /** Which elements of a list are likely known: for lists of everything, since to make it ready costs a moment. */
  readonly recogniser: (module: Module, version: OcpiVersion) => Promise<Recognise>;
  /** What the last run left. */
  readonly memory: Readonly<Record<string, unknown>>;
  readonly http: HttpClient;
  /** One for all requests of this pull (ENV-19). */
  readonly correlationId: string;
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

/** Some objects of a module as they came: those of a JSON list as JsonElement or UnreadableElement. */
export interface PulledBatch {
  readonly module: Module;
  /** What they are written in. */
  readonly version: OcpiVersion;
  readonly objects: readonly unknown[];
}

/** How the pull of one module ended. */
export interface PulledModule {
  readonly module: Module;
  /** What it is written in. */
  readonly version: OcpiVersion;
  /**
   * - `complete`: the list came to its end (of what was asked for: everything, or what changed);
   * - `partial`: something of it is missing;
   * - `not-modified`: the partner says that nothing has changed since the last run; nothing came.
   */
  readonly state: 'complete' | 'partial' | 'not-modified';
  /** The list holds everything that there is: what it lacks is gone (PC-06). */
  readonly isWhole: boolean;
}

/** What a pull says at its end. */
export interface PullVerdict {
  readonly modules: readonly PulledModule[];
  /** Why something is missing; a person reads it. */
  readonly problems: readonly string[];
  /** What was odd although nothing is missing. */
  readonly notes: readonly string[];
  /** The partner refused our token (PC-10). */
  readonly isBroken: boolean;
  /** For the next run, however this one ends. */
  readonly memory: Readonly<Record<string, unknown>>;
  /** For the next run, when everything of this one was stored. */
  readonly memoryWhenStored: Readonly<Record<string, unknown>>;
}

export interface Adapter {
  /** As in `nap source add --kind`. */
  readonly kind: string;
  /** A sentence for the help page. */
  readonly description: string;
  /** What is wrong with these settings, a sentence each; empty when they can be pulled. */
  validateOptions(settings: AdapterSettings): string[];
  /** Which modules a source with these settings brings. */
  modulesOf(settings: AdapterSettings): Module[];
  /**
   * Pulls once. What a partner does wrong is in the verdict, never an exception; an abort rejects with the
   * signal's reason.
   */
  pull(context: PullContext): AsyncGenerator<PulledBatch, PullVerdict>;
}

/** The partner's answer is not what it should be; the message says how, for a person. */
export class PartnerError extends Error {
  override readonly name: string = 'PartnerError';
  /** The status_code of its envelope, when that is what is wrong. */
  readonly ocpiStatus: number | null;

  constructor(message: string, ocpiStatus: number | null = null) {
    super(message);
    this.ocpiStatus = ocpiStatus;
  }
}

/** The partner refused our token (HTTP 401). */
export class TokenRefusedError extends PartnerError {
  override readonly name = 'TokenRefusedError';
}

/** Told by name, as in `isHttpError`. */
export function isPartnerError(error: unknown): error is PartnerError {
  return error instanceof Error && (error.name === 'PartnerError' || isTokenRefused(error));
}

/** Told by name, as in `isHttpError`. */
export function isTokenRefused(error: unknown): error is TokenRefusedError {
  return error instanceof Error && error.name === 'TokenRefusedError';
}

/** An error that is the partner's, in words for a person; undefined for one of ours or an abort. */
export function partnerProblem(error: unknown): string | undefined {
  const { name, message } = error as Error;
  return PARTNER_ERRORS.has(name) ? message : undefined;
}

const PARTNER_ERRORS: ReadonlySet<string> = new Set([
  'PartnerError',
  'TokenRefusedError',
  'HttpError',
  'MalformedJsonError',
]);
