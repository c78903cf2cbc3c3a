/**
 * Encoded tiles in memory, those that were asked for last, bounded in bytes.
 *
 * Guarantees: a tile is of the newest sequence that is asked for; it is made once however many ask for it at a time,
 * and a failure is not kept. A tile that is larger than the whole cache is made each time.
 */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { tagOf } from '../entity-tag.ts';

/** A tile as it is sent. */
export interface EncodedTile {
  readonly bytes: Buffer;
  /** Null where gzip gains nothing. */
  readonly gzipped: Buffer | null;
  /** Of the content: an unchanged tile stays itself whatever else changes. */
  readonly hash: string;
}

export interface TileCache {
  /**
   * The tile of this name.
   *
   * @param sequence of what it is made of: another one makes it anew
   */
  get(name: string, sequence: number, encode: () => Promise<Buffer>): Promise<EncodedTile>;
}

/** All tiles of a busy day's map: the fullest have some 30 kB, most a few hundred bytes. */
const LIMIT_BYTES = 64 * 1024 * 1024;
/** What an entry costs beside its bytes. */
const ENTRY_BYTES = 500;
/** Bytes below which gzip gains nothing. */
const LEAST_BYTES = 256;

const compress = promisify(gzip);

interface Entry {
  readonly sequence: number;
  readonly tile: EncodedTile;
}

/** @param limitBytes for tests */
export function createTileCache({ limitBytes = LIMIT_BYTES }: { limitBytes?: number } = {}): TileCache {
  // In the order of use: the first is the one that nobody has asked for longest.
  const entries = new Map<string, Entry>();
  const making = new Map<string, Promise<EncodedTile>>();
  let bytes = 0;

  function drop(name: string): void {
    const entry = entries.get(name);
    if (!entry) return;
    entries.delete(name);
    bytes -= sizeOf(entry.tile);
  }

  function keep(name: string, entry: Entry): void {
    drop(name);
    entries.set(name, entry);
    bytes += sizeOf(entry.tile);
    for (const oldest of entries.keys()) {
      if (bytes <= limitBytes) break;
      drop(oldest);
    }
  }

  async function make(name: string, sequence: number, encode: () => Promise<Buffer>): Promise<EncodedTile> {
    const tile = await prepare(await encode());
    keep(name, { sequence, tile });
    return tile;
  }

  return {
    async get(name, sequence, encode) {
      const entry = entries.get(name);
      if (entry?.sequence === sequence) {
        entries.delete(name);
        entries.set(name, entry);
        return entry.tile;
      }
      const key = `${name}@${sequence}`;
      const running = making.get(key) ?? make(name, sequence, encode).finally(() => making.delete(key));
      making.set(key, running);
      return running;
    },
  };
}

async function prepare(bytes: Buffer): Promise<EncodedTile> {
  const gzipped = bytes.length < LEAST_BYTES ? null : await compress(bytes);
  return { bytes, gzipped, hash: tagOf(bytes) };
}

function sizeOf({ bytes, gzipped }: EncodedTile): number {
  return ENTRY_BYTES + bytes.length + (gzipped?.length ?? 0);
}
