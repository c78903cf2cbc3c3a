/**
 * Which outside addresses this process may call. Partners and operators give us URLs; without a guard any of
 * them could make us read the network that we stand in (server-side request forgery, CRED-23).
 *
 * Guarantees: a URL that passes is http(s) without credentials, https only unless private URLs are allowed,
 * and every address that its host resolves to is a public one. The same check runs again on the addresses that
 * are really connected to (`lookup`, for the HTTP client's connector), so a name that changes its answer in
 * between (DNS rebinding) gains nothing.
 *
 * Fails with UrlRefusedError, which says what was refused and which setting allows it; with the resolver's own
 * error when the host has no address.
 */
import { type LookupAddress, type LookupOptions, lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import ipaddr from 'ipaddr.js';
import { describeUrl } from './describe-url.ts';

/** A URL that may not be called. Nothing was sent. */
export class UrlRefusedError extends Error {
  override readonly name = 'UrlRefusedError';
  readonly code = 'URL_REFUSED';
}

export interface UrlGuard {
  /**
   * The parsed URL when it may be called.
   *
   * @throws UrlRefusedError, or the resolver's error when the host is unknown
   */
  check(url: string | URL): Promise<URL>;
  /** Resolves names for the connector and refuses what `check` would refuse. */
  readonly lookup: LookupFunction;
}

type Resolve = (
  host: string,
  options: LookupOptions & { all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** Said at the end of a refusal that the setting would lift. */
const ALLOWED_BY = 'NAP_ALLOW_PRIVATE_URLS=true allows it, for tests and private networks.';

/** Longest URL that is looked at: no partner's is near it. */
const URL_LENGTH_LIMIT = 8_192;

/** All public IPv6 addresses are in here (RFC 4291, 2.4); what is outside is special in some way. */
const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');
/** An IPv4 address behind a NAT64 translator (RFC 6052): networks without IPv4 see every IPv4 host so. */
const NAT64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

/** Makes the guard of a process. `resolve` is the system's resolver unless a test brings its own. */
export function createUrlGuard(settings: { allowPrivateUrls: boolean; resolve?: Resolve }): UrlGuard {
  const { allowPrivateUrls, resolve = systemLookup } = settings;

  function resolveChecked(host: string, options: LookupOptions): Promise<LookupAddress[]> {
    return new Promise((fulfil, reject) => {
      resolve(host, { ...options, all: true }, (error, addresses) => {
        const refused = error || allowPrivateUrls ? undefined : firstRefused(host, addresses);
        if (error || refused) reject(error ?? refused);
        else fulfil(addresses);
      });
    });
  }

  return {
    async check(text) {
      const url = parseUrl(text, allowPrivateUrls);
      const host = hostOf(url);
      if (isIP(host)) {
        const refused = allowPrivateUrls
          ? undefined
          : firstRefused(host, [{ address: host, family: isIP(host) }]);
        if (refused) throw refused;
      } else {
        await resolveChecked(host, {});
      }
      return url;
    },
    lookup: (host, options, callback) => {
      resolveChecked(host, options).then(
        (addresses) => {
          const [first] = addresses;
          if (options.all) callback(null, addresses);
          else callback(null, first?.address ?? '', first?.family);
        },
        (error: NodeJS.ErrnoException) => callback(error, ''),
      );
    },
  };
}

/** The kind of a special address in words, or null for a public one. IPv4 inside IPv6 counts as IPv4. */
export function specialAddressKind(address: string): string | null {
  let parsed = ipaddr.process(address);
  if (parsed instanceof ipaddr.IPv6 && parsed.match(NAT64)) {
    parsed = new ipaddr.IPv4(parsed.toByteArray().slice(-4));
  }
  const range = parsed.range();
  if (range !== 'unicast') return RANGE_WORDS[range] ?? range;
  return parsed instanceof ipaddr.IPv6 && !parsed.match(GLOBAL_UNICAST) ? 'reserved' : null;
}

/** ipaddr.js's names of ranges, where they are not words already. */
const RANGE_WORDS: Readonly<Record<string, string>> = {
  linkLocal: 'link-local',
  carrierGradeNat: 'carrier-grade NAT',
  uniqueLocal: 'private (unique local)',
};

function parseUrl(text: string | URL, allowPrivateUrls: boolean): URL {
  const url = typeof text === 'string' ? parseText(text) : text;
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new UrlRefusedError(`${describeUrl(url)} is refused: only https URLs can be called.`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new UrlRefusedError(
      `${describeUrl(url)} is refused: it holds a user name or password. Give a token by its own setting.`,
    );
  }
  if (url.protocol === 'http:' && !allowPrivateUrls) {
    throw new UrlRefusedError(`${describeUrl(url)} is refused: it is not https. ${ALLOWED_BY}`);
  }
  return url;
}

function parseText(text: string): URL {
  if (text.length > URL_LENGTH_LIMIT || !URL.canParse(text)) {
    throw new UrlRefusedError(`"${describeUrl(text)}" is refused: it is not an absolute URL.`);
  }
  return new URL(text);
}

/** The host without the brackets of an IPv6 address. */
function hostOf(url: URL): string {
  return url.hostname.replace(/^\[|\]$/g, '');
}

function firstRefused(host: string, addresses: readonly LookupAddress[]): UrlRefusedError | undefined {
  for (const { address } of addresses) {
    const kind = specialAddressKind(address);
    if (kind !== null) {
      const place = host === address ? address : `${host} resolves to ${address}, which`;
      return new UrlRefusedError(`${place} is refused: it is a ${kind} address. ${ALLOWED_BY}`);
    }
  }
  return undefined;
}
