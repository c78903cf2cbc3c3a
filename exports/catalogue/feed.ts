/**
 * A feed: one way to get the data, described once. The list for programs (`nap-document.ts`), the catalogue for data
 * portals (`dcat.ts`) and the page for people are all made from the same feeds, so they cannot disagree.
 *
 * Files describe themselves (`exports/formats`); services that are asked with a question are listed in
 * `service-feeds.ts`.
 */

import type { Snapshot } from '../build/edition-store.ts';
import type { DataSet, ExportFormat } from '../format.ts';
import type { Listing } from '../snapshots.ts';
import { filePath, fileReference, type View } from '../view.ts';
import { SERVICE_FEEDS } from './service-feeds.ts';
import { isCsv, tableMetadataName } from './table-metadata.ts';

interface FeedDescription {
  /** Unique, and the same for as long as the feed is there. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** Below the address of the access point. */
  readonly path: string;
  readonly mediaType: string;
  readonly dataSets: readonly DataSet[];
  /** How long after a change it is there at the latest, as ISO 8601 writes durations. */
  readonly cadence: string;
  /** Path or URL of what describes its form to programs; null where only a standard does. */
  readonly schema: string | null;
  /** Where the standard is read that it follows; null: its form is our own. */
  readonly standard: string | null;
}

/** A file of the whole registry. */
export interface FileFeed extends FeedDescription {
  readonly kind: 'file';
  readonly format: ExportFormat;
  readonly view: View;
  /** Null before the first build. */
  readonly snapshot: Snapshot | null;
}

/** What is asked for a part, or for what is new. */
export interface ServiceFeed extends FeedDescription {
  readonly kind: 'service';
  /** Path of the description of its interface. */
  readonly interfaceDescription: string;
  /** `token`: only for partners that are connected. */
  readonly access: 'open' | 'token';
  /** What may follow the path to see something at once; empty where there is nothing. */
  readonly example: string;
}

export type Feed = FileFeed | ServiceFeed;

/** Files are built within a minute of a change. */
const FILE_CADENCE = 'PT1M';

/** All feeds: the files in their order, then the services. */
export function listFeeds(listings: readonly Listing[]): Feed[] {
  return [...listings.map(toFileFeed), ...SERVICE_FEEDS];
}

function toFileFeed({ format, view, snapshot }: Listing): FileFeed {
  return {
    kind: 'file',
    id: fileReference(format.name, view),
    title: view === 'raw' ? format.title : `${format.title}, each EVSE ID once`,
    description: format.description,
    path: filePath(format.name, view),
    mediaType: format.mediaType,
    dataSets: format.dataSets,
    cadence: FILE_CADENCE,
    schema: schemaOf(format),
    standard: format.standard ?? null,
    ...{ format, view, snapshot },
  };
}

/** Its JSON Schema where it names one; of a table, the metadata of its columns. */
function schemaOf(format: ExportFormat): string | null {
  if (format.schema !== undefined) return schemaPath(format.schema);
  return isCsv(format) ? `/data/${tableMetadataName(format.name)}` : null;
}

/** Where a JSON Schema of ours is served. */
export function schemaPath(name: string): string {
  return `/data/schemas/${name}.json`;
}

/** Paths of ours become URLs; what is a URL stays one. */
export function absoluteUrl(address: string, path: string): string {
  return path.startsWith('/') ? `${address}${path}` : path;
}
