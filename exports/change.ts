/**
 * A change as followers are told of it: one JSON object, with the whole Feature or Tariff, or as a tombstone.
 *
 * Guarantees: the object is, byte for byte, what stands in `locations.geojson` or `tariffs.ocpi.json`, and whatever
 * does not stand there is a tombstone: also a Tariff whose prices OCPI 2.2.1 cannot state, and an object that cannot
 * be written, which is handed to `fault`. So whoever follows holds what whoever downloads holds.
 */
import type { ChangeKind, PresentObject, PublicChange } from '../db/reads/public-changes.ts';
import { ocpi221 } from './dialects/ocpi-2.2.1.ts';
import { locationsGeojson } from './formats/locations-geojson.ts';
import { tariffsOcpi } from './formats/tariffs-ocpi.ts';
import { preparePublicLocation, preparePublicTariff } from './public-objects.ts';

export interface RenderedChange {
  readonly sequence: number;
  readonly kind: ChangeKind;
  /** JSON on one line. */
  readonly text: string;
  /** Whoever has it has all of its position: a tombstone of a former spelling comes before the object itself. */
  readonly endsPosition: boolean;
}

/** What followers are told of a change, in order. */
export function renderChange(
  change: PublicChange,
  fault: (change: PublicChange, error: unknown) => void,
): RenderedChange[] {
  const { sequence, kind, present } = change;
  const id = present?.objectId ?? change.objectId;
  const former = change.formerIds.filter((one) => one !== id);
  const told = (text: string, endsPosition: boolean) => ({ sequence, kind, text, endsPosition });
  return [
    ...former.map((one) => told(textOf(change, one, ''), false)),
    told(textOf(change, id, present ? objectText(change, present, fault) : ''), true),
  ];
}

/** @param object JSON; empty for a tombstone */
function textOf(change: PublicChange, id: string, object: string): string {
  const { sequence, kind } = change;
  const action = object === '' ? 'delete' : 'upsert';
  const members = JSON.stringify({ sequence, kind, action, id: publicId(change, id) });
  return `${members.slice(0, -1)},"object":${object === '' ? 'null' : object}}`;
}

/** As in the files: of a Tariff the id that OCPI 2.2.1 has room for. */
function publicId({ kind, owner }: PublicChange, id: string): string {
  const published = kind === 'tariff' ? ocpi221.objectId('tariffs', owner, id) : id;
  return `${owner.countryCode}-${owner.partyId}-${published}`;
}

/** Empty when the object does not stand in its file. */
function objectText(
  change: PublicChange,
  { document, changedAt }: PresentObject,
  fault: (change: PublicChange, error: unknown) => void,
): string {
  try {
    if (change.kind === 'tariff') return String(tariffsOcpi.write(preparePublicTariff({ document })));
    const location = preparePublicLocation({ document, asStored: [], changedAt });
    return location ? String(locationsGeojson.write(location)) : '';
  } catch (error) {
    fault(change, error);
    return '';
  }
}
