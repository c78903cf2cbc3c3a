/**
 * A public object made ready for every format at once: read and cleaned a single time.
 *
 * Guarantees: what is not public inside an object that is, is gone before any format sees it: REMOVED EVSEs
 * (OD-02) and `publish_allowed_to` (OD-03). `publish: false` objects do not get here (`db/reads`), and if one
 * did it would be refused. Throws a SyntaxError when a stored document is not JSON.
 */
import type { Evse, Location, Status, Tariff } from '../db/model.ts';
import type { PublicObject } from '../db/reads/public-objects.ts';
import type { HoldingEvse, LocationTwins } from '../db/reads/twins.ts';

/** Every Status that an EVSE may be shown with: REMOVED ones are shown to nobody (OD-02). */
export const SHOWN_STATUSES: readonly Exclude<Status, 'REMOVED'>[] = [
  'AVAILABLE',
  'BLOCKED',
  'CHARGING',
  'INOPERATIVE',
  'OUTOFORDER',
  'PLANNED',
  'RESERVED',
  'UNKNOWN',
];

export interface PublicLocation {
  /** The cleaned Location. Formats read it and change nothing. */
  readonly location: Location;
  /** Its EVSEs, at least one. */
  readonly evses: readonly Evse[];
  /** The cleaned Location as JSON text: the stored text itself where nothing had to go. */
  readonly document: string;
  readonly asStored: readonly string[];
  readonly changedAt: Date;
  /** Name of the owner's organisation, for Locations that name no operator (OD-09); null when not known. */
  readonly partyName: string | null;
  /** In the view `resolved`: EVSEs that hold against others with the same EVSE ID, by uid in lower case. */
  readonly holding?: ReadonlyMap<string, HoldingEvse>;
}

export interface PublicTariff {
  readonly tariff: Tariff;
  /** The canonical Tariff as JSON text. */
  readonly document: string;
}

/** Null when nothing of the Location may be shown. */
export function preparePublicLocation(
  object: Pick<PublicObject, 'document' | 'asStored' | 'changedAt'>,
  partyName: string | null = null,
): PublicLocation | null {
  const stored = JSON.parse(object.document) as Location;
  const storedEvses = stored.evses ?? [];
  const evses = storedEvses.filter((evse) => evse.status !== 'REMOVED');
  if (stored.publish !== true || evses.length === 0) return null;
  const shared = { evses, asStored: object.asStored, changedAt: object.changedAt, partyName };
  if (evses.length === storedEvses.length && !('publish_allowed_to' in stored)) {
    return { ...shared, location: stored, document: object.document };
  }
  const { publish_allowed_to: _, ...location } = { ...stored, evses } as Location;
  return { ...shared, location: location as Location, document: JSON.stringify(location) };
}

/** The Location in the view `resolved`: without the EVSEs that do not hold. Null when none is left. */
export function resolveLocation(
  object: PublicLocation,
  { holding, leftOut }: LocationTwins,
): PublicLocation | null {
  const evses = object.evses.filter(({ uid }) => !leftOut.has(uid.toLowerCase()));
  if (evses.length === 0) return null;
  if (evses.length === object.evses.length) return { ...object, holding };
  const location: Location = { ...object.location, evses };
  return { ...object, holding, evses, location, document: JSON.stringify(location) };
}

export function preparePublicTariff(object: Pick<PublicObject, 'document'>): PublicTariff {
  return { tariff: JSON.parse(object.document) as Tariff, document: object.document };
}
