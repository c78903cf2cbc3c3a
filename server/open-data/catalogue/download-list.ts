/**
 * `/data`: what can be downloaded, for programs. The page for people (`page.ts`) shows the same.
 */
import type { Representation } from '../../../exports/build/edition-store.ts';
import type { Column } from '../../../exports/format.ts';
import type { Listing, Snapshots } from '../../../exports/snapshots.ts';
import { filePath } from '../../../exports/view.ts';
import { licenceUrl } from '../licence.ts';

/** What is said of a file that was built; all null before. Snake case, as it is sent. */
interface FileFacts {
  readonly url: string;
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
}

export interface DownloadEntry extends FileFacts {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly media_type: string;
  readonly licence: string;
  readonly attribution: string;
  /** Tables only. */
  readonly columns?: readonly Column[];
  /** The same with each EVSE ID once; absent where nothing of EVSEs is shown. */
  readonly resolved?: FileFacts;
}

export interface DownloadList {
  readonly name: string;
  readonly licence: string;
  readonly licence_url: string | null;
  readonly attribution: string;
  readonly downloads: readonly DownloadEntry[];
}

/** @param address where we are reached, without a slash at the end */
export async function readDownloadList(
  snapshots: Snapshots,
  address: string,
  now: Date,
): Promise<DownloadList> {
  const { name, licence, attribution } = snapshots.publication;
  const listings = await snapshots.list();
  return {
    name,
    licence,
    licence_url: licenceUrl(licence),
    attribution,
    downloads: listings
      .filter(({ view }) => view === 'raw')
      .map((raw) => {
        const resolved = listings.find(({ format, view }) => format === raw.format && view === 'resolved');
        return toEntry(raw, resolved, { address, licence, attribution, now });
      }),
  };
}

interface Terms {
  readonly address: string;
  readonly licence: string;
  readonly attribution: string;
  readonly now: Date;
}

function toEntry(raw: Listing, resolved: Listing | undefined, terms: Terms): DownloadEntry {
  const { format, snapshot } = raw;
  return {
    name: format.name,
    title: format.title,
    description: format.description,
    media_type: format.mediaType,
    ...toFacts(raw, terms),
    licence: snapshot?.licence ?? terms.licence,
    attribution: snapshot?.attribution ?? terms.attribution,
    ...(format.columns
      ? { columns: format.columns.map(({ name, description }) => ({ name, description })) }
      : {}),
    ...(resolved ? { resolved: toFacts(resolved, terms) } : {}),
  };
}

function toFacts({ format, view, snapshot }: Listing, { address, now }: Terms): FileFacts {
  return {
    url: `${address}${filePath(format.name, view)}`,
    bytes: snapshot?.identity.bytes ?? null,
    sha256: snapshot?.identity.sha256 ?? null,
    gzip: snapshot ? sizeAndHash(snapshot.gzip) : null,
    objects: snapshot?.objects ?? null,
    sequence: snapshot?.sequence ?? null,
    generated_at: snapshot?.generatedAt.toISOString() ?? null,
    age_s: snapshot ? ageInSeconds(snapshot.generatedAt, now) : null,
  };
}

function sizeAndHash({ bytes, sha256 }: Representation): { bytes: number; sha256: string } {
  return { bytes, sha256 };
}

function ageInSeconds(moment: Date, now: Date): number {
  return Math.max(0, Math.round((now.getTime() - moment.getTime()) / 1000));
}
