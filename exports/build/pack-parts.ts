/**
 * What a pack is put together from: objects that changed, and places in the former pack of those that did not.
 */
import type { Pack, PackEntry, PackedLocationFormat } from '../format.ts';
import type { PublicLocation } from '../public-objects.ts';

/** An object in a pack: its number, and what its format is told of it. */
export interface PackPart {
  readonly id: number;
  readonly entry: PackEntry<PublicLocation>;
}

/** The pack of these parts; null of none, and the error when one of them cannot be written. */
export async function packOf(
  format: PackedLocationFormat,
  parts: readonly PackPart[],
  former: Pack | null,
): Promise<Pack | Error | null> {
  if (parts.length === 0) return null;
  try {
    const entries = parts.map(({ entry }) => entry);
    return await format.pack(entries, former);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Which parts can be written, and which cannot: seen when each that is not kept is tried alone. */
export async function tryAlone(
  format: PackedLocationFormat,
  parts: readonly PackPart[],
): Promise<{ packable: PackPart[]; failed: { id: number; error: Error }[] }> {
  const packable: PackPart[] = [];
  const failed: { id: number; error: Error }[] = [];
  for (const part of parts) {
    const alone = 'object' in part.entry ? await packOf(format, [part], null) : null;
    if (alone instanceof Error) failed.push({ id: part.id, error: alone });
    else packable.push(part);
  }
  return { packable, failed };
}
