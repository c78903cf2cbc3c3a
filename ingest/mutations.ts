/**
 * From an accepted object to a mutation of the registry: one function an operation of the Receiver interface
 * (OCPI, Locations and Tariffs modules). A mutation only decides; it may be asked more than once.
 */
import type {
  Connector,
  Evse,
  Finding,
  Location,
  Owner,
  Problem,
  Refusal,
  Speaker,
  Strictness,
  Tariff,
} from '../db/model.ts';
import type {
  CurrentLocation,
  Decision,
  LocationMutation,
  TariffMutation,
  Write,
} from '../db/registry/mutation.ts';
import { versionsAsStored } from './dialects/as-stored.ts';
import type { Dialect } from './dialects/dialect.ts';
import type { Verdict } from './examination.ts';
import { type LeftOut, mergeLocation, removedEvse } from './merge.ts';
import { isOlder, liftLocation } from './times.ts';
import { parkingProblems } from './validation.ts';

/** What every mutation needs to know of its origin. */
export interface Origin {
  readonly owner: Owner;
  readonly speaker: Speaker;
  readonly strictness: Strictness;
  readonly dialect: Dialect;
  readonly now: Date;
  /** Of the push; null for what is pulled. */
  readonly correlationId: string | null;
}

/** A part of an object that is known. */
export interface PartOf<T> {
  readonly lastUpdated: string;
  /** Gives the examined next state. */
  readonly next: (current: T) => Verdict<T>;
}

/** A whole Location (LR-01, LR-02), merged by PC-11. */
export function wholeLocation(
  origin: Origin,
  incoming: Location,
  details: { leftOut: LeftOut; findings: readonly Finding[]; inputHash: Buffer | null },
): LocationMutation {
  return locationMutation(origin, incoming.id, (current) => {
    const merged = mergeLocation(current, incoming, details.leftOut, origin.now);
    if (merged.isStale) {
      return { kind: 'stale' };
    }
    return {
      ...locationWrite(origin, merged.document, details.findings, 'replace'),
      inputHash: details.inputHash,
      omittedEvses: merged.omittedEvses,
    };
  });
}

/** Part of a Location: what the patch makes of the stored object is examined as a whole (LR-07 to LR-10). */
export function partOfLocation(origin: Origin, locationId: string, part: PartOf<Location>): LocationMutation {
  return locationMutation(origin, locationId, (current) => {
    if (!current) {
      return refuse('unknown-object', unknownLocation(locationId));
    }
    if (isOlder(part.lastUpdated, current.document.last_updated, origin.now)) {
      return { kind: 'stale' };
    }
    const verdict = part.next(current.document);
    if (!verdict.accepted) {
      return refuseInvalid(verdict.problems);
    }
    return {
      ...locationWrite(origin, verdict.value, verdict.findings, 'add'),
      omittedEvses: current.omittedEvses,
    };
  });
}

/** A whole or patched EVSE of a known Location (LR-03, LR-16, LR-17). */
export function evseOfLocation(
  origin: Origin,
  locationId: string,
  evseUid: string,
  change: {
    lastUpdated: string | null;
    /** Gives the examined next EVSE, or null when there is none to patch. */
    next: (known: Evse | undefined) => Verdict<Evse> | null;
  },
): LocationMutation {
  return locationMutation(origin, locationId, (current) => {
    if (!current) {
      return refuse('unknown-parent', unknownLocation(locationId));
    }
    const evses = current.document.evses ?? [];
    const place = evses.findIndex((evse) => sameId(evse.uid, evseUid));
    const known = evses[place];
    if (known && !isOmitted(current, known) && isOlderThan(change.lastUpdated, known, origin.now)) {
      return { kind: 'stale' };
    }
    const verdict = change.next(known);
    if (verdict === null) {
      return refuse('unknown-object', unknownEvse(evseUid));
    }
    if (!verdict.accepted) {
      return refuseInvalid(verdict.problems);
    }
    const nextEvses = known ? evses.with(place, verdict.value) : [...evses, verdict.value];
    const next: Location = { ...current.document, evses: nextEvses };
    const problems = origin.dialect.hasParking ? parkingProblems(next, known ? place : evses.length) : [];
    if (problems.length > 0) {
      return refuseInvalid(problems);
    }
    return {
      ...locationWrite(origin, next, verdict.findings, 'add'),
      createdChild: known === undefined,
      omittedEvses: current.omittedEvses.filter((uid) => !sameId(uid, evseUid)),
    };
  });
}

/** A whole or patched Connector of a known EVSE (LR-03, LR-16, LR-17). */
export function connectorOfEvse(
  origin: Origin,
  locationId: string,
  evseUid: string,
  connectorId: string,
  change: {
    lastUpdated: string | null;
    next: (known: Connector | undefined) => Verdict<Connector> | null;
  },
): LocationMutation {
  return locationMutation(origin, locationId, (current) => {
    const evses = current?.document.evses ?? [];
    const evsePlace = evses.findIndex((evse) => sameId(evse.uid, evseUid));
    const evse = evses[evsePlace];
    if (!current || !evse) {
      return refuse('unknown-parent', current ? unknownEvse(evseUid) : unknownLocation(locationId));
    }
    const place = evse.connectors.findIndex((connector) => sameId(connector.id, connectorId));
    const known = evse.connectors[place];
    if (known && isOlderThan(change.lastUpdated, known, origin.now)) {
      return { kind: 'stale' };
    }
    const verdict = change.next(known);
    if (verdict === null) {
      return refuse('unknown-object', `Connector "${connectorId}" is not known`);
    }
    if (!verdict.accepted) {
      return refuseInvalid(verdict.problems);
    }
    const connectors = known
      ? evse.connectors.with(place, verdict.value)
      : [...evse.connectors, verdict.value];
    const nextEvses = evses.with(evsePlace, { ...evse, connectors });
    return {
      ...locationWrite(origin, { ...current.document, evses: nextEvses }, verdict.findings, 'add'),
      createdChild: known === undefined,
      omittedEvses: current.omittedEvses,
    };
  });
}

/** A Location that a complete pull no longer had: all its EVSEs REMOVED, so that providers see it (PC-06). */
export function vanishedLocation(origin: Origin, locationId: string): LocationMutation {
  return locationMutation(origin, locationId, (current) => {
    if (!current || current.vanished) {
      return { kind: 'unchanged' };
    }
    const at = origin.now.toISOString();
    const standing = (current.document.evses ?? []).filter((evse) => evse.status !== 'REMOVED');
    const evses = (current.document.evses ?? []).map((evse) =>
      evse.status === 'REMOVED' ? evse : removedEvse(evse, at),
    );
    return {
      ...locationWrite(origin, { ...current.document, evses }, [], 'add'),
      vanished: true,
      omittedEvses: [...current.omittedEvses, ...standing.map((evse) => evse.uid.toLowerCase())],
    };
  });
}

/** A whole Tariff (TR-01); an older one than what is known is stale (LR-25). */
export function wholeTariff(
  origin: Origin,
  incoming: Tariff,
  details: { findings: readonly Finding[]; inputHash: Buffer | null },
): TariffMutation {
  return {
    module: 'tariffs',
    owner: origin.owner,
    id: incoming.id,
    speaker: origin.speaker,
    correlationId: origin.correlationId,
    apply: (current) =>
      current && isOlder(incoming.last_updated, current.document.last_updated, origin.now)
        ? { kind: 'stale' }
        : tariffWrite(origin, incoming, details.findings, 'replace', details.inputHash),
  };
}

/** Part of a Tariff, which only OCPI 2.1.1 knows (TR-06). */
export function partOfTariff(origin: Origin, tariffId: string, part: PartOf<Tariff>): TariffMutation {
  return {
    module: 'tariffs',
    owner: origin.owner,
    id: tariffId,
    speaker: origin.speaker,
    apply: (current) => {
      if (!current) {
        return refuse('unknown-object', `Tariff "${tariffId}" is not known`);
      }
      if (isOlder(part.lastUpdated, current.document.last_updated, origin.now)) {
        return { kind: 'stale' };
      }
      const verdict = part.next(current.document);
      if (!verdict.accepted) {
        return refuseInvalid(verdict.problems);
      }
      return tariffWrite(origin, verdict.value, verdict.findings, 'add', null);
    },
  };
}

/** Deletion of a Tariff (TR-03); of an unknown one it is refused (TR-04). */
export function deletedTariff(origin: Origin, tariffId: string): TariffMutation {
  return {
    module: 'tariffs',
    owner: origin.owner,
    id: tariffId,
    speaker: origin.speaker,
    correlationId: origin.correlationId,
    apply: (current) =>
      current ? { kind: 'delete' } : refuse('unknown-object', `Tariff "${tariffId}" is not known`),
  };
}

function locationMutation(
  origin: Origin,
  id: string,
  apply: (current: CurrentLocation | undefined) => Decision<Location>,
): LocationMutation {
  const { owner, speaker, correlationId } = origin;
  return { module: 'locations', owner, id, speaker, correlationId, apply };
}

function locationWrite(
  origin: Origin,
  location: Location,
  findings: readonly Finding[],
  findingsMode: 'replace' | 'add',
): Write<Location> {
  const document = liftLocation(location).location;
  return {
    kind: 'write',
    document,
    sourceVersion: origin.dialect.version,
    asStored: versionsAsStored(document),
    inputHash: null,
    findings,
    findingsMode,
  };
}

function tariffWrite(
  origin: Origin,
  tariff: Tariff,
  findings: readonly Finding[],
  findingsMode: 'replace' | 'add',
  inputHash: Buffer | null,
): Write<Tariff> {
  return {
    kind: 'write',
    document: tariff,
    sourceVersion: origin.dialect.version,
    // Every version says something of it otherwise, and 2.3.0 nothing: its dialect knows.
    asStored: [],
    inputHash,
    findings,
    findingsMode,
  };
}

function isOmitted(current: CurrentLocation, evse: Evse): boolean {
  return current.omittedEvses.includes(evse.uid.toLowerCase());
}

function isOlderThan(lastUpdated: string | null, known: { last_updated: string }, now: Date): boolean {
  return lastUpdated !== null && isOlder(lastUpdated, known.last_updated, now);
}

/** Ids are CiStrings. */
function sameId(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function unknownLocation(id: string): string {
  return `Location "${id}" is not known`;
}

function unknownEvse(uid: string): string {
  return `EVSE "${uid}" is not known in this Location`;
}

function refuse(reason: Refusal['reason'], message: string): { kind: 'refuse'; refusal: Refusal } {
  return { kind: 'refuse', refusal: { reason, problems: [{ path: '', rule: reason, message }] } };
}

function refuseInvalid(problems: readonly Problem[]): { kind: 'refuse'; refusal: Refusal } {
  return { kind: 'refuse', refusal: { reason: 'invalid', problems } };
}
