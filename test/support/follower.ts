/**
 * Somebody who keeps a copy of the open data: downloads the files once, then follows `/changes`, by pages, by lines
 * (NDJSON) or by the stream. As small as it can be, and an example for those who write their own.
 *
 * Guarantees: the copy and the position up to which it is true are saved together, whole or not at all, so that it may
 * be killed at any moment: what it is told twice does no harm. While the server cannot be reached, or ends a stream, it
 * comes back; when its position is gone (410) it downloads again.
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readEvents } from './server-sent-events.ts';

export type FollowedBy = 'pages' | 'lines' | 'stream';

/** What part of the data; all when nothing is given. */
export interface Part {
  /** `NL-TNM`. */
  readonly party?: readonly string[];
  /** West, south, east, north. */
  readonly bbox?: readonly [number, number, number, number];
  readonly kind?: readonly ('location' | 'static' | 'status' | 'tariff')[];
}

/** Texts of Features and Tariffs by `CC-PTY-id`. A Tariff is put apart: it may have the id of a Location. */
export type Copy = Map<string, string>;

export interface Change {
  readonly sequence: number;
  readonly kind: 'location' | 'status' | 'tariff';
  readonly action: 'upsert' | 'delete';
  readonly id: string;
  // biome-ignore lint/suspicious/noExplicitAny: a Feature or a Tariff, as it came.
  readonly object: any;
}

export interface FollowerOptions {
  readonly url: string;
  /** Where its state is kept; made when it is missing. */
  readonly directory: string;
  readonly by: FollowedBy;
  readonly part?: Part;
  /** Called when more of the journal has been taken in. */
  readonly onProgress?: (position: string) => void;
}

/** Milliseconds between two questions when there was nothing new, and before a server is tried again. */
const PAUSE_MS = 100;

const STATE = 'state.json';

export class Follower {
  readonly copy: Copy = new Map();
  /** How often it had to download. */
  downloads = 0;
  readonly #options: FollowerOptions;
  /** What to go on with, as `since`. */
  #position = '';

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  /** Follows until it is told to stop. Rejects when the server refuses what it asks. */
  async follow(signal: AbortSignal): Promise<void> {
    await mkdir(this.#options.directory, { recursive: true });
    await this.#restore();
    while (!signal.aborted) {
      try {
        if (this.#position === '') await this.#download(signal);
        else if (this.#options.by === 'stream') await this.#readStream(signal);
        else await this.#readPage(signal);
      } catch (error) {
        if (error instanceof RefusedError) throw error;
        // The server is away for a while, or the connection broke.
        await sleep(PAUSE_MS);
      }
    }
  }

  async #download(signal: AbortSignal): Promise<void> {
    const { url, part } = this.#options;
    const { copy, sequence } = await download(url, part, signal);
    this.copy.clear();
    for (const [key, text] of copy) this.copy.set(key, text);
    this.downloads += 1;
    await this.#reached(String(sequence));
  }

  async #readPage(signal: AbortSignal): Promise<void> {
    const { url, by, part } = this.#options;
    const accept = by === 'lines' ? 'application/x-ndjson' : 'application/json';
    const response = await fetch(changesUrl(url, part, this.#position), { headers: { accept }, signal });
    if (!(await this.#isServed(response))) return;
    const text = await response.text();
    const changes: Change[] =
      by === 'lines' ? text.split('\n').filter(Boolean).map(parse) : JSON.parse(text).changes;
    for (const change of changes) take(this.copy, change);
    const next = /^<(.*)>; rel="next"$/.exec(response.headers.get('Link') ?? '')?.[1] ?? '';
    await this.#reached(new URL(next).searchParams.get('since') ?? '');
    if (changes.length === 0) await sleep(PAUSE_MS);
  }

  async #readStream(signal: AbortSignal): Promise<void> {
    const { url, part } = this.#options;
    const headers = { accept: 'text/event-stream', 'last-event-id': this.#position };
    const response = await fetch(changesUrl(url, part), { headers, signal });
    if (!(await this.#isServed(response)) || !response.body) return;
    for await (const events of readEvents(response.body)) {
      for (const { data } of events) if (data !== '') take(this.copy, parse(data));
      const last = events.at(-1)?.lastEventId;
      if (last) await this.#reached(last);
    }
  }

  /** False when the position is gone, or there is no answer for now. */
  async #isServed(response: Response): Promise<boolean> {
    if (response.ok) return true;
    const problem = await response.text();
    if (response.status === 410) this.#position = '';
    else if (response.status >= 500 || response.status === 429) await sleep(PAUSE_MS);
    else throw new RefusedError(`${response.status} ${problem}`);
    return false;
  }

  async #restore(): Promise<void> {
    const { position, downloads, objects } = await readState(this.#options.directory);
    for (const [key, object] of objects) this.copy.set(key, object);
    this.downloads = downloads;
    this.#position = position;
  }

  async #reached(position: string): Promise<void> {
    if (position === this.#position) return;
    this.#position = position;
    const path = join(this.#options.directory, STATE);
    const state: State = { position, downloads: this.downloads, objects: [...this.copy] };
    await writeFile(`${path}.new`, JSON.stringify(state));
    await rename(`${path}.new`, path);
    this.#options.onProgress?.(position);
  }
}

interface State {
  readonly position: string;
  readonly downloads: number;
  readonly objects: readonly [string, string][];
}

async function readState(directory: string): Promise<State> {
  const text = await readFile(join(directory, STATE), 'utf8').catch(() => null);
  return text === null ? { position: '', downloads: 0, objects: [] } : JSON.parse(text);
}

/** What a follower in another process has saved. */
export async function readSaved(directory: string): Promise<{ copy: Copy; downloads: number }> {
  const { objects, downloads } = await readState(directory);
  return { copy: new Map(objects), downloads };
}

class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

/** What a fresh download holds of a part, and from where it is to be followed. */
export async function download(
  url: string,
  part: Part = {},
  signal?: AbortSignal,
): Promise<{ copy: Copy; sequence: number }> {
  const copy: Copy = new Map();
  const read = async (name: string, list: string) => {
    const response = await fetch(`${url}/data/${name}`, signal ? { signal } : {});
    if (!response.ok) throw new Error(`${name}: ${response.status}`);
    const objects = JSON.parse(await response.text())[list];
    return { objects, sequence: Number(response.headers.get('NAP-Sequence')) };
  };
  const tariffs = await read('tariffs.ocpi.json', 'data');
  const locations = await read('locations.geojson', 'features');
  for (const feature of locations.objects) {
    if (holdsLocation(part, feature)) copy.set(feature.id, JSON.stringify(feature));
  }
  for (const tariff of tariffs.objects) {
    const owner = `${tariff.country_code}-${tariff.party_id}`.toUpperCase();
    if (holdsTariff(part, owner)) copy.set(`tariff ${owner}-${tariff.id}`, JSON.stringify(tariff));
  }
  return { copy, sequence: Math.min(tariffs.sequence, locations.sequence) };
}

function take(copy: Copy, { kind, action, id, object }: Change): void {
  const key = kind === 'tariff' ? `tariff ${id}` : id;
  if (action === 'delete') copy.delete(key);
  else copy.set(key, JSON.stringify(object));
}

function parse(text: string): Change {
  return JSON.parse(text);
}

export function changesUrl(url: string, part: Part = {}, since?: string): string {
  const parameters = new URLSearchParams();
  for (const [name, values] of Object.entries(part)) parameters.set(name, (values as unknown[]).join());
  if (since !== undefined) parameters.set('since', since);
  return `${url}/changes?${parameters}`;
}

interface Feature {
  readonly geometry: { readonly coordinates: readonly [number, number] };
  readonly properties: { readonly country_code: string; readonly party_id: string };
}

function holdsLocation({ party, bbox, kind }: Part, { geometry, properties }: Feature): boolean {
  if (kind?.every((one) => one === 'tariff')) return false;
  if (party && !party.includes(`${properties.country_code}-${properties.party_id}`)) return false;
  if (!bbox) return true;
  const [west, south, east, north] = bbox;
  const [longitude, latitude] = geometry.coordinates;
  const isAcross =
    west <= east ? west <= longitude && longitude <= east : longitude >= west || longitude <= east;
  return isAcross && south <= latitude && latitude <= north;
}

function holdsTariff({ party, bbox, kind }: Part, owner: string): boolean {
  return !bbox && (!kind || kind.includes('tariff')) && (!party || party.includes(owner));
}
