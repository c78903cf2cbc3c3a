/**
 * What a caller hands to the writer: the key of one object and a pure function from what the registry holds
 * now to what it shall hold next, or to a refusal. The writer may call the function more than once (a batch
 * that fails is tried again member by member), so it must not do anything but decide.
 */
import type { Finding, Location, Outcome, Owner, Refusal, Speaker, Tariff } from '../model.ts';

/** What the registry holds of a Location at the moment of deciding. Not to be altered. */
export interface CurrentLocation {
  readonly document: Location;
  /** Lower-case uids of EVSEs that the registry itself set to REMOVED, because the owner stopped sending them. */
  readonly omittedEvses: readonly string[];
  /** True when a complete pull no longer had the Location. */
  readonly vanished: boolean;
}

export interface CurrentTariff {
  readonly document: Tariff;
}

/** The next state of an object. */
export interface Write<T> {
  readonly kind: 'write';
  readonly document: T;
  /** OCPI version in which it came. */
  readonly sourceVersion: string;
  /** Versions to which the document may be served as stored. */
  readonly asStored: readonly string[];
  /** Hash of the whole input that leads to this state, null when it was pushed: see `identify.ts`. */
  readonly inputHash: Buffer | null;
  readonly findings: readonly Finding[];
  /** `replace`: these are all findings of ingest on the object; `add`: others stay open. */
  readonly findingsMode: 'replace' | 'add';
  /** A child (EVSE, Connector) is new although its Location is not. */
  readonly createdChild?: boolean;
  readonly omittedEvses?: readonly string[];
  readonly vanished?: boolean;
}

/** The object stays as it is; the rules are asked of it again, since what they go by has changed. */
export interface Recheck {
  readonly kind: 'recheck';
  /** What rules across objects say of it: they are asked outside the writer. Absent: as they said before. */
  readonly withheldAcross?: boolean;
}

export type Decision<T> =
  | Write<T>
  | Recheck
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'stale' }
  | { readonly kind: 'refuse'; readonly refusal: Refusal };

/** Tariffs can be deleted; a Location can not (LR-18, LR-19): its EVSEs become REMOVED. */
export type TariffDecision = Decision<Tariff> | { readonly kind: 'delete' };

interface MutationKey {
  readonly owner: Owner;
  /** The object's id as sent; compared without case. */
  readonly id: string;
  /** Null for what nobody brought: a recheck. */
  readonly speaker: Speaker | null;
  /** Of the push that it came with; the journal keeps it for those who forward the change (ENV-19). */
  readonly correlationId?: string | null | undefined;
}

export interface LocationMutation extends MutationKey {
  readonly module: 'locations';
  apply(current: CurrentLocation | undefined): Decision<Location>;
}

export interface TariffMutation extends MutationKey {
  readonly module: 'tariffs';
  apply(current: CurrentTariff | undefined): TariffDecision;
}

export type Mutation = LocationMutation | TariffMutation;

/** A mutation on its way through a batch, with its answer. */
export interface Pending {
  readonly mutation: Mutation;
  readonly resolve: (outcome: Outcome) => void;
}

/**
 * The key of an object, the same for every spelling of its id: `NL/TNM/loc-1`.
 * Owner codes are upper case already; ids are CiStrings of printable ASCII, compared in lower case.
 */
export function objectKey(owner: Owner, id: string): string {
  return `${owner.countryCode}/${owner.partyId}/${id.toLowerCase()}`;
}
