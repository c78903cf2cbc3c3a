/**
 * Cuts the PostGIS bundle of PGlite down to what a registry of points needs: raster, topology, the
 * geocoder and the uninstall scripts go; the engine would otherwise unpack and compile all of them at
 * every start.
 *
 * Reads and writes plain tar: whole 512-byte blocks are kept or dropped, nothing is rewritten. Fails
 * when the archive is not what it should be.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';

/** Bytes of a tar block. */
const BLOCK = 512;
/** Where a tar header keeps the entry's name and size: offset and length in bytes. */
const NAME = { offset: 0, length: 100 };
const SIZE = { offset: 124, length: 12 };

/** Entries that only other extensions, upgrades from before extensions, or people use. */
const UNUSED = [
  /\/(postgis_raster|postgis_topology|postgis_tiger_geocoder|postgis_sfcgal|address_standardizer)/,
  /\/contrib\//,
  /--unpackaged/,
];

/** Writes the trimmed copy of a gzipped tar bundle. */
export async function writeTrimmedBundle(from: string, to: string): Promise<void> {
  const tar = await promisify(gunzip)(await readFile(from));
  // Level 1: it is read at every start, and written once.
  await writeFile(to, await promisify(gzip)(trimTar(tar), { level: 1 }));
}

/** The tar without the entries that are not used. */
export function trimTar(tar: Buffer): Buffer {
  const kept: Buffer[] = [];
  let offset = 0;
  while (offset + BLOCK <= tar.length) {
    const header = tar.subarray(offset, offset + BLOCK);
    const name = textField(header, NAME);
    // A block of zeros ends the archive.
    if (name === '') break;
    const size = Number.parseInt(textField(header, SIZE), 8);
    if (!Number.isInteger(size)) throw new Error(`The PostGIS bundle is damaged at "${name}"`);
    const end = offset + BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    if (!UNUSED.some((pattern) => pattern.test(name))) kept.push(tar.subarray(offset, end));
    offset = end;
  }
  return Buffer.concat([...kept, Buffer.alloc(2 * BLOCK)]);
}

function textField(header: Buffer, field: { offset: number; length: number }): string {
  const text = header.toString('latin1', field.offset, field.offset + field.length);
  return text.replace(/\0.*$/s, '').trim();
}
