/**
 * Public Locations made in a test, as formats are given them, and the file that a format makes of them.
 */
import type { LocationFormat, PackedLocationFormat } from '../../../exports/format.ts';
import { type PublicLocation, preparePublicLocation } from '../../../exports/public-objects.ts';
import { buildLocation, type Overrides } from '../../support/builders.ts';
import { assemble } from '../assemble.ts';
import { EDITION } from '../fixture-files.ts';
import { type ReadFile, readFileOf } from '../read-file.ts';

const CHANGED_AT = new Date('2026-06-03T08:30:00.250Z');

export function publicLocation(overrides: Overrides): PublicLocation {
  const document = JSON.stringify(buildLocation(overrides));
  const object = preparePublicLocation({ document, asStored: ['2.2.1', '2.3.0'], changedAt: CHANGED_AT });
  if (!object) throw new Error('nothing of it may be shown');
  return object;
}

/** The file of these Locations, read back. */
export async function readWritten(
  format: LocationFormat | PackedLocationFormat,
  objects: readonly PublicLocation[],
  packObjects?: number,
): Promise<ReadFile> {
  return readFileOf(format.mediaType, await assemble(format, EDITION, objects, packObjects));
}
