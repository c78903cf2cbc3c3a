import { expect } from 'chai';
import fc from 'fast-check';
import type { Location, Speaker } from '../../../db/model.ts';
import { EVSE_TIME } from '../../../db/registry/evse-times.ts';
import { createWriter, type RegistryWriter } from '../../../db/registry/writer.ts';
import { buildConnector, buildEvse, buildLocation } from '../../support/builders.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';
import { addTestSource } from '../../support/pipeline.ts';

const LOCATION = `
select location.publish, location.expired, location.name, location.address, location.postal_code, location.city,
       location.country, location.time_zone, location.parking_type, location.operator_name,
       st_astext(location.geometry) as place, location.last_updated, location.source_version,
       location_time.last_updated as sorted_by
  from location
  join location_time on location_time.location = location.id
 where location.location_id = ?`;

/** What the rows of two Locations with the same document have in common: all but their history. */
const EVSES = `
select evse.uid_key, evse.uid, evse.evse_id, evse.compact_id, evse.status, evse.capabilities, evse.parking_restrictions,
       evse.floor_level, evse.physical_reference, st_astext(evse.geometry) as place, evse.stands_apart,
       ${EVSE_TIME} as last_updated
  from evse
  join location on location.id = evse.location
 where location.location_id = ?
 order by evse.uid_key`;

const CONNECTORS = `
select connector.uid_key, connector.connector_key, connector.connector_id, connector.standard, connector.format,
       connector.power_type, connector.max_voltage, connector.max_amperage, connector.max_electric_power,
       connector.max_power, connector.tariff_ids
  from connector
  join location on location.id = connector.location
 where location.location_id = ?
 order by connector.uid_key, connector.connector_key`;

const times = fc.constantFrom('2026-06-01T12:00:00Z', '2026-06-01T12:00:01Z', '2026-06-01T12:00:02Z');
const places = fc.constantFrom(
  { latitude: '52.089444', longitude: '5.110278' },
  { latitude: '52.09', longitude: '5.11' },
);

const connectors = fc
  .record({
    id: fc.constantFrom('1', 'a', 'A', '2'),
    max_amperage: fc.constantFrom(16, 32),
    tariff_ids: fc.constantFrom(undefined, ['T'], ['T', 'U']),
    last_updated: times,
  })
  .map(buildConnector);

const evses = fc
  .record({
    uid: fc.constantFrom('E1', 'e1', 'E2', 'E3'),
    evse_id: fc.constantFrom(undefined, 'NL*TNM*E1', 'NL*TNM*E2'),
    status: fc.constantFrom('AVAILABLE', 'CHARGING', 'REMOVED'),
    coordinates: fc.option(places, { nil: undefined }),
    connectors: fc.uniqueArray(connectors, {
      minLength: 1,
      maxLength: 3,
      selector: ({ id }) => id.toLowerCase(),
    }),
    last_updated: times,
  })
  .map(buildEvse);

const locations = fc
  .record({
    name: fc.constantFrom('one', 'two'),
    publish: fc.boolean(),
    operator: fc.constantFrom(undefined, { name: 'an operator' }),
    coordinates: places,
    evses: fc.uniqueArray(evses, { maxLength: 3, selector: ({ uid }) => uid.toLowerCase() }),
    last_updated: times,
  })
  .map(buildLocation);

/** The next state of a Location: some of its parts as they were, the very same objects, some new. */
function successor(previous: Location, next: Location, kept: readonly boolean[]): Location {
  return {
    ...next,
    evses: (next.evses ?? []).map((evse, index) => {
      const known = previous.evses?.find(({ uid }) => uid === evse.uid);
      return known && kept[index] ? known : evse;
    }),
  };
}

describe('rows of Locations, EVSEs and connectors', () => {
  let database: TestDatabase;
  let writer: RegistryWriter;
  let speaker: Speaker;

  before(async () => {
    database = await openTestDatabase();
  });

  beforeEach(async () => {
    await database.truncate();
    speaker = (await addTestSource(database, 'cpo')).speaker;
    writer = createWriter({ knex: database.knex, clock: () => new Date() });
  });

  after(() => database.drop());

  /** Writes a state made from what is stored. */
  async function write(id: string, next: (stored: Location | undefined) => Location): Promise<void> {
    const owner = { countryCode: 'NL', partyId: 'TNM' };
    const outcome = await writer.submit({
      module: 'locations',
      owner,
      id,
      speaker,
      apply: (current) => ({
        kind: 'write',
        document: { ...next(current?.document), id },
        sourceVersion: '2.2.1',
        asStored: ['2.2.1'],
        inputHash: null,
        findings: [],
        findingsMode: 'replace',
      }),
    });
    expect(outcome.kind).not.to.equal('failed');
  }

  const rowsOf = async (id: string) => ({
    location: (await database.knex.raw(LOCATION, [id])).rows,
    evses: (await database.knex.raw(EVSES, [id])).rows,
    connectors: (await database.knex.raw(CONNECTORS, [id])).rows,
  });

  it('say after any writes what they would say had the last been the first', async () => {
    const steps = fc.array(fc.tuple(locations, fc.array(fc.boolean(), { minLength: 3, maxLength: 3 })), {
      minLength: 1,
      maxLength: 5,
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(steps, async (states) => {
        run += 1;
        let last = buildLocation() as Location;
        for (const [state, kept] of states) {
          await write(`L${run}`, (stored) => {
            last = stored ? successor(stored, state, kept) : state;
            return last;
          });
        }
        await write(`fresh${run}`, () => last);
        expect(await rowsOf(`L${run}`)).to.deep.equal(await rowsOf(`fresh${run}`));
      }),
      { numRuns: 40 },
    );
  });

  it('have times beside their Location, which forgets those that the journal had told when it tells of it again', async () => {
    const told = async () => (await database.knex('location').pluck('published_evse_times'))[0];
    await write('L', () => buildLocation());
    // Nothing new but its time: the journal does not hear of it.
    await write('L', () => buildLocation({ evses: [buildEvse({ last_updated: '2026-06-01T12:00:01Z' })] }));
    expect(await told()).to.deep.equal([new Date('2026-06-01T12:00:00Z')]);
    await write('L', (stored) => ({ ...(stored as Location), name: 'another' }));
    expect(await told()).to.equal(null);
  });

  it('are not written for a heartbeat, which brings other times and another order and no more', async () => {
    const evsesAt = (time: string) =>
      ['E1', 'E2'].map((uid) =>
        buildEvse({ uid, connectors: [buildConnector({ last_updated: time })], last_updated: time }),
      );
    const versions = async () => {
      const { rows } = await database.knex.raw(
        `select evse.xmin::text as evse, connector.xmin::text as connector
           from evse
           join connector using (location, uid_key)
          order by evse.uid_key`,
      );
      return rows;
    };
    await write('L', () => buildLocation({ evses: evsesAt('2026-06-01T12:00:00Z') }));
    const before = await versions();
    expect(before).to.have.length(2);
    await write('L', () => buildLocation({ evses: evsesAt('2026-06-01T12:00:01Z').reverse() }));
    expect(await versions()).to.deep.equal(before);
    const { evses } = await rowsOf('L');
    const times = evses.map(({ last_updated }: { last_updated: Date }) => last_updated.toISOString());
    expect(times).to.deep.equal(['2026-06-01T12:00:01.000Z', '2026-06-01T12:00:01.000Z']);
  });

  it('are not written where they stay as they are, whoever sends them again', async () => {
    const evse = (uid: string, status: string) => buildEvse({ uid, status });
    const evsesOf = (status: string) => [evse('E1', status), evse('E2', 'AVAILABLE')];
    await write('L', () => buildLocation({ evses: evsesOf('AVAILABLE') }));
    const versionsOf = async (table: 'evse' | 'connector'): Promise<string[]> => {
      const { rows } = await database.knex.raw(`select xmin::text as version from ${table} order by uid_key`);
      return rows.map(({ version }: { version: string }) => version);
    };
    const versions = async () => ({
      evses: await versionsOf('evse'),
      connectors: await versionsOf('connector'),
    });
    const before = await versions();
    await write('L', () => buildLocation({ evses: evsesOf('CHARGING') }));
    const after = await versions();
    expect(after.connectors).to.deep.equal(before.connectors);
    expect(after.evses[1]).to.equal(before.evses[1]);
    expect(after.evses[0]).not.to.equal(before.evses[0]);
  });
});
