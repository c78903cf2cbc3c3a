/**
 * Puts a file together as whoever keeps its pieces does: what stands before the first object, objects or packs, what
 * stands after the last. Written from the interface (`exports/format.ts`), beside the builder that is tested.
 */
import type { Edition, ExportFormat, PackedLocationFormat, Piece, PlacedPack } from '../../exports/format.ts';
import type { PublicLocation, PublicTariff } from '../../exports/public-objects.ts';

export type PublicObjects = readonly (PublicLocation | PublicTariff)[];

/** More than the fixture has, so that it is one pack; tests of packs say less. */
const PACK_OBJECTS = 1024;

/** The whole file. The objects are those of the format's module. */
export async function assemble(
  format: ExportFormat,
  edition: Edition,
  objects: PublicObjects,
  packObjects = PACK_OBJECTS,
): Promise<Buffer> {
  if (!('write' in format)) {
    return assemblePacks(format, edition, objects as readonly PublicLocation[], packObjects);
  }
  const pieces = objects.map((object) => format.write(object as never)).filter((piece) => piece.length > 0);
  const between = pieces.flatMap((piece, index) => (index === 0 ? [piece] : [format.separator, piece]));
  return join([format.open(edition), ...between, format.close(edition)]);
}

async function assemblePacks(
  format: PackedLocationFormat,
  edition: Edition,
  objects: readonly PublicLocation[],
  packObjects: number,
): Promise<Buffer> {
  const pieces: Piece[] = [format.open(edition)];
  const placed: PlacedPack[] = [];
  for (let start = 0; start < objects.length; start += packObjects) {
    const entries = objects.slice(start, start + packObjects).map((object) => ({ object }));
    const { bytes, note } = await format.pack(entries, null);
    placed.push({ offset: join(pieces).length, note });
    pieces.push(bytes);
  }
  return join([...pieces, format.close(edition, placed)]);
}

function join(pieces: readonly Piece[]): Buffer {
  return Buffer.concat(pieces.map((piece) => Buffer.from(piece as string)));
}
