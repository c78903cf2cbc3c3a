/**
 * Places for streams: so many in this process, so many a client, so that no one takes the room of all others. Clients
 * behind a proxy that does not tell them apart share the whole.
 */

/** A stream holds a page of a quarter of a megabyte while its client is slow: a few hundred megabytes in all. */
const PLACES = 500;
/** A page with a map in several tabs, or an office behind one address. */
const PLACES_A_CLIENT = 20;

export type Refusal = 'all-taken' | 'client-has-enough';

export interface Limits {
  readonly places: number;
  readonly aClient: number;
}

export class StreamPlaces {
  readonly #limits: Limits;
  readonly #taken = new Map<AbortController, string | null>();

  constructor(limits: Limits = { places: PLACES, aClient: PLACES_A_CLIENT }) {
    this.#limits = limits;
  }

  /** How many are taken. */
  get taken(): number {
    return this.#taken.size;
  }

  /**
   * A place, whose signal ends its stream; aborting it lets go of the place.
   *
   * @param client as `client-address.ts` tells clients apart; null for whom it cannot
   */
  take(client: string | null): AbortController | Refusal {
    if (this.#taken.size >= this.#limits.places) return 'all-taken';
    const own = [...this.#taken.values()].filter((other) => client !== null && other === client);
    if (own.length >= this.#limits.aClient) return 'client-has-enough';
    const place = new AbortController();
    this.#taken.set(place, client);
    place.signal.addEventListener('abort', () => this.#taken.delete(place), { once: true });
    return place;
  }

  /** Ends all streams. */
  endAll(): void {
    for (const place of [...this.#taken.keys()]) place.abort();
  }
}
