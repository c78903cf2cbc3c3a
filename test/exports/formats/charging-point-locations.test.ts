import { expect } from 'chai';
import { chargingPointLocationsGeojson } from '../../../exports/formats/charging-point-locations-geojson.ts';
import { buildConnector, buildEvse, type Overrides } from '../../support/builders.ts';
import { publicLocation, readWritten } from './objects.ts';

async function propertiesOf(overrides: Overrides): Promise<Record<string, unknown>> {
  const { objects } = await readWritten(chargingPointLocationsGeojson, [publicLocation(overrides)]);
  return objects[0]?.properties as Record<string, unknown>;
}

const SOCKET = buildConnector({ id: '1', max_electric_power: 11000, tariff_ids: ['B', 'A'] });
const SAME_SOCKET = buildConnector({ id: '2', max_electric_power: 11000, tariff_ids: ['A', 'B'] });
const CABLE = buildConnector({ id: '3', format: 'CABLE', max_electric_power: 11000, tariff_ids: ['A', 'B'] });

describe('charging-point-locations.geojson', () => {
  it('counts EVSEs by power, current, standard, format and tariffs', async () => {
    const { availabilities } = await propertiesOf({
      evses: [
        buildEvse({ uid: '1', connectors: [SOCKET] }),
        buildEvse({ uid: '2', status: 'CHARGING', connectors: [SAME_SOCKET] }),
        buildEvse({ uid: '3', connectors: [buildConnector({ max_electric_power: 22000 })] }),
      ],
    });
    const kind = { power_type: 'AC3', connector_type: 'IEC_62196_T2', connector_format: 'SOCKET' };
    expect(availabilities).to.deep.equal([
      { total: 2, available: 1, power_max: 11000, ...kind, tariff_ids: ['A', 'B'] },
      { total: 1, available: 1, power_max: 22000, ...kind, tariff_ids: [] },
    ]);
  });

  it('counts an EVSE once for each kind of connector that it has', async () => {
    const { availabilities } = await propertiesOf({
      evses: [buildEvse({ connectors: [SOCKET, SAME_SOCKET, CABLE] })],
    });
    expect(availabilities)
      .to.have.length(2)
      .and.satisfy((counts: { total: number }[]) => counts.every(({ total }) => total === 1));
  });

  it('counts UNKNOWN as not available, and shows no REMOVED EVSE', async () => {
    const { availabilities } = await propertiesOf({
      evses: [buildEvse({ uid: '1', status: 'UNKNOWN' }), buildEvse({ uid: '2', status: 'REMOVED' })],
    });
    expect((availabilities as unknown[])[0]).to.include({ total: 1, available: 0 });
  });

  it('says open of a Location that never closes, and of no other what only the time of day tells', async () => {
    const open = async (opening_times: unknown) => (await propertiesOf({ opening_times })).open;
    expect(await open({ twentyfourseven: true })).to.equal(true);
    const regular_hours = [{ weekday: 1, period_begin: '00:00', period_end: '23:59' }];
    expect(await open({ twentyfourseven: false, regular_hours })).to.equal(null);
    expect(await open(null)).to.equal(null);
  });
});
