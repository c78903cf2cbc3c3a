/**
 * Who is pushed to: partners that finished the handshake, offer a Receiver of a module, and are more than a CPO.
 * A platform that says of itself that it is nothing but a CPO offers Receivers for other reasons than to be told
 * of a whole country. Pure.
 */
import type { Module, Owner, Role } from '../../../db/model.ts';
import type { Connection, Peer } from '../../../db/partner-model.ts';

/** A module of a partner that is pushed to. */
export interface Receiver {
  readonly connection: Connection & { readonly peer: Peer };
  readonly module: Module;
  /** Where its Receiver interface is, as its version details give it. */
  readonly url: string;
}

const MODULES: readonly Module[] = ['locations', 'tariffs'];
/** They bring objects; they are told of none. */
const ONLY_BRINGING: ReadonlySet<Role> = new Set<Role>(['CPO']);
/** In 2.1.1 endpoints have no role: what a platform of these roles offers is, or may be, a Sender. */
const SENDING_WITHOUT_SAYING: ReadonlySet<Role> = new Set<Role>(['CPO', 'HUB']);

/**
 * The Receivers of a connection; none for one that did no handshake: nobody said where they would be. None, too, for
 * one that refuses our token, until a call succeeds again or the tokens are replaced (PC-10).
 */
export function receiversOf(connection: Connection): Receiver[] {
  const { peer, role, brokenAt } = connection;
  if (!peer || brokenAt) return [];
  const roles = [role, ...peer.roles.map((stated) => stated.role)];
  if (roles.every((one) => ONLY_BRINGING.has(one))) return [];
  return MODULES.flatMap((module) => {
    const endpoint = peer.endpoints.find(
      (offered) =>
        offered.identifier.toLowerCase() === module &&
        (offered.role === 'RECEIVER' || (offered.role === null && !SENDING_WITHOUT_SAYING.has(role))),
    );
    return endpoint ? [{ connection: { ...connection, peer }, module, url: endpoint.url }] : [];
  });
}

/** The party that pushes are addressed to: a hub itself, which passes them on (RT-09), else one of the platform. */
export function addresseeOf({ connection }: Receiver): Owner | undefined {
  const { peer, role, parties } = connection;
  if (role === 'HUB' && peer.hubPartyId) {
    return { countryCode: peer.hubPartyId.slice(0, 2), partyId: peer.hubPartyId.slice(2) };
  }
  const stated = peer.roles.find((one) => one.role === role) ?? peer.roles[0];
  return stated?.owner ?? parties[0];
}
