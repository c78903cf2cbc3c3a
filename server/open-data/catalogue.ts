/**
 * `/data`: what can be downloaded, for programs. The page for people (`catalogue-page.ts`) shows the same.
 */
import type { Column } from '../../exports/format.ts';
import type { Representation } from '../../exports/snapshot-store.ts';
import type { Listing, Snapshots } from '../../exports/snapshots.ts';
import { licenceUrl } from './licence.ts';

/** Snake case, as it is sent. Facts of a file that has not been built yet are null. */
export interface CatalogueEntry {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly url: string;
  readonly media_type: string;
  readonly bytes: number | null;
  readonly sha256: string | null;
  /** The file as it is sent to whoever accepts gzip. */
  readonly gzip: { readonly bytes: number; readonly sha256: string } | null;
  /** Locations or Tariffs in it. */
  readonly objects: number | null;
  readonly sequence: number | null;
  readonly generated_at: string | null;
  /** Seconds since then. */
  readonly age_s: number | null;
  readonly licence: string;
  readonly attribution: string;
  /** Tables only. */
  readonly columns?: readonly Column[];
}

export interface Catalogue {
  readonly name: string;
  readonly licence: string;
  readonly licence_url: string | null;
  readonly attribution: string;
  readonly downloads: readonly CatalogueEntry[];
}

/** @param address where we are reached, without a slash at the end */
export async function readCatalogue(snapshots: Snapshots, address: string, now: Date): Promise<Catalogue> {
  const { name, licence, attribution } = snapshots.publication;
  const listings = await snapshots.list();
  return {
    name,
    licence,
    licence_url: licenceUrl(licence),
    attribution,
    downloads: listings.map((listing) => toEntry(listing, { address, licence, attribution, now })),
  };
}

function toEntry(
  { format, snapshot }: Listing,
  terms: { address: string; licence: string; attribution: string; now: Date },
): CatalogueEntry {
  return {
    name: format.name,
    title: format.title,
    description: format.description,
    url: `${terms.address}/data/${format.name}`,
    media_type: format.mediaType,
    bytes: snapshot?.identity.bytes ?? null,
    sha256: snapshot?.identity.sha256 ?? null,
    gzip: snapshot ? sizeAndHash(snapshot.gzip) : null,
    objects: snapshot?.objects ?? null,
    sequence: snapshot?.sequence ?? null,
    generated_at: snapshot?.generatedAt.toISOString() ?? null,
    age_s: snapshot ? ageInSeconds(snapshot.generatedAt, terms.now) : null,
    licence: snapshot?.licence ?? terms.licence,
    attribution: snapshot?.attribution ?? terms.attribution,
    ...(format.columns
      ? { columns: format.columns.map(({ name, description }) => ({ name, description })) }
      : {}),
  };
}

function sizeAndHash({ bytes, sha256 }: Representation): { bytes: number; sha256: string } {
  return { bytes, sha256 };
}

function ageInSeconds(moment: Date, now: Date): number {
  return Math.max(0, Math.round((now.getTime() - moment.getTime()) / 1000));
}
