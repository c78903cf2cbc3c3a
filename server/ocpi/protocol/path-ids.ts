/**
 * The ids in a path (ENV-21): percent-decoded once, by the router; any printable ASCII, `/` and `%` included.
 *
 * What no id can be (undecodable sequences, control characters, anything beyond ASCII: OCPI CiString) is
 * refused with 200/2001 before anything is looked up.
 */
import type { Owner } from '../../../db/model.ts';
import { sameOwner } from '../../../db/registry/owner.ts';
import type { OcpiContext } from '../resource.ts';
import { foreignParty, invalidParameters } from './envelope.ts';

const CI_STRING = /^[\x20-\x7e]+$/;

/**
 * The id of that name from the path.
 *
 * @throws OcpiRefusal 200/2001
 */
export function pathId(ctx: OcpiContext, name: string): string {
  const value = ctx.params[name] ?? '';
  if (!CI_STRING.test(value)) {
    throw invalidParameters(`${name}: an id in a URL must be percent-encoded printable ASCII`);
  }
  return value;
}

/**
 * Refuses a path whose percent sequences are no UTF-8: the router would hand them on undecoded.
 *
 * @throws OcpiRefusal 200/2001
 */
export function checkDecodable(path: string): void {
  try {
    decodeURIComponent(path);
  } catch {
    throw invalidParameters('The path holds a percent sequence that cannot be decoded');
  }
}

/**
 * The owner in a Receiver's path, in upper case, when the connection may speak for it: see `Partner`. Whether
 * another voice was registered is the pipeline's matter.
 *
 * Through a hub objects come from the hub itself (a broadcast) or from their owner: a party behind it does not
 * write what another one owns (RT-05).
 *
 * @throws OcpiRefusal 404/2000 (E7, LR-14), 200/2001 when the routing headers name a third party
 */
export function pathOwner(ctx: OcpiContext): Owner {
  const { country_code: countryCode = '', party_id: partyId = '' } = ctx.params;
  const owner = { countryCode: countryCode.toUpperCase(), partyId: partyId.toUpperCase() };
  const { partner, sender } = ctx.state;
  if (!partner.mayPush(owner)) throw foreignParty(partner.isHub);
  const { hub } = partner;
  if (hub && sender && !sameOwner(sender, owner) && !sameOwner(sender, hub)) {
    throw invalidParameters(
      'OCPI-from-*: must be the party of the URL, or the hub itself, which sends what it broadcasts',
    );
  }
  return owner;
}
