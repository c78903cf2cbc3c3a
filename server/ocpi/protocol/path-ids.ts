/**
 * The ids in a path (ENV-21): percent-decoded once, by the router; any printable ASCII, `/` and `%` included.
 *
 * What no id can be (undecodable sequences, control characters, anything beyond ASCII: OCPI CiString) is
 * refused with 200/2001 before anything is looked up.
 */
import type { Owner } from '../../../db/model.ts';
import { spokenFor } from '../../../db/registry/connection-voices.ts';
import type { OcpiContext } from '../resource.ts';
import { foreignParty, invalidParameters } from './envelope.ts';
import { sameOwner } from './routing-headers.ts';

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
 * The owner in a Receiver's path, in upper case, when the connection may speak for it: the party is among its own,
 * in a role that owns objects. Whether another voice was registered is the pipeline's matter.
 *
 * @throws OcpiRefusal 404/2000 (E7, LR-14)
 */
export function pathOwner(ctx: OcpiContext): Owner {
  const owner = { countryCode: ctx.params.country_code ?? '', partyId: ctx.params.party_id ?? '' };
  const own = spokenFor(ctx.state.connection).find((party) => sameOwner(party, owner));
  if (own === undefined) throw foreignParty();
  return own;
}
