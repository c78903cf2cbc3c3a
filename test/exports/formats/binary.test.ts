/**
 * What FlatGeobuf and GeoParquet promise beside the contract of all formats.
 */
import { expect } from 'chai';
import fc from 'fast-check';
import { parquetMetadata } from 'hyparquet';
import type { PackEntry } from '../../../exports/format.ts';
import { evsesParquet } from '../../../exports/formats/evses-parquet.ts';
import { locationsFgb } from '../../../exports/formats/locations-fgb.ts';
import type { PublicLocation } from '../../../exports/public-objects.ts';
import { buildConnector, buildEvse, type Overrides } from '../../support/builders.ts';
import { assemble } from '../assemble.ts';
import { EDITION } from '../fixture-files.ts';
import { publicLocation, readWritten } from './objects.ts';

const LOCATION = publicLocation({
  id: 'L',
  opening_times: { twentyfourseven: false },
  evses: [
    buildEvse({
      uid: 'A',
      status: 'UNKNOWN',
      capabilities: ['RESERVABLE', 'RFID_READER'],
      coordinates: { latitude: '-52.1', longitude: '-5.1' },
      connectors: [
        buildConnector({ id: '1', max_electric_power: 22000, tariff_ids: ['T1', 'T2'] }),
        buildConnector({ id: '2', max_voltage: 0 }),
      ],
    }),
    buildEvse({ uid: 'B', capabilities: [], connectors: [buildConnector({ max_voltage: 0 })] }),
  ],
});

function numberedLocations(count: number) {
  return Array.from({ length: count }, (_, index) => publicLocation({ id: `L${index}` }));
}

describe('locations.fgb', () => {
  it('has typed values: numbers, booleans, counts, and EVSEs unfolded from JSON', async () => {
    const { objects } = await readWritten(locationsFgb, [LOCATION]);
    const { properties, geometry } = objects[0] as { properties: Record<string, unknown>; geometry: unknown };
    expect(geometry).to.deep.equal({ type: 'Point', coordinates: [5.110278, 52.089444] });
    expect(properties).to.include({
      id: 'NL-TNM-L',
      open_24_7: false,
      max_power_kw: 22,
      evse_count: 2,
      evses_available: 1,
      evses_unknown: 1,
      evses_charging: 0,
    });
    expect(properties.evses).to.have.length(2);
  });

  it('says licence, attribution, time and sequence, and no number of features that would grow old', async () => {
    const { text } = await readWritten(locationsFgb, []);
    const header = JSON.parse(text);
    expect(JSON.parse(header.metadata)).to.deep.equal({
      licence: 'CC0-1.0',
      attribution: 'NAP of Testland',
      generated_at: '2026-06-03T09:00:00.000Z',
      sequence: '7',
    });
    expect(header).to.include({ featuresCount: 0, indexNodeSize: 0 });
  });
});

describe('evses.parquet', () => {
  it('has a row an EVSE with the columns of its Location', async () => {
    const { objects } = await readWritten(evsesParquet, [LOCATION]);
    expect(
      objects.map(({ id, evse_uid, location_id, status }) => [id, evse_uid, location_id, status]),
    ).to.deep.equal([
      ['NL-TNM-L-A', 'A', 'L', 'UNKNOWN'],
      ['NL-TNM-L-B', 'B', 'L', 'AVAILABLE'],
    ]);
  });

  it('OD-05: has the point of the EVSE where it has its own', async () => {
    const { objects } = await readWritten(evsesParquet, [LOCATION]);
    expect(objects.map(({ geometry }) => geometry)).to.deep.equal([
      { type: 'Point', coordinates: [-5.1, -52.1] },
      { type: 'Point', coordinates: [5.110278, 52.089444] },
    ]);
  });

  it('keeps connectors, tariffs and capabilities as lists; OD-06: an unknown power is null', async () => {
    const { objects } = await readWritten(evsesParquet, [LOCATION]);
    const [first, second] = objects;
    expect(first?.capabilities).to.deep.equal(['RESERVABLE', 'RFID_READER']);
    expect(first?.max_power_kw).to.equal(22);
    expect(second?.max_power_kw).to.equal(null);
    const kind = { standard: 'IEC_62196_T2', format: 'SOCKET', power_type: 'AC_3_PHASE' };
    expect(first?.connectors).to.deep.equal([
      { id: '1', ...kind, max_power_kw: 22, tariff_ids: ['T1', 'T2'] },
      { id: '2', ...kind, max_power_kw: null, tariff_ids: [] },
    ]);
  });

  it('is GeoParquet 1.1, and names licence, attribution, time and sequence', async () => {
    const bytes = await assemble(evsesParquet, EDITION, [LOCATION]);
    const { key_value_metadata } = parquetMetadata(new Uint8Array(bytes).buffer);
    const says = Object.fromEntries((key_value_metadata ?? []).map(({ key, value }) => [key, value]));
    expect(says).to.include({
      licence: 'CC0-1.0',
      attribution: 'NAP of Testland',
      generated_at: '2026-06-03T09:00:00.000Z',
      sequence: '7',
    });
    expect(JSON.parse(says.geo ?? '')).to.deep.equal({
      version: '1.1.0',
      primary_column: 'geometry',
      columns: { geometry: { encoding: 'WKB', geometry_types: ['Point'] } },
    });
  });

  it('has a row group a pack, and the same rows however they are packed', async () => {
    const property = fc.asyncProperty(
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 30 }),
      async (count, packObjects) => {
        const locations = numberedLocations(count);
        const bytes = await assemble(evsesParquet, EDITION, locations, packObjects);
        const { row_groups, num_rows } = parquetMetadata(new Uint8Array(bytes).buffer);
        expect(row_groups).to.have.length(Math.ceil(count / packObjects));
        expect(num_rows).to.equal(BigInt(count));
        const { objects } = await readWritten(evsesParquet, locations, packObjects);
        expect(objects.map(({ location_id }) => location_id)).to.deep.equal(
          locations.map(({ location }) => location.id),
        );
      },
    );
    await fc.assert(property, { numRuns: 20 });
  });

  it('makes the same pack whatever the former one was, from which it takes what did not change', async () => {
    const state = fc.option(fc.integer({ min: 0, max: VARIANTS.length - 1 }), { nil: null });
    const one = fc.record({ before: state, now: state, isKept: fc.boolean() });
    const property = fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: 6 }), async (all) => {
      const before = entriesOf(all.map(({ before: variant }) => ({ variant, former: null })));
      const anew = entriesOf(all.map(({ now: variant }) => ({ variant, former: null })));
      fc.pre(before.length > 0 && anew.length > 0);
      let place = -1;
      const entries = entriesOf(
        all.map(({ before: was, now: variant, isKept }) => {
          if (was !== null) place += 1;
          return { variant, former: isKept && was !== null && was === variant ? place : null };
        }),
      );
      const continued = await evsesParquet.pack(entries, await evsesParquet.pack(before, null));
      const whole = await evsesParquet.pack(anew, null);
      expect(Buffer.from(continued.bytes).equals(Buffer.from(whole.bytes))).to.equal(true);
      expect(continued.note).to.equal(whole.note);
    });
    await fc.assert(property, { numRuns: 300 });
  });

  it('fails where an entry is of no object of the former pack', async () => {
    const former = await evsesParquet.pack([{ object: LOCATION }], null);
    const error = await evsesParquet.pack([{ former: 1 }], former).catch((reason: Error) => reason);
    expect(error).to.be.an('error').with.property('message', 'the former pack has no object 1');
  });
});

/** What can be told of a Location: each differs from the first in another kind of column. */
const VARIANTS: readonly Overrides[] = [
  { evses: [buildEvse({ uid: 'A', status: 'AVAILABLE' })] },
  { evses: [buildEvse({ uid: 'A', status: 'CHARGING' })] },
  { evses: [buildEvse({ uid: 'A', status: 'CHARGING', last_updated: '2026-06-03T08:00:00Z' })] },
  { name: 'Zoë 🔌 "quoted"', evses: [buildEvse({ uid: 'A', status: 'AVAILABLE' })] },
  { evses: [buildEvse({ uid: 'A' }), buildEvse({ uid: 'B', capabilities: [] })] },
  { evses: [buildEvse({ uid: 'A', coordinates: { latitude: '-52.1', longitude: '-5.1' } })] },
  {
    opening_times: { twentyfourseven: true },
    evses: [
      buildEvse({
        uid: 'A',
        capabilities: ['RESERVABLE'],
        connectors: [
          buildConnector({ id: '1', tariff_ids: ['T1', 'T2'] }),
          buildConnector({ id: '2', max_voltage: 0, tariff_ids: [] }),
        ],
      }),
    ],
  },
];

function entriesOf(
  all: readonly { variant: number | null; former: number | null }[],
): PackEntry<PublicLocation>[] {
  return all.flatMap(({ variant, former }, index): PackEntry<PublicLocation>[] => {
    if (variant === null) return [];
    if (former !== null) return [{ former }];
    return [{ object: publicLocation({ id: `L${index}`, ...VARIANTS[variant] }) }];
  });
}
