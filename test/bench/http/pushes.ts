/**
 * What a CPO pushes in benchmarks: one object after the other, each with news, so that no push is a repetition that the
 * registry could pass over.
 */
import type { ExpectedRequest } from './load.ts';

/** More than are sent in a run: what stands beside it sends them again from the first. */
const PLANNED = 20_000;

const RECEIVER = '/ocpi/2.2.1/receiver/locations';
const UPDATED = '{"status_code":1000,"status_message":"Updated';

/** An object that may be pushed, over and over. */
export interface Pushable {
  readonly path: string;
  /** Status of its EVSE as the registry has it. */
  status: string;
  body(status: string, now: string): string;
}

export interface LocationKey {
  readonly country_code: string;
  readonly party_id: string;
  readonly location_id: string;
}

export interface EvseRow extends LocationKey {
  readonly uid: string;
  readonly status: string;
}

/** All EVSEs whose status may be pushed, in random order. */
export const PUSHABLE_EVSES = `
  select location.country_code, location.party_id, location.location_id, evse.uid, evse.status
    from evse
    join location on location.id = evse.location
   where evse.status <> 'REMOVED'
   order by md5(location.location_id || evse.uid)`;

/** To be sent with PATCH. */
export function pushableStatus(row: EvseRow): Pushable {
  return {
    path: `${pathOf(row)}/${encodeURIComponent(row.uid)}`,
    status: row.status,
    body: (status, now) => JSON.stringify({ status, last_updated: now }),
  };
}

export function pathOf({ country_code, party_id, location_id }: LocationKey): string {
  return `${RECEIVER}/${country_code}/${party_id}/${encodeURIComponent(location_id)}`;
}

/** Goes through all that may be pushed, again and again, and changes each status every time. */
export class Round {
  readonly #all: readonly Pushable[];
  #next = 0;

  constructor(all: readonly Pushable[]) {
    this.#all = all;
  }

  /** The requests that come next, none of them twice. */
  plan(now: string): Pick<ExpectedRequest, 'path' | 'body' | 'answerBegins'>[] {
    return Array.from({ length: Math.min(PLANNED, this.#all.length) }, (_, index) => {
      const pushed = this.#at(index);
      return { path: pushed.path, body: pushed.body(otherStatus(pushed), now), answerBegins: UPDATED };
    });
  }

  /** The first so many of the plan were sent. */
  sent(count: number): void {
    for (let index = 0; index < count; index += 1) {
      const pushed = this.#at(index);
      pushed.status = otherStatus(pushed);
    }
    this.#next += count;
  }

  #at(index: number): Pushable {
    return this.#all[(this.#next + index) % this.#all.length] as Pushable;
  }
}

function otherStatus({ status }: Pushable): string {
  return status === 'AVAILABLE' ? 'CHARGING' : 'AVAILABLE';
}
