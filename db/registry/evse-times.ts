/**
 * The times of EVSEs, which stand beside their Location: in most of what comes in they are all that is new, and so no
 * row of an EVSE is written for them. The SQL is of rows `evse` and their `location`.
 */
import type { Location } from '../model.ts';
import { timestampText } from './column-values.ts';

/** The owner's `last_updated` of an EVSE, the newest. */
export const EVSE_TIME = timeIn('location.evse_times');

/** The same as open data says it: as the journal last told. */
export const PUBLISHED_EVSE_TIME = timeIn('coalesce(location.published_evse_times, location.evse_times)');

function timeIn(times: string): string {
  return `(${times})[array_position(location.evse_keys, evse.uid_key)]`;
}

/** The columns with the times: those of the same EVSEs always come in the same order. */
export function evseTimeColumns({ evses }: Location): { evse_keys: string[]; evse_times: string[] } {
  const times = new Map(
    (evses ?? []).map((evse) => [evse.uid.toLowerCase(), timestampText(evse.last_updated)]),
  );
  const keys = [...times.keys()].sort();
  return { evse_keys: keys, evse_times: keys.map((key) => times.get(key) as string) };
}
