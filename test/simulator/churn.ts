// Lets a fleet live: EVSEs change status as they do in the street, now and then a
// price changes, a Tariff or a Location is new, or an EVSE is removed for good.
// Changes the fleet in place and returns what changed. Guarantees: `last_updated` of
// what changed and of its parents moves forward, also when the clock given stands
// still; a REMOVED EVSE stays so; Locations stand as before in the list, new ones at
// its end. Deterministic in the stream given; never fails.

import type { Fleet } from './fleet.ts';
import { pick, type Random, weighted } from './random.ts';
import { type Evse, type Location, nextDateTime, type Tariff } from './wire.ts';

export interface EvseChange {
  location: Location;
  evse: Evse;
  /** The status before. */
  from: string;
}

export interface ChurnResult {
  evses: EvseChange[];
  newLocations: Location[];
  /** New Tariffs and Tariffs with a new price. */
  tariffs: Tariff[];
}

/** How often the rarer things happen, for each EVSE that changes. */
export interface ChurnRates {
  removed?: number;
  newLocation?: number;
  newTariff?: number;
  priceChange?: number;
}

const RATES: Required<ChurnRates> = {
  removed: 0.0005,
  newLocation: 0.0005,
  newTariff: 0.0005,
  priceChange: 0.002,
};

const NEXT_STATUS: Readonly<Record<string, (random: Random) => string>> = {
  AVAILABLE: weighted([
    ['CHARGING', 0.96],
    ['BLOCKED', 0.01],
    ['OUTOFORDER', 0.015],
    ['INOPERATIVE', 0.005],
    ['UNKNOWN', 0.01],
  ]),
  CHARGING: weighted([
    ['AVAILABLE', 0.97],
    ['BLOCKED', 0.01],
    ['OUTOFORDER', 0.01],
    ['UNKNOWN', 0.01],
  ]),
  UNKNOWN: weighted([
    ['AVAILABLE', 0.8],
    ['CHARGING', 0.2],
  ]),
};

const afterTrouble = weighted([
  ['AVAILABLE', 0.9],
  ['CHARGING', 0.1],
]);

/** A status that plausibly follows; never the same one. */
export function nextStatus(status: string, random: Random): string {
  return (NEXT_STATUS[status] ?? afterTrouble)(random);
}

/** Gives an EVSE a status; its time and its Location's become the same later moment. */
export function setStatus(location: Location, evse: Evse, status: string, now: number): void {
  const earlier = Date.parse(location.last_updated) < Date.parse(evse.last_updated);
  const moment = nextDateTime(now, earlier ? evse.last_updated : location.last_updated);
  evse.status = status;
  evse.last_updated = moment;
  location.last_updated = moment;
}

/** Changes `share` (0 to 1) of the EVSEs that are not REMOVED, each with the same chance. */
export function churn(
  fleet: Fleet,
  random: Random,
  share: number,
  now: Date,
  rates: ChurnRates = {},
): ChurnResult {
  const moment = now.getTime();
  const often = { ...RATES, ...rates };
  const result: ChurnResult = { evses: [], newLocations: [], tariffs: [] };
  let left = 0;
  for (const location of fleet.locations) {
    for (const evse of location.evses) if (evse.status !== 'REMOVED') left += 1;
  }
  let needed = Math.min(left, Math.round(left * share));
  for (const location of fleet.locations) {
    if (needed === 0) break;
    for (const evse of location.evses) {
      if (evse.status === 'REMOVED') continue;
      const chosen = random() * left < needed;
      left -= 1;
      if (!chosen) continue;
      needed -= 1;
      const from = evse.status;
      const status = random() < often.removed ? 'REMOVED' : nextStatus(from, random);
      setStatus(location, evse, status, moment);
      result.evses.push({ location, evse, from });
    }
  }
  changeRarely(fleet, random, result, often, moment);
  return result;
}

function changeRarely(
  fleet: Fleet,
  random: Random,
  result: ChurnResult,
  often: Required<ChurnRates>,
  now: number,
): void {
  const changes = result.evses.length;
  const { recipe } = fleet;
  for (let count = times(random, changes * often.priceChange); count > 0; count--) {
    if (fleet.tariffs.length === 0) break;
    const tariff = pick(random, fleet.tariffs);
    changePrice(tariff, random, now);
    result.tariffs.push(tariff);
  }
  for (let count = times(random, changes * often.newTariff); recipe && count > 0; count--) {
    const tariff = recipe.tariff(fleet.tariffs.length, now);
    fleet.tariffs.push(tariff);
    result.tariffs.push(tariff);
  }
  for (let count = times(random, changes * often.newLocation); recipe && count > 0; count--) {
    const location = recipe.location(fleet.locations.length, now);
    fleet.locations.push(location);
    result.newLocations.push(location);
  }
}

/** A whole number of times that is `expected` on average. */
function times(random: Random, expected: number): number {
  const whole = Math.floor(expected);
  return whole + (random() < expected - whole ? 1 : 0);
}

function changePrice(tariff: Tariff, random: Random, now: number): void {
  for (const { price_components } of tariff.elements) {
    for (const component of price_components) {
      const cents = (random() < 0.5 ? -1 : 1) * (1 + Math.floor(random() * 4));
      // Prices have at most four decimals on the wire, and none is below zero.
      component.price = Math.abs(Math.round((component.price + cents / 100) * 10_000) / 10_000);
    }
  }
  tariff.last_updated = nextDateTime(now, tariff.last_updated);
}
