/**
 * Whose request it is, for rate limits: the address of the client, or null where only a proxy is seen.
 *
 * A peer in a private network, on this machine, or in NAP_TRUSTED_PROXIES is taken for a proxy, and the last address
 * in its X-Forwarded-For that is no proxy for the client: a proxy appends whom it speaks with, so what a client wrote
 * there itself stands further left and is never read. A proxy that does not say for whom it asks has no clients to
 * tell apart: null, so that nobody is locked out for what another one did. See
 * docs/decisions/2026-11-28-limits-by-address.md.
 *
 * Guarantees: IPv6 is cut to its first 64 bits, since a household has as many addresses as it likes below them; IPv4
 * in IPv6's clothes is IPv4. Never throws.
 */
import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import ipaddr from 'ipaddr.js';

type Address = ReturnType<typeof ipaddr.process>;

/** The other end of a connection. */
interface Peer {
  /** Null: it is gone. */
  readonly address: Address | null;
  readonly isProxy: boolean;
}

/** Where proxies of one's own stand. Nobody on the Internet has such an address. */
const PRIVATE_RANGES: readonly string[] = ['loopback', 'private', 'uniqueLocal', 'linkLocal'];

/** Bits of an IPv6 address that a network is given. */
const NETWORK_BYTES = 8;

/** Some proxies add the port: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
const WITH_PORT = /^(?:\[(?<six>[^\]]+)\]|(?<four>[\d.]+))(?::\d+)?$/;

/** A text as a range of addresses: `192.0.2.1`, `2001:db8::/32`. Throws an Error that says what is wrong. */
export function parseAddressRange(text: string): string {
  const isRange = text.includes('/') ? ipaddr.isValidCIDR(text) : ipaddr.isValid(text);
  if (!isRange)
    throw new Error(`must be addresses or ranges such as 192.0.2.1, 2001:db8::/32, received "${text}"`);
  return text;
}

/** @param trustedProxies addresses and ranges of proxies beyond those of private networks */
export function createClientAddress(trustedProxies: readonly string[]) {
  const ranges = trustedProxies.map((text) => {
    if (text.includes('/')) return ipaddr.parseCIDR(text);
    const address = ipaddr.parse(text);
    return [address, address.kind() === 'ipv6' ? 128 : 32] as ReturnType<typeof ipaddr.parseCIDR>;
  });

  function isProxy(address: Address): boolean {
    if (PRIVATE_RANGES.includes(address.range())) return true;
    return ranges.some(
      ([network, bits]) => network.kind() === address.kind() && address.match(network, bits),
    );
  }

  // Asked with every request of a connection, and never another one.
  const peers = new WeakMap<Socket, Peer>();

  function peerOf(socket: Socket): Peer {
    const known = peers.get(socket);
    if (known) return known;
    const address = parse(socket.remoteAddress ?? '');
    const peer = { address, isProxy: address !== null && isProxy(address) };
    peers.set(socket, peer);
    return peer;
  }

  return function clientAddress(request: Pick<IncomingMessage, 'headers' | 'socket'>): string | null {
    const peer = peerOf(request.socket);
    if (!peer.isProxy) return peer.address && toKey(peer.address);
    const forwarded = request.headers['x-forwarded-for'];
    // To find that nothing is no address costs as much as half an answer.
    if (!forwarded) return null;
    for (const text of String(forwarded).split(',').reverse()) {
      const address = parse(text.trim());
      if (address === null) return null;
      if (!isProxy(address)) return toKey(address);
    }
    return null;
  };
}

function parse(text: string): Address | null {
  const { six, four } = WITH_PORT.exec(text)?.groups ?? {};
  const address = six ?? four ?? text;
  return ipaddr.isValid(address) ? ipaddr.process(address) : null;
}

function toKey(address: Address): string {
  if (address.kind() === 'ipv4') return address.toString();
  return Buffer.from(address.toByteArray().slice(0, NETWORK_BYTES)).toString('hex');
}
