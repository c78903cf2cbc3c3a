/**
 * A source that follows a connection: it has neither a URL nor a token of its own, and is pulled where, with which
 * token and by which rules the connection says when the run begins. So it goes on after the partner has moved, was
 * rotated or switched to another version, without anything being copied (CRED-05).
 *
 * Why there is nothing to pull from (not registered, push only, no Sender) is a PartnerError in the result: it ends
 * the run as any other problem of the partner does.
 */
import type { Owner } from '../db/model.ts';
import type { Connection, Source } from '../db/partner-model.ts';
import { isHub } from '../db/registry/partner.ts';
import { isPartnerError, PartnerError } from './adapter.ts';
import { findEndpoint } from './ocpi-client/versions.ts';

/** Whether it follows its connection. */
export function followsConnection(source: Pick<Source, 'connectionId' | 'url' | 'sealedToken' | 'options'>) {
  const { connectionId, url, sealedToken, options } = source;
  const hasPlace = url !== null || options.locationsUrl !== undefined || options.tariffsUrl !== undefined;
  return connectionId !== null && !hasPlace && sealedToken === null;
}

/** A source as it is to be pulled now. */
export interface Followed {
  readonly source: Source;
  /** The connection that it follows. */
  readonly connection: Connection | undefined;
  /** Why it cannot be pulled. */
  readonly problem: PartnerError | undefined;
}

/** @param connection of the source, as it is now; undefined when it has none, or it was removed */
export function follow(source: Source, connection: Connection | undefined): Followed {
  if (!followsConnection(source)) return { source, connection: undefined, problem: undefined };
  try {
    return { source: pulledThrough(source, connection), connection, problem: undefined };
  } catch (error) {
    if (!isPartnerError(error)) throw error;
    return { source, connection, problem: error };
  }
}

/** @throws PartnerError */
function pulledThrough(source: Source, connection: Connection | undefined): Source {
  const { name, peer, role, pushOnly } = connection ?? NOBODY;
  if (!connection || !peer) {
    throw new PartnerError(`the connection ${name} is not registered, so there is nothing to pull from`);
  }
  if (pushOnly) throw new PartnerError(`the connection ${name} is set to push only`);
  const locations = findEndpoint(peer.endpoints, 'locations', 'SENDER');
  const tariffs = findEndpoint(peer.endpoints, 'tariffs', 'SENDER');
  if (!locations) throw new PartnerError(`the partner of ${name} offers no locations as SENDER`);
  const options = {
    ...source.options,
    locationsUrl: locations.url,
    ...(tariffs ? { tariffsUrl: tariffs.url } : {}),
    tokenForm: connection.tokenForm,
    ...(role === 'CPO' || isHub(connection) ? {} : addressee(connection)),
  };
  return {
    ...source,
    options,
    sealedToken: peer.sealedToken,
    version: connection.version,
    strictness: connection.strictness,
  };
}

/** RT-07: whoever holds the objects of many is asked under its own name. A hub's is found by `Partner`. */
function addressee({ parties, peer }: Connection): { to?: string } {
  const own: Owner | undefined = peer?.roles[0]?.owner ?? parties[0];
  return own ? { to: `${own.countryCode}-${own.partyId}` } : {};
}

/** What is said of a connection that was removed between two steps. */
const NOBODY = { name: '(removed)', peer: null, role: 'CPO', pushOnly: false } as const;
