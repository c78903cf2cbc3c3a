// Makes the Tariffs of a simulated fleet, in the shapes that the profile counts: most
// have one element with FLAT, TIME and ENERGY, one in a hundred has 49 elements with a
// price for every hour of two days. Guarantees valid OCPI 2.2.1 Tariffs whose element
// order means something (the restricted elements stand before the general one).
// Prices are invented. Deterministic in the stream given; never fails.

import { STATED, TARIFF_SHAPES, type TariffShape } from './profile.ts';
import { integerBetween, pick, type Random, weighted } from './random.ts';
import {
  type PriceComponent,
  type Tariff,
  type TariffElement,
  type TariffRestrictions,
  toDateTime,
} from './wire.ts';

const DAY = 86_400_000;
const VAT_PERCENT = 21;
const WORKDAYS = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY'];

const drawShape = weighted(TARIFF_SHAPES);

export interface TariffIdentity {
  country_code: string;
  party_id: string;
  id: string;
}

function energy(random: Random): PriceComponent {
  return {
    type: 'ENERGY',
    price: integerBetween(random, 2400, 7900) / 10_000,
    vat: VAT_PERCENT,
    step_size: 1,
  };
}

function time(random: Random): PriceComponent {
  const price = pick(random, [0, 0, 0, 0.5, 1.2]);
  return { type: 'TIME', price, vat: VAT_PERCENT, step_size: 60 };
}

function flat(random: Random): PriceComponent {
  const price = pick(random, [0, 0, 0.29, 0.35, 0.5]);
  return { type: 'FLAT', price, vat: VAT_PERCENT, step_size: 1 };
}

function parking(random: Random): PriceComponent {
  const price = integerBetween(random, 10, 60) / 10;
  return { type: 'PARKING_TIME', price, vat: VAT_PERCENT, step_size: 60 };
}

function element(price_components: PriceComponent[], restrictions?: TariffRestrictions): TariffElement {
  return restrictions === undefined ? { price_components } : { price_components, restrictions };
}

function date(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}

function hour(ordinal: number): string {
  return `${String(ordinal % 24).padStart(2, '0')}:00`;
}

/** One element an hour from midnight before `from`, then a price for all other times. */
function hourly(random: Random, count: number, from: number): TariffElement[] {
  const elements: TariffElement[] = [];
  for (let ordinal = 0; ordinal < count - 1; ordinal++) {
    const day = from + Math.floor(ordinal / 24) * DAY;
    elements.push(
      element([energy(random)], {
        start_time: hour(ordinal),
        end_time: hour(ordinal + 1),
        start_date: date(day),
        end_date: date(day + DAY),
      }),
    );
  }
  elements.push(element([energy(random)]));
  return elements;
}

type NamedShape = Exclude<TariffShape, `hours-${number}`>;

const SHAPES: Record<NamedShape, (random: Random, from: number) => TariffElement[]> = {
  'flat-time-energy': (random) => [element([flat(random), time(random), energy(random)])],
  energy: (random) => [element([energy(random)])],
  'energy-from-date': (random, from) => [element([energy(random)], { start_date: date(from) })],
  'energy-time-parking-flat': (random) => [
    element([energy(random), time(random), parking(random), flat(random)]),
  ],
  'energy-then-parking': (random, from) => [
    element([energy(random)], { start_date: date(from) }),
    element([parking(random)], {
      start_time: '08:00',
      end_time: '20:00',
      start_date: date(from),
      min_duration: integerBetween(random, 2, 8) * 3600,
    }),
  ],
  'flat-time-energy-then-parking': (random) => {
    const limit = integerBetween(random, 1, 6) * 3600;
    return [
      element([flat(random), time(random), energy(random)]),
      element([{ ...parking(random), price: 0 }], { max_duration: limit }),
      element([parking(random)], { min_duration: limit }),
    ];
  },
  'energy-on-workdays': (random, from) => [
    element([energy(random)], {
      start_time: '07:00',
      end_time: '19:00',
      start_date: date(from),
      max_power: 50,
      day_of_week: WORKDAYS,
    }),
  ],
  flat: (random) => [element([flat(random)])],
  'day-and-night': (random) => [
    element([flat(random), time(random), energy(random)], {
      start_time: '23:00',
      end_time: '07:00',
    }),
    element([flat(random), time(random), energy(random)]),
  ],
  'energy-and-start': (random) => [element([energy(random)]), element([flat(random)])],
};

/** The elements of one shape; hourly prices begin on the day of `from`. */
export function makeElements(random: Random, shape: TariffShape, from: number): TariffElement[] {
  const hours = /^hours-(\d+)$/.exec(shape);
  if (hours) return hourly(random, Number(hours[1]), from);
  return SHAPES[shape as NamedShape](random, from);
}

/** One Tariff, last changed at `lastUpdated` (milliseconds). */
export function makeTariff(random: Random, identity: TariffIdentity, lastUpdated: number): Tariff {
  const tariff: Tariff = {
    ...identity,
    currency: 'EUR',
    elements: makeElements(random, drawShape(random), lastUpdated),
    last_updated: toDateTime(lastUpdated),
  };
  if (random() < STATED.tariffType) tariff.type = 'REGULAR';
  if (random() < STATED.tariffAltText) {
    tariff.tariff_alt_text = [{ language: 'en', text: `Price plan ${identity.id}` }];
  }
  if (random() < STATED.tariffAltUrl) {
    tariff.tariff_alt_url = `https://prices.example/${identity.id}`;
  }
  if (random() < STATED.tariffStart) tariff.start_date_time = toDateTime(lastUpdated);
  return tariff;
}
