/**
 * Places for streams: so many in this process, so many an address, so that no one takes the room of all others.
 *
 * Addresses within private networks are those of proxies, behind which everybody is: they share the whole. An IPv6
 * client has a network of its own (/64), and counts as that.
 */
import ipaddr from 'ipaddr.js';

/** A stream holds a page of a quarter of a megabyte while its client is slow: a few hundred megabytes in all. */
const PLACES = 500;
/** A page with a map in several tabs, or an office behind one address. */
const PLACES_AN_ADDRESS = 20;

/** What a client may have of the 128 bits of an IPv6 address: the first 64, of 16 each. */
const NETWORK_PARTS = 4;

export type Refusal = 'all-taken' | 'address-has-enough';

export interface Limits {
  readonly places: number;
  readonly anAddress: number;
}

export class StreamPlaces {
  readonly #limits: Limits;
  readonly #taken = new Map<AbortController, string | null>();

  constructor(limits: Limits = { places: PLACES, anAddress: PLACES_AN_ADDRESS }) {
    this.#limits = limits;
  }

  /** How many are taken. */
  get taken(): number {
    return this.#taken.size;
  }

  /** A place, whose signal ends its stream; aborting it lets go of the place. */
  take(address: string): AbortController | Refusal {
    if (this.#taken.size >= this.#limits.places) return 'all-taken';
    const network = networkOf(address);
    const others = [...this.#taken.values()].filter((other) => network !== null && other === network);
    if (others.length >= this.#limits.anAddress) return 'address-has-enough';
    const place = new AbortController();
    this.#taken.set(place, network);
    place.signal.addEventListener('abort', () => this.#taken.delete(place), { once: true });
    return place;
  }

  /** Ends all streams. */
  endAll(): void {
    for (const place of [...this.#taken.keys()]) place.abort();
  }
}

/** Null for what is not one client. */
function networkOf(text: string): string | null {
  if (!ipaddr.isValid(text)) return null;
  const address = ipaddr.process(text);
  if (address.range() !== 'unicast') return null;
  return 'parts' in address ? address.parts.slice(0, NETWORK_PARTS).join(':') : address.toString();
}
