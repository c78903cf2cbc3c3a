/** The clock that a Location names is the one on its wall. */
import tzLookup from '@photostructure/tz-lookup';
import { type Place, placeOf } from '../place.ts';
import type { LocationRule } from '../rule.ts';

export const timeZoneElsewhere: LocationRule = {
  on: 'location',
  id: 'time-zone-elsewhere',
  severity: 'warning',
  title: 'The time zone of a Location does not fit its place',
  afir: 'A15',
  source: 'Regulation (EU) 2025/655, item A15; OCPI 2.2.1, 8.3.1',
  meaning:
    'Opening hours and tariffs are told in local time. With the zone of another place they are wrong by an hour or more.',
  mend: 'Send the IANA name of the zone at the coordinates, e.g. Europe/Amsterdam.',

  check(location, { now }, found) {
    const place = placeOf(location);
    if (!place || place.isNullIsland || place.isOutside) return;
    const zone = tzLookup(place.latitude, place.longitude);
    // Zones of the sea go by longitude alone: on a pier or a ferry the clock of the land holds.
    if (zone.startsWith('Etc/')) return;
    if (haveSameClock(zone, location.time_zone, now)) return;
    if (zonesAround(place).some((other) => haveSameClock(other, location.time_zone, now))) return;
    found({
      path: 'time_zone',
      message: `does not fit the coordinates, where it is ${zone}`,
      received: location.time_zone,
    });
  },
};

/** Degrees of latitude, some 25 km: so far off may the borders of zones be drawn, and towns lie on both sides. */
const BORDER_REACH = 0.225;
/** North, south, east and west, and between. */
const AROUND = [-1, 0, 1].flatMap((north) => [-1, 0, 1].map((east) => ({ north, east })));

/** The zones at a place and near it. */
function zonesAround({ latitude, longitude }: Place): string[] {
  const wider = BORDER_REACH / Math.max(Math.cos((latitude * Math.PI) / 180), BORDER_REACH);
  return AROUND.map(({ north, east }) =>
    tzLookup(
      Math.min(90, Math.max(-90, latitude + north * BORDER_REACH)),
      Math.min(180, Math.max(-180, longitude + east * wider)),
    ),
  );
}

/** Pairs of zones that are remembered: the names come from outside. */
const PAIR_LIMIT = 1_000;

/** Pairs of zones that were compared, for the year of the key. */
const compared = new Map<string, boolean>();

/** Whether clocks of both zones agree in winter and in summer: Europe/Brussels will do for Amsterdam. */
function haveSameClock(one: string, other: string, now: Date): boolean {
  if (one === other) return true;
  const year = now.getUTCFullYear();
  const key = `${one} ${other} ${year}`;
  let isSame = compared.get(key);
  if (isSame === undefined) {
    const moments = [new Date(Date.UTC(year, 0, 15)), new Date(Date.UTC(year, 6, 15))];
    isSame = moments.every((moment) => wallClock(one, moment) === wallClock(other, moment));
    if (compared.size >= PAIR_LIMIT) compared.clear();
    compared.set(key, isSame);
  }
  return isSame;
}

function wallClock(zone: string, moment: Date): string {
  try {
    return new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      dateStyle: 'short',
      timeStyle: 'short',
    }).format(moment);
  } catch {
    // A name that the runtime does not know fits nothing.
    return `unknown ${zone}`;
  }
}
