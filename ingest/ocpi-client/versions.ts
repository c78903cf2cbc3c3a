/**
 * From a partner's versions URL to the URLs of its Sender interfaces (VER-08, VER-09): the highest version that
 * both speak, numbers compared part by part; versions, modules and fields that we do not know are passed over,
 * deprecated ones among them, since we do not speak them; the URLs are used as they were given, on whatever host
 * they are.
 *
 * Fails with PartnerError that says what was offered and what was wanted.
 */
import type { Module } from '../../db/model.ts';
import type { OcpiVersion } from '../../db/ocpi-version.ts';
import { PartnerError } from '../adapter.ts';
import { describeUrl } from '../http/describe-url.ts';

/** The Sender interfaces of a partner. */
export type ModuleUrls = Partial<Record<Module, string>>;

/** What a partner offers us, and in which version. */
export interface Discovered {
  readonly version: OcpiVersion;
  readonly urls: ModuleUrls;
}

interface Offer {
  readonly version: string;
  readonly url: string;
}

/** Gives the `data` of an envelope. */
type GetData = (url: string) => Promise<unknown>;

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
  const where = describeUrl(versionsUrl);
  const offers = offersOf(await getData(versionsUrl));
  const chosen = pickVersion(offers, supported);
  if (!chosen) {
    const offered = offers.map(({ version }) => version).join(', ') || 'no version';
    throw new PartnerError(`${where} offers ${offered.slice(0, 200)}; we want ${supported.join(', ')}`);
  }
  const detailsUrl = absolute(chosen.url, versionsUrl);
  const urls = senderUrls(await getData(detailsUrl), detailsUrl);
  if (urls.locations === undefined) {
    throw new PartnerError(`${describeUrl(detailsUrl)} offers no locations as SENDER`);
  }
  // `pickVersion` gives none but a supported one.
  return { version: chosen.version as OcpiVersion, urls };
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

function offersOf(data: unknown): Offer[] {
  return recordsOf(data).flatMap(({ version, url }) =>
    typeof version === 'string' && typeof url === 'string' ? [{ version: version.trim(), url }] : [],
  );
}

function senderUrls(data: unknown, detailsUrl: string): ModuleUrls {
  const { endpoints } = (data ?? {}) as { endpoints?: unknown };
  const urls: ModuleUrls = {};
  for (const { identifier, role, url } of recordsOf(endpoints)) {
    const module = MODULES.find((known) => known === String(identifier).toLowerCase());
    // 2.1.1 knows no roles: there, what a CPO offers is the Sender.
    const isSender = role === undefined || String(role).toUpperCase() === 'SENDER';
    if (module && isSender && typeof url === 'string') urls[module] ??= absolute(url, detailsUrl);
  }
  return urls;
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
