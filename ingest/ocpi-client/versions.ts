/**
/**
 * From a partner's versions URL to its endpoints (VER-08, VER-09): the highest version that both speak, numbers
 * compared part by part; versions and fields that we do not know are passed over, deprecated versions among them,
 * since we do not speak them; the URLs are used as they were given, on whatever host they are.
 *
 * Fails with PartnerError that says what was offered and what was wanted.
 */
import type { Module } from '../../db/model.ts';
import type { OcpiVersion } from '../../db/ocpi-version.ts';
import type { PeerEndpoint } from '../../db/partner-model.ts';
import { PartnerError } from '../adapter.ts';
import { describeUrl } from '../http/describe-url.ts';

/** The Sender interfaces of a partner. */
export type ModuleUrls = Partial<Record<Module, string>>;

/** What a partner offers us, and in which version. */
export interface Discovered {
  readonly version: OcpiVersion;
  readonly urls: ModuleUrls;
}

/** A version that a partner offers. */
export interface Offer {
  readonly version: string;
  readonly url: string;
}

/** Gives the `data` of an envelope. */
export type GetData = (url: string) => Promise<unknown>;

/** Characters of an endpoint's URL: OCPI has 255; longer ones are not kept. */
const URL_LIMIT = 2_000;

/** Entries of a versions or endpoints list that are looked at. */
const LIST_LIMIT = 200;

const MODULES: readonly Module[] = ['locations', 'tariffs'];

/**
 * Asks for versions and details.
 *
 * @param supported the versions that will do
 */
export async function discoverModules(
  versionsUrl: string,
  supported: readonly OcpiVersion[],
  getData: GetData,
): Promise<Discovered> {
  const offers = await readOffers(versionsUrl, getData);
  const { version, url: detailsUrl } = chooseVersion(offers, supported, versionsUrl);
  const endpoints = await readEndpoints(detailsUrl, getData);
  const urls: ModuleUrls = {};
  for (const module of MODULES) {
    const url = findEndpoint(endpoints, module, 'SENDER')?.url;
    if (url !== undefined) urls[module] = url;
  }
  if (urls.locations === undefined) {
    throw new PartnerError(`${describeUrl(detailsUrl)} offers no locations as SENDER`);
  }
  // `pickVersion` gives none but a supported one.
  return { version: version as OcpiVersion, urls };
}

/** The versions that a partner offers. @throws PartnerError when that is no list */
export async function readOffers(versionsUrl: string, getData: GetData): Promise<Offer[]> {
  const list = await getData(versionsUrl);
  if (!Array.isArray(list)) throw new PartnerError(`${describeUrl(versionsUrl)} gave no list of versions`);
  return recordsOf(list).flatMap(({ version, url }) =>
    typeof version === 'string' && typeof url === 'string' ? [{ version: version.trim(), url }] : [],
  );
}

/** The highest version that both speak, its URL absolute. @throws PartnerError that names what was offered */
export function chooseVersion(
  offers: readonly Offer[],
  supported: readonly string[],
  versionsUrl: string,
): Offer {
  const chosen = pickVersion(offers, supported);
  if (chosen) return { ...chosen, url: absolute(chosen.url, versionsUrl) };
  const offered = offers.map(({ version }) => version).join(', ') || 'no version';
  throw new PartnerError(
    `${describeUrl(versionsUrl)} offers ${offered.slice(0, 200)}; we want ${supported.join(', ')}`,
  );
}

/** The endpoints of one version, as its details list them. @throws PartnerError when they list none */
export async function readEndpoints(detailsUrl: string, getData: GetData): Promise<PeerEndpoint[]> {
  const { endpoints } = ((await getData(detailsUrl)) ?? {}) as { endpoints?: unknown };
  const read = recordsOf(endpoints).flatMap(({ identifier, role, url }) => {
    const known = interfaceRole(role);
    if (typeof identifier !== 'string' || typeof url !== 'string' || known === undefined) return [];
    if (url.length > URL_LIMIT) return [];
    return [{ identifier: identifier.toLowerCase(), role: known, url: absolute(url, detailsUrl) }];
  });
  if (read.length === 0) throw new PartnerError(`${describeUrl(detailsUrl)} lists no endpoints`);
  return read;
}

/** The endpoint of a module. 2.1.1 knows no roles: there, what a platform offers serves for either. */
export function findEndpoint(
  endpoints: readonly PeerEndpoint[],
  identifier: string,
  role: 'SENDER' | 'RECEIVER',
): PeerEndpoint | undefined {
  return endpoints.find((one) => one.identifier === identifier && (one.role === role || one.role === null));
}

/** Undefined for one that the specification does not know. */
function interfaceRole(role: unknown): PeerEndpoint['role'] | undefined {
  if (role === undefined || role === null) return null;
  const text = String(role).toUpperCase();
  return text === 'SENDER' || text === 'RECEIVER' ? text : undefined;
}

/** The highest version that both sides know, by its numbers. */
export function pickVersion(offers: readonly Offer[], supported: readonly string[]): Offer | undefined {
  return offers
    .filter(({ version }) => supported.includes(version))
    .sort((one, other) => compareVersions(other.version, one.version))[0];
}

/** Less than 0 when the first is lower: 2.10 is above 2.9. */
export function compareVersions(one: string, other: string): number {
  const left = one.split('.').map(Number);
  const right = other.split('.').map(Number);
  for (let part = 0; part < Math.max(left.length, right.length); part++) {
    const difference = (left[part] ?? 0) - (right[part] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function recordsOf(value: unknown): Record<string, unknown>[] {
  if (!Array.isArray(value)) return [];
  return value
    .slice(0, LIST_LIMIT)
    .filter((entry): entry is Record<string, unknown> => typeof entry === 'object' && entry !== null);
}

/** Some give their URLs relative to the document. */
function absolute(url: string, base: string): string {
  if (URL.canParse(url)) return url;
  if (URL.canParse(url, base)) return new URL(url, base).href;
  throw new PartnerError(`${describeUrl(base)} gives a URL that is none: "${describeUrl(url)}"`);
}
