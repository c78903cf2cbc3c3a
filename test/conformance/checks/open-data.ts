/** OD: what the rules of OCPI mean for the public files. */
import { expect } from 'chai';
import { parseCsv } from '../../exports/parse-csv.ts';
import type { Built, Overrides } from '../../support/builders.ts';
import { type Check, check, type Given } from '../check.ts';
import { T1 } from '../objects.ts';

/** The Feature of a Location, if it is public. */
async function featureOf(download: Given['download'], id: string): Promise<Built | undefined> {
  const { features } = JSON.parse((await download('locations.geojson')).text);
  return features.find((feature: Built) => feature.properties.location_id === id);
}

/** Rows of the table that are of a Location, by column. */
async function rowsOf(download: Given['download'], id: string): Promise<Record<string, string>[]> {
  const [columns = [], ...rows] = parseCsv((await download('locations.csv')).text);
  const named = rows.map((row) => Object.fromEntries(row.map((value, index) => [columns[index], value])));
  return named.filter((row) => row.location_id === id);
}

export const openDataChecks: readonly Check[] = [
  check('OD-01', ['cpo', 'download'], async ({ cpo, download, version }) => {
    if (version === '2.1.1') return;
    const [hidden, shown] = [await cpo.stored({ publish: false }), await cpo.stored()];
    expect(await featureOf(download, hidden)).to.equal(undefined);
    expect(await rowsOf(download, hidden)).to.deep.equal([]);
    expect(await featureOf(download, shown)).to.be.an('object');
    expect((await download('locations.ocpi.json')).text).not.to.include(`"${hidden}"`);
  }),

  check('OD-02', ['cpo', 'download'], async ({ cpo, download }) => {
    const id = await cpo.stored();
    await cpo.patch('locations', [id, 'E1'], { status: 'REMOVED', last_updated: T1 });
    expect((await featureOf(download, id)).properties.evses.map((evse: Built) => evse.uid)).to.deep.equal([
      'E2',
    ]);
    expect((await rowsOf(download, id)).map((row) => row.evse_uid)).to.deep.equal(['E2']);
    await cpo.patch('locations', [id, 'E2'], { status: 'REMOVED', last_updated: T1 });
    expect(await featureOf(download, id)).to.equal(undefined);
    expect(await rowsOf(download, id)).to.deep.equal([]);
  }),

  check('OD-03', ['cpo', 'download'], async ({ cpo, download }) => {
    await cpo.stored();
    for (const name of [
      'locations.geojson',
      'locations.csv',
      'locations.ocpi.json',
      'tariffs.csv',
      'tariffs.ocpi.json',
    ]) {
      const { text } = await download(name);
      expect(text, name).not.to.include('publish_allowed_to');
      expect(text, name).not.to.include(cpo.identity.token);
    }
  }),

  check('OD-04', ['cpo', 'download'], async ({ cpo, download }) => {
    const id = await cpo.stored();
    expect((await featureOf(download, id)).geometry).to.deep.equal({
      type: 'Point',
      coordinates: [5.110278, 52.089444],
    });
  }),

  check('OD-05', ['cpo', 'download'], async ({ cpo, download }) => {
    const coordinates = { latitude: '52.100000', longitude: '5.200000' };
    const id = await cpo.stored({ evses: [cpo.evse({ uid: 'E1', coordinates }), cpo.evse({ uid: 'E2' })] });
    const places = (await rowsOf(download, id)).map((row) => [row.latitude, row.longitude].map(Number));
    expect(places).to.deep.equal([
      [52.1, 5.2],
      [52.089444, 5.110278],
    ]);
  }),

  check('OD-06', ['cpo', 'download'], async ({ cpo, download, version }) => {
    const powers: [Overrides, number][] = [
      [{ power_type: 'AC_1_PHASE', max_voltage: 230, max_amperage: 16 }, 3680],
      [{ power_type: 'AC_3_PHASE', max_voltage: 230, max_amperage: 16 }, 11_040],
      [{ power_type: 'DC', max_voltage: 400, max_amperage: 125 }, 50_000],
    ];
    if (version !== '2.1.1') {
      powers.push([
        { power_type: 'DC', max_voltage: 920, max_amperage: 500, max_electric_power: 300_000 },
        300_000,
      ]);
      powers.push([{ power_type: 'AC_2_PHASE', max_voltage: 230, max_amperage: 16 }, 7360]);
    }
    const evses = powers.map(([power], index) =>
      cpo.evse({ uid: `E${index}`, connectors: [cpo.connector(power)] }),
    );
    const rows = await rowsOf(download, await cpo.stored({ evses }));
    expect(rows.map((row) => Number(row.max_power_w))).to.deep.equal(powers.map(([, watts]) => watts));
  }),

  check('OD-07', ['cpo', 'download'], async ({ cpo, download }) => {
    for (const name of ['=1+1', '+1', '-1', '@sum(A1)']) {
      const [row] = await rowsOf(download, await cpo.stored({ name }));
      expect(row?.name).not.to.match(/^[=+\-@]/);
      expect(row?.name).to.include(name);
    }
  }),

  check('OD-08', ['cpo', 'download'], async ({ cpo, download, version }) => {
    const regular_hours = [{ weekday: 1, period_begin: '08:00', period_end: '20:00' }];
    const hours = version === '2.1.1' ? { regular_hours } : { twentyfourseven: false, regular_hours };
    const id = await cpo.stored({ opening_times: hours });
    const [row] = await rowsOf(download, id);
    expect([row?.open_24_7, row?.time_zone]).to.deep.equal(['false', 'Europe/Amsterdam']);
    const { data } = JSON.parse((await download('locations.ocpi.json')).text);
    const kept = data.find((location: Built) => location.id === id);
    expect(kept.opening_times.regular_hours).to.deep.equal(regular_hours);
  }),

  check('OD-09', ['cpo', 'download'], async ({ cpo, download }) => {
    const [stated, silent] = [await cpo.stored({ operator: { name: 'Stated Ltd' } }), await cpo.stored()];
    expect((await featureOf(download, stated)).properties.operator).to.equal('Stated Ltd');
    // Without a registration nobody has told a name; then it is that of the party, or none at all.
    expect((await featureOf(download, silent)).properties.operator ?? null).not.to.equal('Stated Ltd');
  }),

  check('OD-10', ['cpo', 'download'], async ({ cpo, download, version }) => {
    if (version === '2.1.1') return;
    const name = 'Ünïcødé Ελλάς 充電 ⚡ <b>&amp;</b>';
    const id = await cpo.stored({ name });
    expect((await featureOf(download, id)).properties.name).to.equal(name);
    expect((await rowsOf(download, id))[0]?.name).to.equal(name);
  }),
];
