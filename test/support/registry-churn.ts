/**
 * A registry that lives: owners push, at random, everything that can happen to an object that others keep a copy of.
 * Locations come, change, move within and out of a box, change status, are withdrawn and published again, lose all
 * EVSEs, are spelled otherwise, come again with nothing but times; Tariffs come, change, become such that OCPI 2.2.1
 * cannot state them, and are deleted. Deterministic in its seed. A push that gets no answer is let go.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { integerBetween, pick, type Random, randomStream } from '../simulator/random.ts';
import { buildConnector, buildEvse, buildLocation, buildTariff } from './builders.ts';
import type { OcpiClient } from './ocpi-client.ts';

/** Around it and across the antimeridian: in boxes that a test follows, and out of them. */
const PLACES: readonly (readonly [number, number])[] = [
  [5.11, 52.09],
  [4.9, 52.37],
  [4.35, 50.85],
  [179.5, -17.8],
  [-179.2, -16.9],
];

/** West, south, east, north: the Netherlands; Fiji, which lies on both sides of the antimeridian. */
export const DUTCH_BOX = [3.2, 50.9, 7.3, 53.6] as const;
export const FIJI_BOX = [177, -20, -178, -12] as const;

const STATUSES = ['AVAILABLE', 'CHARGING', 'OUTOFORDER', 'BLOCKED', 'UNKNOWN'];
/** Milliseconds before the next push when there was no answer. */
const PAUSE_MS = 50;
const STEPS_AFTER = 20;
const START = Date.parse('2026-06-01T00:00:00Z');

export interface ChurnOwner {
  /** `NL-TNM`. */
  readonly party: string;
  readonly client: OcpiClient;
}

interface Stand {
  readonly owner: ChurnOwner;
  readonly id: string;
  place: readonly [number, number];
  evses: number;
  removed: boolean;
  publish: boolean;
  name: number;
}

export class RegistryChurn {
  /** Pushes that were answered. */
  answered = 0;
  readonly #owners: readonly ChurnOwner[];
  readonly #random: Random;
  readonly #stands: Stand[] = [];
  readonly #objects: number;
  #moment = START;

  /** @param objects Locations, and a third as many Tariffs, of all owners */
  constructor(owners: readonly ChurnOwner[], { seed, objects }: { seed: number; objects: number }) {
    this.#owners = owners;
    this.#random = randomStream(seed, 'registry churn');
    this.#objects = objects;
  }

  /** Makes all Locations. */
  async fill(): Promise<void> {
    for (let number = 1; number <= this.#objects; number += 1) {
      const stand: Stand = {
        ...{
          owner: pick(this.#random, this.#owners),
          id: `LOC-${number}`,
          evses: integerBetween(this.#random, 1, 3),
          removed: false,
        },
        ...{ place: pick(this.#random, PLACES), publish: integerBetween(this.#random, 1, 8) > 1, name: 0 },
      };
      this.#stands.push(stand);
      await this.#put(stand);
    }
    for (let number = 0; number < this.#objects / 3; number += 1) await this.#tariff();
  }

  async steps(count: number): Promise<void> {
    for (let step = 0; step < count; step += 1) await this.step();
  }

  /** Goes on as long as something else does, and then a little. */
  async during(work: Promise<unknown>): Promise<void> {
    let isOver = false;
    const over = work.finally(() => {
      isOver = true;
    });
    // Whoever awaits us hears of it below.
    over.catch(() => undefined);
    while (!isOver) await this.step();
    await over;
    await this.steps(STEPS_AFTER);
  }

  async step(): Promise<void> {
    const stand = pick(this.#random, this.#stands);
    const what = integerBetween(this.#random, 1, 20);
    if (what <= 8) await this.#status(stand);
    else if (what <= 10) await this.#tariff();
    else if (what <= 12) await this.#put(stand, { place: pick(this.#random, PLACES) });
    else if (what <= 14) await this.#put(stand, { publish: !stand.publish });
    else if (what === 15) await this.#put(stand, { removed: !stand.removed });
    else if (what === 16) await this.#put(stand, { evses: integerBetween(this.#random, 1, 3) });
    else if (what === 17) await this.#put(stand, {}, stand.id.toLowerCase());
    else if (what === 18)
      await this.#put(stand); // nothing new but times
    else await this.#put(stand, { name: stand.name + 1 });
  }

  async #put(stand: Stand, change: Partial<Stand> = {}, id = stand.id): Promise<void> {
    Object.assign(stand, change);
    const { owner, place, publish, removed, evses, name } = stand;
    const [longitude, latitude] = place;
    const now = this.#now();
    const evse = (index: number) =>
      buildEvse({
        ...{ uid: `E${index}`, status: removed ? 'REMOVED' : 'AVAILABLE', last_updated: now },
        connectors: [buildConnector({ last_updated: now, tariff_ids: ['T1'] })],
      });
    const body = buildLocation({
      ...parts(owner.party),
      ...{ id, publish, name: `Été ${name}`, last_updated: now },
      coordinates: { longitude: String(longitude), latitude: String(latitude) },
      evses: Array.from({ length: evses }, (_, index) => evse(index)),
    });
    await this.#send(() => owner.client.put(pathOf('2.2.1', 'locations', owner, id), body));
  }

  async #status({ owner, id }: Stand): Promise<void> {
    // The others may be REMOVED, until the Location comes whole again.
    const uid = integerBetween(this.#random, 0, 2);
    const status = pick(this.#random, uid === 0 ? STATUSES : [...STATUSES, 'REMOVED']);
    const body = { status, last_updated: this.#now() };
    await this.#send(() => owner.client.patch(`${pathOf('2.2.1', 'locations', owner, id)}/E${uid}`, body));
  }

  async #tariff(): Promise<void> {
    const owner = pick(this.#random, this.#owners);
    const id = `T${integerBetween(this.#random, 1, Math.ceil(this.#objects / 3))}`;
    const path = pathOf('2.3.0', 'tariffs', owner, id);
    if (integerBetween(this.#random, 1, 4) === 1) {
      await this.#send(() => owner.client.delete(path));
      return;
    }
    // Without the rate of its tax, a price with tax cannot be said in 2.2.1.
    const isSayable = integerBetween(this.#random, 1, 4) > 1;
    const price = integerBetween(this.#random, 10, 90) / 100;
    const body = buildTariff({
      ...{ ...parts(owner.party), id, tax_included: isSayable ? 'NO' : 'YES', last_updated: this.#now() },
      elements: [{ price_components: [{ type: 'ENERGY', price, step_size: 1 }] }],
    });
    await this.#send(() => owner.client.put(path, body));
  }

  async #send(push: () => Promise<{ status: number }>): Promise<void> {
    const answer = await push().catch(() => null);
    if (answer) this.answered += 1;
    else await sleep(PAUSE_MS);
  }

  #now(): string {
    this.#moment += 1_000;
    return new Date(this.#moment).toISOString();
  }
}

function parts(party: string): { country_code: string; party_id: string } {
  const [country_code = '', party_id = ''] = party.split('-');
  return { country_code, party_id };
}

function pathOf(version: string, module: string, { party }: ChurnOwner, id: string): string {
  return `/ocpi/${version}/receiver/${module}/${party.replace('-', '/')}/${id}`;
}
