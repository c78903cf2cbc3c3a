/**
 * The registry's own words: what a Location, an Evse, a Connector and a Tariff are once they are inside.
 *
 * The vocabulary is OCPI 2.3.0's, as a superset of the older versions (`docs/architecture.md`); the field
 * names stay those of the wire (`snake_case`), because a document is stored and served as it came. Only the
 * fields that our own code reads are typed here; every other field of the specification, and every field that
 * a partner adds, travels through untouched.
 *
 * Types only: nothing here runs.
 */

/** Who an object belongs to. Compared without case (OCPI CiString), kept in upper case. */
export interface Owner {
  readonly countryCode: string;
  readonly partyId: string;
}

/** The kinds of object that the registry holds under OCPI's own module names. */
export type Module = 'locations' | 'tariffs';

/**
 * Who brings an object: a connection (a platform we speak OCPI with) or a source (something we pull).
 * A source that pulls from a connection speaks with that connection's voice.
 */
export type Speaker =
  | { readonly kind: 'connection'; readonly id: number }
  | { readonly kind: 'source'; readonly id: number };

/** What to do with input that the specification does not allow: mend and note it, or refuse it. */
export type Strictness = 'report' | 'reject';

/** Which moment `date_from` and `date_to` of a Sender list select on: decision D-1. */
export type Clock = 'registry' | 'object';

/** OCPI roles a platform may have (2.2.1, Role). */
export type Role = 'CPO' | 'EMSP' | 'HUB' | 'NAP' | 'NSP' | 'OTHER' | 'SCSP';

export type Status =
  | 'AVAILABLE'
  | 'BLOCKED'
  | 'CHARGING'
  | 'INOPERATIVE'
  | 'OUTOFORDER'
  | 'PLANNED'
  | 'REMOVED'
  | 'RESERVED'
  | 'UNKNOWN';

export type PowerType = 'AC_1_PHASE' | 'AC_2_PHASE' | 'AC_2_PHASE_SPLIT' | 'AC_3_PHASE' | 'DC';

/** Decimal degrees as text, as the owner wrote them. */
export interface Coordinates {
  latitude: string;
  longitude: string;
}

export interface BusinessDetails {
  name: string;
  website?: string | null;
}

export interface Connector {
  id: string;
  standard: string;
  format: 'SOCKET' | 'CABLE';
  power_type: PowerType;
  /** Volt; line to neutral for AC_3_PHASE. */
  max_voltage: number;
  /** Ampere. */
  max_amperage: number;
  /** Watt. */
  max_electric_power?: number | null;
  tariff_ids?: string[] | null;
  last_updated: string;
  [field: string]: unknown;
}

export interface Evse {
  uid: string;
  evse_id?: string | null;
  status: Status;
  capabilities?: string[] | null;
  connectors: Connector[];
  floor_level?: string | null;
  coordinates?: Coordinates | null;
  physical_reference?: string | null;
  parking_restrictions?: string[] | null;
  last_updated: string;
  [field: string]: unknown;
}

export interface Hours {
  twentyfourseven: boolean;
  [field: string]: unknown;
}

export interface Location {
  country_code: string;
  party_id: string;
  id: string;
  publish: boolean;
  publish_allowed_to?: unknown[] | null;
  name?: string | null;
  address: string;
  city: string;
  postal_code?: string | null;
  state?: string | null;
  /** ISO 3166-1 alpha-3. */
  country: string;
  coordinates: Coordinates;
  parking_type?: string | null;
  evses?: Evse[] | null;
  operator?: BusinessDetails | null;
  suboperator?: BusinessDetails | null;
  owner?: BusinessDetails | null;
  /** IANA name. */
  time_zone: string;
  opening_times?: Hours | null;
  energy_mix?: { is_green_energy: boolean; [field: string]: unknown } | null;
  help_phone?: string | null;
  last_updated: string;
  [field: string]: unknown;
}

export interface PriceComponent {
  type: 'ENERGY' | 'FLAT' | 'PARKING_TIME' | 'TIME';
  /** In the Tariff's currency, per kWh, per hour or once; with or without tax as `tax_included` says. */
  price: number;
  /** Per cent. */
  vat?: number | null;
  step_size: number;
}

export interface TariffElement {
  price_components: PriceComponent[];
  restrictions?: Record<string, unknown> | null;
}

/** 2.3.0's PriceLimit; 2.2.1 says excl_vat and incl_vat. */
export interface PriceLimit {
  before_taxes: number;
  after_taxes?: number | null;
}

export interface Tariff {
  country_code: string;
  party_id: string;
  id: string;
  currency: string;
  type?: string | null;
  tariff_alt_text?: { language: string; text: string }[] | null;
  tariff_alt_url?: string | null;
  min_price?: PriceLimit | null;
  max_price?: PriceLimit | null;
  elements: TariffElement[];
  tax_included: 'YES' | 'NO' | 'N/A';
  start_date_time?: string | null;
  end_date_time?: string | null;
  last_updated: string;
  [field: string]: unknown;
}

/** One thing wrong with an object, in words that the one who can mend it understands. */
export interface Problem {
  /** Where in the object, e.g. `evses[2].connectors[0].max_voltage`; empty for the object itself. */
  readonly path: string;
  /** The rule that it breaks: a JSON Schema keyword or a requirement id such as LR-29. */
  readonly rule: string;
  /** One sentence: the path, what was wanted, what was received. */
  readonly message: string;
}

export type Severity = 'info' | 'warning' | 'error';

/** The part of a Location that a finding is about, in the owner's spelling. */
export interface FindingPart {
  readonly evseUid: string;
  readonly evseId: string | null;
  readonly connectorId: string | null;
}

/** Something noted about an object that was taken in, or refused. One open finding per object, rule and part. */
export interface Finding {
  /** E.g. `repair:coordinates-padded`. */
  readonly rule: string;
  readonly severity: Severity;
  /** The first place in the object. */
  readonly path: string;
  readonly message: string;
  readonly occurrences: number;
  /** Absent: it is about the object as a whole. */
  readonly part?: FindingPart;
  /** What was received there, as JSON text cut to a line; absent when nothing was. */
  readonly received?: string;
}

/** What is to be said of an object as it now stands, and whether it may be shown. */
export interface Checked {
  readonly findings: readonly Finding[];
  /** AFIR items that it lacks, e.g. `A5`. Empty for Tariffs. */
  readonly missingItems: readonly string[];
  /** A policy keeps it out of everything public. */
  readonly withheld: boolean;
}

/**
 * The rules about single objects, as the writer asks them: of what will be stored, beside what was stored before.
 * Pure; given to the writer from outside, which knows no rule itself.
 */
export interface Checks {
  location(next: Location, previous: Location | undefined, owner: Owner): Checked;
  tariff(next: Tariff, previous: Tariff | undefined, owner: Owner): Checked;
  /**
   * Of a Location about which all rules were asked before: what is left to ask where nothing but statuses and times has
   * changed since. Null where more has, so that all have to be asked.
   */
  moved(next: Location, previous: Location, owner: Owner): CheckedMotion | null;
}

/** What those rules say that go by statuses and times. What others found, and what the Location lacks, stays as it is. */
export interface CheckedMotion extends Pick<Checked, 'findings' | 'withheld'> {
  /** The rules that were asked. */
  readonly rules: readonly string[];
}

/** How the handling of one object ended; a run counts these, and they add up to what it received. */
export type OutcomeKind = 'created' | 'updated' | 'unchanged' | 'stale' | 'rejected' | 'failed';

/** Why an object was not taken. Says nothing of HTTP: `server/ocpi/envelope.ts` gives it a status. */
export interface Refusal {
  readonly reason:
    | 'invalid'
    | 'unknown-object'
    | 'unknown-parent'
    | 'foreign-party'
    | 'other-voice'
    | 'id-mismatch';
  readonly problems: readonly Problem[];
}

export type Outcome =
  | { readonly kind: 'created' | 'updated' | 'unchanged' | 'stale' }
  | { readonly kind: 'rejected'; readonly refusal: Refusal }
  /** Our own fault: logged as an error, and the caller may try again. */
  | { readonly kind: 'failed'; readonly error: Error };

/** What an operator ID is for: charging points (CPO), or contracts (EMSP). */
export type OperatorRole = 'CPO' | 'EMSP';

/**
 * State of an ID in its register. RESERVED: given, not yet in force (AFIREV's AWAITING_PAYMENT); UNKNOWN: the
 * register has states and does not tell this one; DELISTED: it is in the register no more. A register without
 * states lists what is ACTIVE.
 */
export type OperatorStatus = 'ACTIVE' | 'INACTIVE' | 'SUSPENDED' | 'RESERVED' | 'UNKNOWN' | 'DELISTED';

/** An operator ID as an authority lists it. */
export interface Operator {
  readonly countryCode: string;
  /** Three letters or digits, upper case. */
  readonly operatorId: string;
  readonly role: OperatorRole;
  /** Who says so. */
  readonly authority: string;
  readonly status: OperatorStatus;
  /** Of a company; names of persons are not kept. */
  readonly name: string | null;
  readonly website: string | null;
  readonly firstSeen: Date;
  readonly lastSeen: Date;
}
