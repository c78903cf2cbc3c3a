/**
 * The address under which partners reach us, for the absolute URLs in versions, details and Link headers.
 *
 * `NAP_PUBLIC_URL` when it is set. Otherwise what the request itself says: its Host header and whether it
 * came over TLS. X-Forwarded-* headers are not read, since anybody may send them: behind a proxy, set
 * `NAP_PUBLIC_URL`.
 */
import type { ParameterizedContext } from 'koa';

/** Host names, addresses and ports; anything else in a Host header is not put into a URL. */
const HOST = /^(?:[a-z0-9._-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?$/i;

/** E.g. `https://nap.example.org`, without a slash at the end. */
export function publicAddress(ctx: ParameterizedContext, publicUrl: string | undefined): string {
  if (publicUrl !== undefined) return publicUrl.replace(/\/+$/, '');
  const { socket } = ctx.req;
  const scheme = 'encrypted' in socket && socket.encrypted ? 'https' : 'http';
  const host = ctx.req.headers.host ?? '';
  return HOST.test(host) ? `${scheme}://${host}` : `${scheme}://${localHost(socket)}`;
}

function localHost(socket: { localAddress?: string | undefined; localPort?: number | undefined }): string {
  const address = socket.localAddress ?? '127.0.0.1';
  return `${address.includes(':') ? `[${address}]` : address}:${socket.localPort ?? 80}`;
}
