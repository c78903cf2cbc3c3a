/**
 * The four OCPI routing headers on Locations and Tariffs (RT-01 to RT-09), of a direct peer and of a hub.
 *
 * They may be missing, also in what a hub forwards (open routing, RT-07): then a request is for us. When they are
 * there, they must be whole pairs. `from` must be a party of the caller; of a hub it may be the hub itself, which
 * sends what it broadcasts (RT-09), or any party behind it. `to` must be us, except that a Sender GET may name a
 * CPO whose objects we hold, which narrows the answer to that owner (RT-06, LS-13). We are no hub: anything else is
 * 2001 (E14). The answer carries them swapped (LS-19), also when it is a refusal.
 */
import type { ParameterizedContext } from 'koa';
import type { Owner } from '../../../db/model.ts';
import { sameOwner } from '../../../db/registry/owner.ts';
import type { OcpiContext } from '../resource.ts';
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

/** What the routing headers of a request say. */
export interface Routing {
  readonly addressee: Addressee;
  /** Who sent it; null when they do not say. */
  readonly sender: Owner | null;
}

/** Where the headers do not apply, and are not looked at (CRED-25). */
export const UNROUTED: Routing = { addressee: null, sender: null };

/**
 * Checks the request's routing headers and puts the swapped ones on the answer.
 *
 * @param role side of the interface that is called
 * @throws OcpiRefusal 200/2001
 */
export async function readRoutingHeaders(
  ctx: OcpiContext,
  role: 'SENDER' | 'RECEIVER',
  rules: RoutingRules,
): Promise<Routing> {
  const { connection, partner } = ctx.state;
  const from = readPair(ctx, 'from');
  const to = readPair(ctx, 'to');
  if (from && !partner.maySend(from)) {
    throw invalidParameters(`OCPI-from-*: ${describeOwner(from)} is not a party of this connection`);
  }
  const toUs = !to || rules.ownParty === undefined || sameOwner(to, rules.ownParty);
  if (!toUs && (role === 'RECEIVER' || !(await rules.isServed(upperCase(to))))) {
    throw invalidParameters(`OCPI-to-*: ${describeOwner(to)} is not served here, and we are no hub`);
  }
  const [only, ...others] = connection.parties;
  writePair(ctx, 'to', from ?? partner.hub ?? (others.length === 0 ? only : undefined));
  writePair(ctx, 'from', to ?? rules.ownParty);
  return { addressee: toUs ? null : upperCase(to), sender: from ? upperCase(from) : null };
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
