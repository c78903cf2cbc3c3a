import { expect } from 'chai';
import fc from 'fast-check';
import { ocpi221 } from '../../ingest/dialects/ocpi-2.2.1.ts';
import { normaliseDateTime } from '../../ingest/repairs/times.ts';
import { parseDateTime } from '../../ingest/schemas/formats.ts';
import { type Built, buildConnector, buildEvse, buildLocation, buildTariff } from '../support/builders.ts';

const full = {
  location: buildLocation({
    name: 'Hotel',
    postal_code: '3511 CE',
    parking_type: 'PARKING_LOT',
    publish_allowed_to: [{ uid: '1', type: 'RFID' }],
    related_locations: [
      { latitude: '52.00000', longitude: '5.00000', name: { language: 'nl', text: 'Ingang' } },
    ],
    directions: [{ language: 'nl', text: 'Links' }],
    operator: {
      name: 'X',
      website: 'https://example.com',
      logo: { url: 'https://example.com/a.png', category: 'OPERATOR', type: 'png' },
    },
    facilities: ['HOTEL'],
    opening_times: {
      twentyfourseven: false,
      regular_hours: [{ weekday: 1, period_begin: '08:00', period_end: '18:00' }],
      exceptional_closings: [{ period_begin: '2026-12-25T00:00:00Z', period_end: '2026-12-26T00:00:00Z' }],
    },
    charging_when_closed: true,
    energy_mix: { is_green_energy: true, energy_sources: [{ source: 'WIND', percentage: 100 }] },
    evses: [
      buildEvse({
        evse_id: 'NL*TNM*E1',
        capabilities: ['RFID_READER'],
        coordinates: { latitude: '52.00000', longitude: '5.00000' },
        floor_level: '-1',
        status_schedule: [{ period_begin: '2026-12-25T00:00:00Z', status: 'PLANNED' }],
        connectors: [
          buildConnector({ tariff_ids: ['T1'], max_electric_power: 11000 }),
          buildConnector({ id: '2' }),
        ],
      }),
      buildEvse({ uid: 'EVSE-2' }),
    ],
  }),
  tariff: buildTariff({
    type: 'REGULAR',
    tariff_alt_text: [{ language: 'nl', text: 'Prijs' }],
    min_price: { excl_vat: 1 },
    start_date_time: '2026-01-01T00:00:00Z',
    elements: [
      {
        price_components: [{ type: 'ENERGY', price: 0.3, vat: 21, step_size: 1 }],
        restrictions: { start_time: '08:00', start_date: '2026-01-01', min_kwh: 1, day_of_week: ['MONDAY'] },
      },
    ],
  }),
};

/** What partners put where something else belongs. */
const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom(
    undefined,
    null,
    '',
    ' ',
    'x',
    '#NA',
    'available ',
    'Not_implemented',
    'NL',
    'eur',
    0,
    -1,
    230,
    1.5,
    '230',
    '1,5',
    true,
    'true',
    [],
    {},
    [null],
    ['X'],
    '24:00',
    '8:00',
    '08:00:30',
    '52.1',
    52.1,
    '+5.123456789',
    'Type 2 outlet',
    '2026-06-01 12:00:00+02:00',
    '2026-06-01T12:00:00.123456',
    'a\tb',
    'x'.repeat(600),
    'EVSE-2',
    'loc-1',
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

/** Every place in an object. */
function placesOf(value: unknown, prefix: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const place = [...prefix, Array.isArray(value) ? Number(key) : key];
    return [place, ...placesOf(child, place)];
  });
}

/** A valid object of one kind with junk in some places. */
function damaged(kind: 'location' | 'tariff'): fc.Arbitrary<Built> {
  const places = placesOf(full[kind]);
  const damage = fc.record({ place: fc.constantFrom(...places), value: junk });
  return fc.array(damage, { minLength: 1, maxLength: 6 }).map((damages) => {
    const copy = structuredClone(full[kind]);
    for (const { place, value } of damages) {
      // biome-ignore lint/suspicious/noExplicitAny: walks into an object of any shape.
      const holder = place.slice(0, -1).reduce<any>((at, step) => at?.[step], copy);
      // A copy: the same junk may be drawn for a place inside itself.
      if (typeof holder === 'object' && holder !== null) {
        holder[place.at(-1) as string] = structuredClone(value);
      }
    }
    return JSON.parse(JSON.stringify(copy));
  });
}

describe('properties of repairs', () => {
  for (const kind of ['location', 'tariff'] as const) {
    it(`a full ${kind} is valid and never changed`, () => {
      expect(ocpi221.inspect(kind, full[kind]).problems).to.deep.equal([]);
      expect(ocpi221.repair(kind, full[kind]).value).to.equal(full[kind]);
    });

    it(`repair of a ${kind} is idempotent, keeps its input, and is told in full`, () => {
      fc.assert(
        fc.property(damaged(kind), (value) => {
          const before = structuredClone(value);
          const wasValid = ocpi221.inspect(kind, value).problems.length === 0;
          const once = ocpi221.repair(kind, value);
          expect(value).to.deep.equal(before);
          if (wasValid) expect(once.value).to.equal(value);
          expect(once.repairs.length === 0).to.equal(once.value === value);
          const twice = ocpi221.repair(kind, once.value);
          expect(twice.repairs).to.deep.equal([]);
          expect(twice.value).to.equal(once.value);
        }),
        { numRuns: 1000 },
      );
    });

    it(`inspect and repair of a ${kind} survive any JSON`, () => {
      fc.assert(
        fc.property(fc.jsonValue(), (value) => {
          ocpi221.inspect(kind, value);
          ocpi221.repair(kind, value);
        }),
      );
    });
  }
});

describe('properties of DateTime', () => {
  const pattern =
    /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,5})?Z?$/;
  const moment = fc.date({
    min: new Date('0001-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59Z'),
    noInvalidDate: true,
  });

  it('the parser reads every moment as UTC, with and without Z', () => {
    fc.assert(
      fc.property(moment, (date) => {
        const text = date.toISOString();
        expect(parseDateTime(text)?.getTime()).to.equal(date.getTime());
        expect(parseDateTime(text.slice(0, -1))?.getTime()).to.equal(date.getTime());
      }),
    );
  });

  it('the parser agrees with the pattern of 3.1, the length of 25 and the calendar', () => {
    const part = (length: number) => fc.stringMatching(new RegExp(`^\\d{${length}}$`));
    const texts = fc
      .tuple(
        part(4),
        part(2),
        part(2),
        part(2),
        part(2),
        part(2),
        fc.constantFrom('', '.1', '.12345', '.123456'),
        fc.constantFrom('', 'Z', 'z', '+00:00'),
      )
      .map(([y, mo, d, h, mi, s, fraction, zone]) => `${y}-${mo}-${d}T${h}:${mi}:${s}${fraction}${zone}`);
    const near = fc
      .tuple(
        moment,
        fc.integer({ min: 28, max: 32 }),
        fc.constantFrom('', '.1', '.1234', '.12345', '.123456'),
        fc.constantFrom('', 'Z', 'z', '+00:00'),
      )
      .map(
        ([date, day, fraction, zone]) => `${date.toISOString().slice(0, 8)}${day}T12:00:00${fraction}${zone}`,
      );
    fc.assert(
      fc.property(fc.oneof(texts, near), (text) => {
        const day = new Date(`${text.slice(0, 10)}T00:00:00Z`);
        const exists =
          !Number.isNaN(day.getTime()) &&
          day.toISOString().slice(0, 10) === text.slice(0, 10) &&
          !text.startsWith('0000');
        expect(parseDateTime(text) !== null, text).to.equal(
          pattern.test(text) && text.length <= 25 && exists,
        );
      }),
      { numRuns: 2000 },
    );
  });

  it('a normalised time is valid, the same moment, and normal', () => {
    const offset = fc.integer({ min: -14 * 60, max: 14 * 60 });
    const safe = fc.date({
      min: new Date('1970-01-02T00:00:00Z'),
      max: new Date('2100-01-01T00:00:00Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(safe, offset, (date, minutes) => {
        const local = new Date(date.getTime() + minutes * 60_000).toISOString().slice(0, -1);
        const size = Math.abs(minutes);
        const zone = `${minutes < 0 ? '-' : '+'}${String(Math.floor(size / 60)).padStart(2, '0')}:${String(size % 60).padStart(2, '0')}`;
        const text = normaliseDateTime(local.replace('T', ' ') + zone) ?? '';
        expect(parseDateTime(text)?.getTime()).to.equal(date.getTime());
        expect(normaliseDateTime(text)).to.equal(text);
      }),
    );
  });
});
