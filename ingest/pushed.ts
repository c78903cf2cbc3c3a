/**
 * What a push asks for: each operation of the Receiver interface (OCPI 2.2.1, 8.2.2 and 11.2.2) becomes a
 * mutation of the registry, or the refusal that its body earns before the registry is asked. Pure.
 */
import type { Connector, Evse, Finding, Location, Owner, Problem, Refusal, Tariff } from '../db/model.ts';
import type { Mutation } from '../db/registry/mutation.ts';
import { examine, type Verdict } from './examination.ts';
import {
  connectorOfEvse,
  deletedTariff,
  evseOfLocation,
  type Origin,
  partOfLocation,
  partOfTariff,
  wholeLocation,
  wholeTariff,
} from './mutations.ts';
import { patchConnector, patchEvse, patchLocation, patchTariff } from './patch.ts';
import { examinePatch, examinePatched } from './patch-examination.ts';
import type { ObjectKind } from './validation.ts';

/** What came of a body before the registry is asked. */
export interface Pushed {
  readonly mutation: Mutation | Refusal;
  readonly findings: readonly Finding[];
}

type Fields = Record<string, unknown>;

/** Inputs are recognised by the bytes that they have in a list, which a body says nothing of. */
const UNKNOWN_TO_PULLS = null;

export function putLocation(origin: Origin, id: string, body: unknown): Pushed {
  return accepted(
    examineAs<Location>(origin, 'location', body),
    (location, verdict) =>
      mismatched(location, { id, owner: origin.owner }) ??
      wholeLocation(origin, location, {
        leftOut: verdict.leftOut,
        findings: verdict.findings,
        inputHash: UNKNOWN_TO_PULLS,
      }),
  );
}

export function patchedLocation(origin: Origin, id: string, body: unknown): Pushed {
  return patched(origin, 'location', body, { id, owner: origin.owner }, ({ patch, lastUpdated, findings }) =>
    partOfLocation(origin, id, {
      lastUpdated,
      next: (current) =>
        examinePatched({ ...origin, kind: 'location' }, current, patchLocation(current, patch), findings),
    }),
  );
}

export function putEvse(origin: Origin, locationId: string, uid: string, body: unknown): Pushed {
  return accepted(
    examineAs<Evse>(origin, 'evse', body),
    (evse, verdict) =>
      mismatched(evse, { uid }) ??
      evseOfLocation(origin, locationId, uid, { lastUpdated: evse.last_updated, next: () => verdict }),
  );
}

export function patchedEvse(origin: Origin, locationId: string, uid: string, body: unknown): Pushed {
  return patched(origin, 'evse', body, { uid }, ({ patch, lastUpdated, findings }) =>
    evseOfLocation(origin, locationId, uid, {
      lastUpdated,
      next: (known) =>
        known ? examinePatched({ ...origin, kind: 'evse' }, known, patchEvse(known, patch), findings) : null,
    }),
  );
}

export function putConnector(
  origin: Origin,
  locationId: string,
  uid: string,
  id: string,
  body: unknown,
): Pushed {
  return accepted(
    examineAs<Connector>(origin, 'connector', body),
    (connector, verdict) =>
      mismatched(connector, { id }) ??
      connectorOfEvse(origin, locationId, uid, id, {
        lastUpdated: connector.last_updated,
        next: () => verdict,
      }),
  );
}

export function patchedConnector(
  origin: Origin,
  locationId: string,
  uid: string,
  id: string,
  body: unknown,
): Pushed {
  return patched(origin, 'connector', body, { id }, ({ patch, lastUpdated, findings }) =>
    connectorOfEvse(origin, locationId, uid, id, {
      lastUpdated,
      next: (known) =>
        known
          ? examinePatched({ ...origin, kind: 'connector' }, known, patchConnector(known, patch), findings)
          : null,
    }),
  );
}

export function putTariff(origin: Origin, id: string, body: unknown): Pushed {
  return accepted(
    examineAs<Tariff>(origin, 'tariff', body),
    (tariff, verdict) =>
      mismatched(tariff, { id, owner: origin.owner }) ??
      wholeTariff(origin, tariff, {
        findings: verdict.findings,
        inputHash: UNKNOWN_TO_PULLS,
      }),
  );
}

/** TR-06: fields that are present replace, `elements` as a whole. */
export function patchedTariff(origin: Origin, id: string, body: unknown): Pushed {
  return patched(origin, 'tariff', body, { id, owner: origin.owner }, ({ patch, lastUpdated, findings }) =>
    partOfTariff(origin, id, {
      lastUpdated,
      next: (current) =>
        examinePatched({ ...origin, kind: 'tariff' }, current, patchTariff(current, patch), findings),
    }),
  );
}

export function removedTariff(origin: Origin, id: string): Pushed {
  return { mutation: deletedTariff(origin, id), findings: [] };
}

/** A push is taken whole or refused whole (LR-32): nothing is left out of it. */
function examineAs<T>(origin: Origin, kind: ObjectKind, value: unknown): Verdict<T> {
  return examine<T>({ ...origin, kind, salvages: false }, value);
}

function accepted<T>(
  verdict: Verdict<T>,
  mutate: (value: T, verdict: Verdict<T> & { accepted: true }) => Mutation | Refusal,
): Pushed {
  return {
    mutation: verdict.accepted
      ? mutate(verdict.value, verdict)
      : { reason: 'invalid', problems: verdict.problems },
    findings: verdict.findings,
  };
}

/** What a PATCH body says, in the registry's words. */
interface Patch {
  readonly patch: Fields;
  readonly lastUpdated: string;
  readonly findings: readonly Finding[];
}

/**
 * LR-05, LR-06: a PATCH says when, or is as of its receipt, as its version has it; and it may carry the ids of its
 * URL, but no others (LR-12, LR-13).
 */
function patched(
  origin: Origin,
  kind: ObjectKind,
  body: unknown,
  expected: ExpectedIds,
  mutate: (patch: Patch) => Mutation,
): Pushed {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return refused('invalid', { path: '', rule: 'type', message: 'a PATCH body must be a JSON object' });
  }
  const { dialect, now } = origin;
  const received = body as Fields;
  const isDated = received.last_updated !== undefined && received.last_updated !== null;
  if (!isDated && dialect.datesPatches) {
    return refused('invalid', {
      path: 'last_updated',
      rule: 'LR-05',
      message: 'last_updated: is required in a PATCH',
    });
  }
  const dated = isDated ? received : { ...received, last_updated: now.toISOString() };
  const verdict = examinePatch({ ...origin, kind }, dated);
  const { findings } = verdict;
  if (!verdict.accepted) {
    return { mutation: { reason: 'invalid', problems: verdict.problems }, findings };
  }
  const { patch } = verdict;
  const lastUpdated = patch.last_updated as string;
  return { mutation: mismatched(patch, expected) ?? mutate({ patch, lastUpdated, findings }), findings };
}

interface ExpectedIds {
  readonly id?: string;
  readonly uid?: string;
  readonly owner?: Owner;
}

/** Ids and owner in the body, where they stand there, must be those of the URL; CiStrings, so in any case. */
function mismatched(body: object, expected: ExpectedIds): Refusal | null {
  const wanted = {
    id: expected.id,
    uid: expected.uid,
    country_code: expected.owner?.countryCode,
    party_id: expected.owner?.partyId,
  };
  const problems: Problem[] = Object.entries(wanted).flatMap(([path, value]) => {
    const received = (body as Fields)[path];
    return value === undefined || received === undefined || sameText(received, value)
      ? []
      : {
          path,
          rule: 'id-mismatch',
          message: `${path}: must be that of the URL, "${value}", received ${JSON.stringify(received)}`,
        };
  });
  return problems.length > 0 ? { reason: 'id-mismatch', problems } : null;
}

function sameText(received: unknown, wanted: string): boolean {
  return typeof received === 'string' && received.toLowerCase() === wanted.toLowerCase();
}

function refused(reason: Refusal['reason'], problem: Problem): Pushed {
  return { mutation: { reason, problems: [problem] }, findings: [] };
}
