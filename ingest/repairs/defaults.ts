/**
 * Required fields that feeds leave out although there is only one thing they can mean (PC-14), and the names that
 * OCPI 2.1.1 had for them. Nothing is guessed that a driver would rely on.
 */
import { parseDateTime } from '../schemas/formats.ts';
import { toAlpha3, zoneOf } from './countries.ts';
import { type Fields, holder, isMissing, type Place, type Step, takenAs } from './step.ts';
import { normaliseDateTime } from './times.ts';

/** The name that a version asks for -> the one that an older or newer version has for it (requirements 2.2). */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  max_voltage: 'voltage',
  max_amperage: 'amperage',
  voltage: 'max_voltage',
  amperage: 'max_amperage',
};

/** `voltage`, `amperage` and `tariff_id` of OCPI 2.1.1, and the names that later versions have for the first two. */
export const repairLegacyNames: Step = (place) => {
  const connector = holder(place);
  const other = OTHER_NAMES[place.key];
  if (connector === null || other === undefined || !isMissing(place.value) || isMissing(connector[other]))
    return false;
  const isNewer = other.startsWith('max_');
  place.set(
    isNewer ? 'repair:newer-name' : 'repair:legacy-name',
    connector[other],
    `received as "${other}", the name of OCPI ${isNewer ? '2.2.1' : '2.1.1'}`,
  );
  delete connector[other];
  if (isNewer) return true;
  // A sender of the old names has the old name of this one too, which no schema reports, for it is optional.
  if (typeof connector.tariff_id === 'string' && isMissing(connector.tariff_ids)) {
    connector.tariff_ids = [connector.tariff_id];
    delete connector.tariff_id;
    place.record('repair:legacy-name', 'received "tariff_id", the name of OCPI 2.1.1, taken as tariff_ids');
  }
  return true;
};

/** The nearest parent's time: a part is never newer than what it is part of (3.3 rule 14). */
function inheritedTime(place: Place): string | null {
  for (const parent of place.ancestors.slice(0, -1).toReversed()) {
    const text = Array.isArray(parent) ? undefined : parent.last_updated;
    if (typeof text !== 'string') continue;
    const time = parseDateTime(text) === null ? normaliseDateTime(text) : text;
    if (time !== null) return time;
  }
  return null;
}

function zoneFor(location: Fields): string | null {
  const country = typeof location.country === 'string' ? toAlpha3(location.country) : null;
  const { latitude, longitude } = (location.coordinates ?? {}) as Fields;
  return country === null
    ? null
    : zoneOf(country, Number(latitude ?? Number.NaN), Number(longitude ?? Number.NaN));
}

/**
 * `publish`, `time_zone` and `last_updated` that are missing, or name no zone; of 2.1.1, which asks for them, `type`
 * and `postal_code`.
 */
export const repairDefaults: Step = (place) => {
  const { finding, kind, value } = place;
  const onLocation = kind === 'location' && finding.pointer.length === 1;
  if (onLocation && place.key === 'publish' && isMissing(value)) {
    // Who sends a Location to a National Access Point wants it seen; 2.1.1, which has no such field, means true.
    return place.set('repair:publish-assumed', true, 'is missing, taken as true');
  }
  if (onLocation && place.key === 'type' && isMissing(value)) {
    return place.set('repair:type-unknown', 'UNKNOWN', 'is missing, taken as "UNKNOWN"');
  }
  if (onLocation && place.key === 'postal_code' && isMissing(value)) {
    return place.set('repair:postal-code-missing', '-', 'is missing, taken as not known');
  }
  if (onLocation && place.key === 'time_zone') {
    const zone = zoneFor(place.root);
    if (zone === null || zone === value) return false;
    const message = isMissing(value)
      ? `is missing, taken as "${zone}" from the country`
      : takenAs(value, zone);
    return place.set('repair:time-zone-derived', zone, message);
  }
  if (place.key === 'last_updated' && isMissing(value)) {
    const time = inheritedTime(place);
    if (time !== null)
      return place.set('repair:last-updated-inherited', time, `is missing, taken from its parent: ${time}`);
  }
  return false;
};
