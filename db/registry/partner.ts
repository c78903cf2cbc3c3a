/**
 * Whom a connection speaks for. A platform speaks for the parties that the operator named for it; a hub also for
 * parties behind it (CRED-15, CRED-16), and it has a party of its own.
 *
 * The rule for hubs, because a claim is no proof (CRED-22): the operator's word is the limit. A connection that
 * was added as HUB with its own party alone may speak for whomever it announces; with further parties, for these
 * alone. A platform that was not added as HUB, whatever it says of itself, speaks for its named parties alone.
 * One that was, and has no way to announce anybody, may be pulled for anyone who has no other voice, as any source
 * that was added without parties.
 * One voice an owner holds besides: see `voice-store.ts`.
 *
 * Every push asks, so what a hub of thousands of parties announces is indexed once, not once a request.
 */
import type { Owner, Role } from '../model.ts';
import type { ClientInfo, Connection, Peer } from '../partner-model.ts';
import type { ClientInfoStore } from './client-info-store.ts';
import { bringsObjects, spokenFor } from './connection-voices.ts';
import { ownerKey, sameOwner } from './owner.ts';

/** A connection as the parties that it stands for. */
export interface Partner {
  /** It relays for others, and tells of them by HubClientInfo. */
  readonly isHub: boolean;
  /** A hub's own party; null for who is none. */
  readonly hub: Owner | null;
  /** Whether it may push objects of this owner: of those behind a hub only of the CONNECTED ones (HCI-06). */
  mayPush(owner: Owner): boolean;
  /** Whether requests of this party may come through it: the `from` of a routing header. */
  maySend(party: Owner): boolean;
  /**
   * Whose objects a pull from it may bring, those of a party that is away among them; empty: of anyone who has no
   * other voice.
   */
  mayBring(): Owner[];
  /** Those of them that it does not call CONNECTED: what its list lacks of them is not gone (HCI-06). */
  away(): Owner[];
}

export interface Partners {
  of(connection: Connection): Promise<Partner>;
}

/** What is known of one party behind a hub, all roles together. */
interface Announced {
  readonly owner: Owner;
  /** It has a role that brings Locations or Tariffs. */
  readonly hasObjects: boolean;
  /** It is CONNECTED in such a role. */
  readonly isConnected: boolean;
}

/** By the very list, which the store remembers for some seconds. */
const indexes = new WeakMap<readonly ClientInfo[], ReadonlyMap<string, Announced>>();

/** Knows the partners of this process. */
export function createPartners(parts: { clientInfo: Pick<ClientInfoStore, 'list'> }): Partners {
  return {
    async of(connection) {
      return partnerOf(connection, isHub(connection) ? await parts.clientInfo.list(connection.id) : []);
    },
  };
}

/** Whether it has the function of a hub: role HUB in 2.2.1, `hub_party_id` in 2.3.0 (HCI-05). */
export function isHub({ role, peer }: Pick<Connection, 'role' | 'peer'>): boolean {
  return role === 'HUB' || hubPartyId(peer) !== null;
}

/** @param told what the hub told by HubClientInfo; empty for who is none */
export function partnerOf(connection: Connection, told: readonly ClientInfo[]): Partner {
  const { parties, role, peer } = connection;
  const isNamed = (owner: Owner) => parties.some((party) => sameOwner(party, owner));
  const own = spokenFor(connection);
  const isOwn = (owner: Owner) => own.some((party) => sameOwner(party, owner));
  if (!isHub(connection)) {
    return {
      isHub: false,
      hub: null,
      mayPush: isOwn,
      maySend: isNamed,
      mayBring: () => [...own],
      away: () => [],
    };
  }
  const hub = ownPartyOf(connection);
  const index = indexOf(told);
  // 2.3.0 lists the parties behind a hub in its roles: connected, unless HubClientInfo says otherwise.
  const listed = peer && hubPartyId(peer) ? indexOf(peer.roles.map(listedRole)) : NOBODY;
  const find = (owner: Owner) => index.get(ownerKey(owner)) ?? listed.get(ownerKey(owner));
  const behind = () => [...new Map([...listed, ...index]).values()].filter(({ hasObjects }) => hasObjects);
  const isLimited = role !== 'HUB' || parties.some((party) => hub === null || !sameOwner(party, hub));
  const isSilent = peer !== null && !offersClientInfo(peer) && index.size === 0 && listed.size === 0;
  return {
    isHub: true,
    hub,
    mayPush(owner) {
      const found = find(owner);
      if (!isOwn(owner) && (isLimited || !found?.hasObjects)) return false;
      return !found?.hasObjects || found.isConnected;
    },
    maySend: (party) =>
      isNamed(party) || (hub !== null && sameOwner(hub, party)) || find(party) !== undefined,
    mayBring() {
      if (isLimited) return [...own];
      return isSilent ? [] : [...own, ...behind().flatMap(({ owner }) => (isOwn(owner) ? [] : owner))];
    },
    away: () => behind().flatMap(({ owner, isConnected }) => (isConnected ? [] : owner)),
  };
}

/** Whether it has a list of the parties behind it to be read. */
function offersClientInfo({ endpoints }: Peer): boolean {
  return endpoints.some(({ identifier, role }) => identifier === 'hubclientinfo' && role === 'SENDER');
}

const NOBODY: ReadonlyMap<string, Announced> = new Map();

type Told = Pick<ClientInfo, 'owner' | 'role' | 'status'>;

function listedRole({ owner, role }: { owner: Owner; role: Role }): Told {
  return { owner, role, status: 'CONNECTED' };
}

function indexOf(told: readonly Told[]): ReadonlyMap<string, Announced> {
  const known = indexes.get(told as readonly ClientInfo[]);
  if (known) return known;
  const index = new Map<string, Announced>();
  for (const { owner, role, status } of told) {
    const before = index.get(ownerKey(owner));
    const hasObjects = bringsObjects(role);
    index.set(ownerKey(owner), {
      owner: { countryCode: owner.countryCode.toUpperCase(), partyId: owner.partyId.toUpperCase() },
      hasObjects: hasObjects || before?.hasObjects === true,
      isConnected: (hasObjects && status === 'CONNECTED') || before?.isConnected === true,
    });
  }
  indexes.set(told as readonly ClientInfo[], index);
  return index;
}

/** As it says itself, or the first party that the operator named. */
function ownPartyOf({ peer, parties }: Connection): Owner | null {
  const stated = peer?.roles.find(({ role }) => role === 'HUB')?.owner;
  return hubPartyId(peer) ?? stated ?? parties[0] ?? null;
}

/** 2.3.0: country and party in one text; null when there is none. */
function hubPartyId(peer: Connection['peer']): Owner | null {
  const parts = /^([A-Z]{2})([A-Z0-9]{3})$/.exec(peer?.hubPartyId?.toUpperCase() ?? '');
  const [, countryCode, partyId] = parts ?? [];
  return countryCode && partyId ? { countryCode, partyId } : null;
}
