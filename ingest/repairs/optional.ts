/**
 * The last resort: an optional part that cannot be read is left out, the smallest there is. Only what is listed
 * here: leaving out a tariff restriction, a price limit or a period of validity would change what a driver pays, so
 * those are refused, although they are optional too.
 */
import type { ObjectKind } from '../validation.ts';
import { receivedText } from '../validation-message.ts';
import { type Fields, type Place, type Step, TAKEN_OUT, takeOut } from './step.ts';

const ENERGY_MIX =
  'energy_mix energy_mix.energy_sources[] energy_mix.environ_impact[] energy_mix.supplier_name energy_mix.energy_product_name';
const IMAGE = 'images[] images[].thumbnail images[].width images[].height';

function businessDetails(role: string): string {
  return `${role} ${role}.website ${role}.logo ${role}.logo.thumbnail ${role}.logo.width ${role}.logo.height`;
}

/** Parts that may be left out. A list entry brings its list with it: a list that is no list goes as a whole. */
const REMOVABLE: Readonly<Record<ObjectKind, readonly string[]>> = {
  // Invalid regular hours take all of opening_times along: without one of its days a week would read as closed on it.
  location: [
    'name postal_code state parking_type charging_when_closed opening_times help_phone',
    'opening_times.exceptional_openings[] opening_times.exceptional_closings[]',
    'parking_places[] parking_places[].physical_reference parking_places[].direction parking_places[].images[]',
    'parking_places[].standards[] parking_places[].apds_reference',
    'publish_allowed_to[] related_locations[] related_locations[].name directions[] facilities[]',
    businessDetails('operator'),
    businessDetails('suboperator'),
    businessDetails('owner'),
    IMAGE,
    ENERGY_MIX,
  ],
  evse: [
    'evse_id status_schedule[] capabilities[] floor_level coordinates physical_reference directions[]',
    'parking_restrictions[] parking[] parking[].evse_position accepted_service_providers[]',
    IMAGE,
  ],
  connector: ['max_electric_power tariff_id tariff_ids[] terms_and_conditions capabilities[]'],
  tariff: ['tariff_alt_text[] tariff_alt_url', ENERGY_MIX],
};

function partsOf(kind: ObjectKind, prefix: string): string[] {
  return REMOVABLE[kind].flatMap((line) => line.split(' ')).map((part) => prefix + part);
}

function withLists(parts: string[]): ReadonlySet<string> {
  return new Set(parts.flatMap((part) => (part.endsWith('[]') ? [part, part.slice(0, -2)] : [part])));
}

const removable: Readonly<Record<ObjectKind, ReadonlySet<string>>> = {
  location: withLists([
    ...partsOf('location', ''),
    ...partsOf('evse', 'evses[].'),
    ...partsOf('connector', 'evses[].connectors[].'),
  ]),
  evse: withLists([...partsOf('evse', ''), ...partsOf('connector', 'connectors[].')]),
  connector: withLists(partsOf('connector', '')),
  tariff: withLists(partsOf('tariff', '')),
};

/** How many steps of the pointer lead to the smallest part that may go; 0 when none may. */
function depthToRemove(place: Place): number {
  const parts: string[] = [];
  let path = '';
  for (const step of place.finding.pointer) {
    path += typeof step === 'number' ? '[]' : path === '' ? step : `.${step}`;
    parts.push(path);
  }
  return parts.findLastIndex((part) => removable[place.kind].has(part)) + 1;
}

/** Leaves out the smallest optional part that the fault lies in. */
export const removeOptional: Step = (place) => {
  const depth = depthToRemove(place);
  const parent = place.ancestors[depth - 1];
  if (parent === undefined) return false;
  const key = place.finding.pointer[depth - 1] as string;
  const value = (parent as Fields)[key];
  if (Array.isArray(parent)) parent[Number(key)] = TAKEN_OUT;
  else takeOut(place, parent, key);
  if (value === '') return place.record('repair:empty-to-null', 'received "", taken as absent');
  const why = depth === place.finding.pointer.length ? '' : ` with the ${key} it belongs to`;
  return place.record(
    'repair:optional-removed',
    `${place.finding.phrase}, received ${receivedText(place.value ?? null)}, left out${why}`,
  );
};
