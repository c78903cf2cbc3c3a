/** The same EVSE or Connector twice in one list: the newest is kept, the earlier one in the list if none is newer. */
import { parseDateTime } from '../schemas/formats.ts';
import { receivedText } from '../validation-message.ts';
import { type Fields, type Step, TAKEN_OUT } from './step.ts';
import { normaliseDateTime } from './times.ts';

function momentOf(entry: Fields): number {
  const text = entry.last_updated;
  const normal = typeof text === 'string' ? normaliseDateTime(text) : null;
  return (normal === null ? null : parseDateTime(normal)?.getTime()) ?? Number.NEGATIVE_INFINITY;
}

/**
 * Where each id first stands in a list. Kept from one finding to the next, for a list can repeat thousands of ids;
 * made anew when entries were taken out, which always follows a repair of this kind.
 */
const firstPositions = new WeakMap<unknown[], { length: number; positions: Map<string, number> }>();

function positionsIn(list: unknown[], field: string | number): Map<string, number> {
  const known = firstPositions.get(list);
  if (known?.length === list.length) return known.positions;
  const positions = new Map<string, number>();
  for (const [position, entry] of list.entries()) {
    const id = typeof entry === 'object' && entry !== null ? (entry as Fields)[field] : undefined;
    if (typeof id === 'string' && !positions.has(id.toLowerCase())) positions.set(id.toLowerCase(), position);
  }
  firstPositions.set(list, { length: list.length, positions });
  return positions;
}

/** Keeps the newer one of two entries with the same id, in the place of the first. */
export const repairDuplicates: Step = (place) => {
  const { rule, received, pointer } = place.finding;
  if (rule !== 'unique-evse-uid' && rule !== 'unique-connector-id') return false;
  const entry = place.ancestors.at(-1) as Fields;
  const list = place.ancestors.at(-2) as unknown[];
  const position = Number(pointer.at(-2));
  const first = positionsIn(list, place.key).get(String(received).toLowerCase());
  if (first === undefined || first >= position || list[first] === TAKEN_OUT) return false;
  if (momentOf(entry) > momentOf(list[first] as Fields)) list[first] = entry;
  list[position] = TAKEN_OUT;
  return place.record(
    'repair:duplicate-dropped',
    `received ${receivedText(received)} more than once, the newest kept`,
  );
};
