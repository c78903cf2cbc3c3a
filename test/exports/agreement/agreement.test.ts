import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { discoverFormats } from '../../../exports/discover.ts';
import type { ExportFormat } from '../../../exports/format.ts';
import type { PublicLocation } from '../../../exports/public-objects.ts';
import { buildConnector, buildEvse } from '../../support/builders.ts';
import { assemble } from '../assemble.ts';
import { EDITION, type FixtureFiles, openFixtureFiles } from '../fixture-files.ts';
import { publicLocation } from '../formats/objects.ts';
import { compare, statementsOf } from './agreement.ts';
import { streamObjects, type Told } from './stream-objects.ts';
import { REFERENCE, type Statement, TELLERS, type Teller } from './tellers.ts';

const FORMATS: readonly ExportFormat[] = await discoverFormats();

/** What the registry holds, in the words of the tellers. */
async function* registry(
  locations: readonly PublicLocation[],
  level: Teller['level'],
): AsyncGenerator<Statement> {
  const teller = TELLERS[REFERENCE]?.find((candidate) => candidate.level === level) as Teller;
  for (const { location } of locations) yield* teller.tell([location as unknown as Told]);
}

describe('agreement of the formats', () => {
  let directory: string;
  let files: FixtureFiles;

  before(async () => {
    files = await openFixtureFiles();
    directory = await mkdtemp(join(tmpdir(), 'nap-agreement-'));
  });
  after(async () => {
    await files.close();
    await rm(directory, { recursive: true });
  });

  /** Of one file, as it is on disk, with what the registry holds. */
  async function disagreements(
    format: ExportFormat,
    locations: readonly PublicLocation[],
  ): Promise<{ told: number; examples: string[] }> {
    const path = join(directory, format.name);
    await writeFile(path, await assemble(format, EDITION, locations, 3));
    const result = { told: 0, examples: [] as string[] };
    for (const teller of TELLERS[format.name] ?? []) {
      const file = statementsOf(teller, streamObjects(path));
      const { told, examples } = await compare(registry(locations, teller.level), file);
      result.told += told;
      result.examples.push(...examples);
    }
    return result;
  }

  it('is asked of every format', () => {
    expect(
      FORMATS.map(({ name }) => name).filter((name) => TELLERS[name] === undefined),
      'say in tellers.ts what these tell of an EVSE',
    ).to.deep.equal([]);
  });

  // The file of OCPI 2.2.1 has no connectors that came with 2.3.0; its own tests say so.
  const compared = FORMATS.filter(({ name }) => TELLERS[name] && name !== REFERENCE);

  for (const format of compared) {
    it(`${format.name} tells the status, power and position that the registry holds`, async () => {
      const locations = files.objects.locations as readonly PublicLocation[];
      const { told, examples } = await disagreements(format, locations);
      expect(examples).to.deep.equal([]);
      expect(told).to.be.greaterThan(0);
    });
  }

  it('holds for Locations of all kinds', async () => {
    const connector = fc
      .record({
        standard: fc.constantFrom('IEC_62196_T2', 'CHADEMO', 'DOMESTIC_E'),
        power_type: fc.constantFrom('AC_1_PHASE', 'AC_2_PHASE', 'AC_3_PHASE', 'DC'),
        max_electric_power: fc.constantFrom(null, 0, 3700, 11000, 149999.5),
        max_voltage: fc.constantFrom(0, 230, 400),
        tariff_ids: fc.constantFrom(null, ['A', 'B'], ['B', 'A']),
      })
      .map((fields) => buildConnector(fields));
    const evse = fc.record({
      status: fc.constantFrom('AVAILABLE', 'CHARGING', 'OUTOFORDER', 'PLANNED', 'UNKNOWN', 'REMOVED'),
      evse_id: fc.constantFrom(null, 'NL*TNM*E1', 'FR*A68*E2*1', 'NL*TNM*P1', 'rubbish'),
      coordinates: fc.constantFrom(null, { latitude: '-1.000001', longitude: '179.999999' }),
      connectors: fc.array(connector, { minLength: 1, maxLength: 3 }),
    });
    const location = fc.record({
      parking_type: fc.constantFrom(null, 'ON_STREET'),
      opening_times: fc.constantFrom(null, { twentyfourseven: true }),
      evses: fc.array(evse, { minLength: 1, maxLength: 4 }),
    });
    const property = fc.asyncProperty(fc.array(location, { minLength: 1, maxLength: 6 }), async (drawn) => {
      const locations = drawn.map(({ evses, ...fields }, index) =>
        publicLocation({
          ...fields,
          id: `L${index}`,
          // One that is shown, so that the Location is.
          evses: [
            buildEvse({ uid: 'shown' }),
            ...evses.map((fields, uid) => buildEvse({ uid: `${uid}`, ...fields })),
          ],
        }),
      );
      for (const format of compared) {
        expect((await disagreements(format, locations)).examples, format.name).to.deep.equal([]);
      }
    });
    await fc.assert(property, { numRuns: 25 });
  });

  it('would see a status, a power or a place that differs, and an EVSE that is nowhere else', async () => {
    const one = publicLocation({ id: 'ONE' });
    const other = publicLocation({
      id: 'ONE',
      evses: [buildEvse({ status: 'CHARGING', connectors: [buildConnector({ max_electric_power: 50000 })] })],
      coordinates: { latitude: '1.000000', longitude: '2.000000' },
    });
    const [csv] = FORMATS.filter(({ name }) => name === 'locations.csv');
    const path = join(directory, 'locations.csv');
    await writeFile(
      path,
      await assemble(csv as ExportFormat, EDITION, [other, publicLocation({ id: 'MORE' })]),
    );
    const [teller] = TELLERS['locations.csv'] ?? [];
    const result = await compare(
      registry([one], 'evse'),
      statementsOf(teller as Teller, streamObjects(path)),
    );
    expect(result.examples.map((sentence) => sentence.replace(/^.*?: (\w+ is) .*$/, '$1'))).to.deep.equal([
      'status is',
      'power_kw is',
      'position is',
      '{"location":"NL-TNM-MORE","uid":"EVSE-1"} is not in the reference, or not in this place',
    ]);
  });
});
