/**
 * The four OCPI routing headers on Locations and Tariffs (RT-01 to RT-06) of a direct peer.
 *
 * They may be missing. When they are there, they must be whole pairs; `from` must be a party of the caller;
 * `to` must be us, except that a Sender GET may name a CPO whose objects we hold, which narrows the answer to
 * that owner (RT-06, LS-13). We are no hub: anything else is 2001 (E14). The answer carries them swapped
 * (LS-19), also when it is a refusal.
 */
import type { ParameterizedContext } from 'koa';
import type { Connection, Owner } from '../../../db/model.ts';
import { invalidParameters } from './envelope.ts';

/** Who a request is addressed to: us (`null`), or an owner whose objects we hold. */
export type Addressee = Owner | null;

export interface RoutingRules {
  /** This access point's own party. */
  readonly ownParty: Owner | undefined;
  /** Whether objects of this party are served here; only asked on the Sender side. */
  isServed(owner: Owner): Promise<boolean>;
}

const COUNTRY_CODE = /^[A-Z]{2}$/i;
const PARTY_ID = /^[A-Z0-9]{3}$/i;

/**
 * Checks the request's routing headers and puts the swapped ones on the answer.
 *
 * @param role side of the interface that is called
 * @returns whom the request is addressed to
 * @throws OcpiRefusal 200/2001
 */
export async function readRoutingHeaders(
  ctx: ParameterizedContext,
  connection: Connection,
  role: 'SENDER' | 'RECEIVER',
  rules: RoutingRules,
): Promise<Addressee> {
  const from = readPair(ctx, 'from');
  const to = readPair(ctx, 'to');
  if (from && !connection.parties.some((party) => sameOwner(party, from))) {
    throw invalidParameters(`OCPI-from-*: ${describeOwner(from)} is not a party of this connection`);
  }
  const toUs = !to || rules.ownParty === undefined || sameOwner(to, rules.ownParty);
  if (!toUs && (role === 'RECEIVER' || !(await rules.isServed(upperCase(to))))) {
    throw invalidParameters(`OCPI-to-*: ${describeOwner(to)} is not served here, and we are no hub`);
  }
  writePair(ctx, 'to', from ?? (connection.parties.length === 1 ? connection.parties[0] : undefined));
  writePair(ctx, 'from', to ?? rules.ownParty);
  return toUs ? null : upperCase(to);
}

/** Owners are CiStrings: compared without case. */
export function sameOwner(one: Owner, other: Owner): boolean {
  return (
    one.countryCode.toUpperCase() === other.countryCode.toUpperCase() &&
    one.partyId.toUpperCase() === other.partyId.toUpperCase()
  );
}

function upperCase(owner: Owner): Owner {
  return { countryCode: owner.countryCode.toUpperCase(), partyId: owner.partyId.toUpperCase() };
}

function describeOwner(owner: Owner): string {
  return `${owner.countryCode}/${owner.partyId}`;
}

function readPair(ctx: ParameterizedContext, direction: 'from' | 'to'): Owner | undefined {
  const countryCode = ctx.get(`OCPI-${direction}-country-code`);
  const partyId = ctx.get(`OCPI-${direction}-party-id`);
  if (countryCode === '' && partyId === '') return undefined;
  if (countryCode === '' || partyId === '') {
    throw invalidParameters(
      `OCPI-${direction}-country-code and OCPI-${direction}-party-id come as a pair: one is missing`,
    );
  }
  if (!COUNTRY_CODE.test(countryCode) || !PARTY_ID.test(partyId)) {
    throw invalidParameters(
      `OCPI-${direction}-*: a country code has two letters, a party id three letters or digits`,
    );
  }
  return { countryCode, partyId };
}

function writePair(ctx: ParameterizedContext, direction: 'from' | 'to', owner: Owner | undefined): void {
  if (owner === undefined) return;
  ctx.set(`OCPI-${direction}-country-code`, owner.countryCode);
  ctx.set(`OCPI-${direction}-party-id`, owner.partyId);
}
