/** LR: Locations, EVSEs and Connectors that a CPO pushes. What they are given out as stands with the lists. */
import { expect } from 'chai';
import type { Built } from '../../support/builders.ts';
import { type Check, check } from '../check.ts';
import { expectAnswer, expectDone } from '../expectations.ts';
import { T0, T1, T2, T3 } from '../objects.ts';
import { freshId, type Speaker } from '../speaker.ts';
import { openingHoursChecks } from './opening-hours.ts';

const STATUSES = ['AVAILABLE', 'BLOCKED', 'CHARGING', 'INOPERATIVE', 'OUTOFORDER', 'PLANNED'];
STATUSES.push('REMOVED', 'RESERVED', 'UNKNOWN');

/** The paths of a Location of `stored()`, of one of its EVSEs, and of that one's Connector. */
const levelsOf = (id: string): string[][] => [[id], [id, 'E1'], [id, 'E1', '1']];

/** A body that fits the path. */
function bodyAt(cpo: Speaker, ids: readonly string[], overrides: object = {}): Built {
  const own = { last_updated: T1, ...overrides };
  if (ids.length === 3) return cpo.connector({ id: ids[2], ...own });
  if (ids.length === 2) return cpo.evse({ uid: ids[1], ...own });
  return cpo.location({ id: ids[0], ...own });
}

export const locationsReceiverChecks: readonly Check[] = [
  check('LR-01', ['cpo'], async ({ cpo }) => {
    const location = cpo.location({ name: 'Ünïcode ⚡' });
    expectAnswer(await cpo.put('locations', [location.id], location), 201, 1000);
    expect(await cpo.own('locations', [location.id])).to.deep.include(location);
    const next = { ...location, name: 'Next', last_updated: T1 };
    expectAnswer(await cpo.put('locations', [location.id], next), 200, 1000);
    expect(await cpo.own('locations', [location.id])).to.deep.include(next);
  }),

  check('LR-02', ['cpo'], async ({ cpo }) => {
    const id = await cpo.stored({ charging_when_closed: false });
    const { name: _name, charging_when_closed: _closed, ...rest } = await cpo.own('locations', [id]);
    expectDone(await cpo.put('locations', [id], { ...rest, last_updated: T1 }));
    const kept = await cpo.own('locations', [id]);
    expect(kept.name ?? null).to.equal(null);
    expect(kept.charging_when_closed ?? true).to.equal(true);
  }),

  check('LR-03', ['cpo'], async ({ cpo }) => {
    const id = await cpo.stored();
    const [first, second] = (await cpo.own('locations', [id])).evses;
    expectAnswer(await cpo.put('locations', [id, 'E3'], cpo.evse({ uid: 'E3' })), 201, 1000);
    expectAnswer(await cpo.put('locations', [id, 'E3', '2'], cpo.connector({ id: '2' })), 201, 1000);
    const { evses } = await cpo.own('locations', [id]);
    expect(evses.slice(0, 2)).to.deep.equal([first, second]);
    expect(evses[2].connectors.map((connector: Built) => connector.id)).to.deep.equal(['1', '2']);
  }),

  check('LR-04', ['cpo'], async ({ cpo }) => {
    const id = await cpo.stored();
    await cpo.put('locations', [id, 'E1', '2'], cpo.connector({ id: '2' }));
    for (const [connector, last_updated] of [
      ['1', T2],
      ['2', T1],
    ] as const) {
      expectDone(await cpo.patch('locations', [id, 'E1', connector], { format: 'CABLE', last_updated }));
      const location = await cpo.own('locations', [id]);
      expect([location.last_updated, location.evses[0].last_updated]).to.deep.equal([T2, T2]);
    }
    expect((await cpo.own('locations', [id, 'E1', '2'])).last_updated).to.equal(T1);
  }),

  check('LR-05', ['cpo'], async ({ cpo }) => {
    const id = await cpo.stored();
    expectAnswer(await cpo.patch('locations', [id, 'E1'], { status: 'CHARGING' }), 200, 2001);
    expect((await cpo.own('locations', [id, 'E1'])).status).to.equal('AVAILABLE');
  }),

  check('LR-06', ['cpo'], async ({ cpo }) => {
    const id = await cpo.stored();
    expectAnswer(await cpo.patch('locations', [id, 'E1'], { status: 'CHARGING' }), 200, 1000);
    const location = await cpo.own('locations', [id]);
    expect(location.evses[0].status).to.equal('CHARGING');
    expect(location.evses[0].last_updated > T3, location.evses[0].last_updated).to.equal(true);
    expect(location.last_updated).to.equal(location.evses[0].last_updated);
  }),

  check('LR-07', ['cpo'], async ({ cpo }) => {
    const id = await cpo.stored();
    const before = await cpo.own('locations', [id]);
    expectAnswer(await cpo.patch('locations', [id], { name: 'Other', last_updated: T1 }), 200, 1000);
    expect(await cpo.own('locations', [id])).to.deep.equal({ ...before, name: 'Other', last_updated: T1 });
  }),

  check('LR-08', ['cpo'], async ({ cpo }) => {
    const id = await cpo.stored();
    expectAnswer(await cpo.patch('locations', [id], { city: null, last_updated: T1 }), 200, 2001);
    expectAnswer(await cpo.patch('locations', [id], { name: null, last_updated: T1 }), 200, 1000);
    const location = await cpo.own('locations', [id]);
    expect([location.name ?? null, location.city]).to.deep.equal([null, 'Utrecht']);
  }),

  check('LR-09', ['cpo'], async ({ cpo }) => {
    const id = await cpo.stored({ facilities: ['HOTEL', 'CAFE'] });
    const half = { coordinates: { latitude: '52.089445' }, last_updated: T1 };
    expectAnswer(await cpo.patch('locations', [id], half), 200, 2001);
    expectDone(await cpo.patch('locations', [id], { facilities: ['MALL'], last_updated: T1 }));
    const location = await cpo.own('locations', [id]);
    expect(location.facilities).to.deep.equal(['MALL']);
    expect(location.coordinates).to.deep.equal({ latitude: '52.089444', longitude: '5.110278' });
  }),

  check('LR-10', ['cpo'], async ({ cpo }) => {
    const id = await cpo.stored();
    const known = { uid: 'E2', status: 'CHARGING', last_updated: T1 };
    expectDone(await cpo.patch('locations', [id], { evses: [known], last_updated: T1 }));
    const { evses } = await cpo.own('locations', [id]);
    expect(evses.map(({ uid, status }: Built) => [uid, status])).to.deep.equal([
      ['E1', 'AVAILABLE'],
      ['E2', 'CHARGING'],
    ]);
    const unknown = { uid: 'E3', status: 'CHARGING', last_updated: T2 };
    expectAnswer(await cpo.patch('locations', [id], { evses: [unknown], last_updated: T2 }), 200, 2001);
  }),

  check('LR-11', ['cpo'], async ({ cpo }) => {
    const place = (id: string) => ({
      id,
      vehicle_types: ['PERSONAL_VEHICLE'],
      restricted_to_type: false,
      reservation_required: false,
    });
    const evses = [cpo.evse({ uid: 'E1', parking: [{ parking_id: 'P1', evse_position: 'LEFT' }] })];
    const id = await cpo.stored({ evses, parking_places: [place('P1'), place('P2')] });
    const dangling = { parking_places: [place('P2')], last_updated: T1 };
    const response = await cpo.patch('locations', [id], dangling);
    // The row allows to refuse it or to note it; what is refused is not stored.
    if (response.body.status_code !== 1000) {
      expectAnswer(response, 200, 2001);
      expect((await cpo.own('locations', [id])).parking_places).to.have.length(2);
    }
    expectDone(await cpo.patch('locations', [id], { parking_places: [place('P1')], last_updated: T2 }));
    const kept = (await cpo.own('locations', [id])).parking_places;
    expect(kept.map((parking: Built) => parking.id)).to.deep.equal(['P1']);
  }),

  check('LR-12', ['cpo'], async ({ cpo }) => {
    const id = await cpo.stored();
    for (const path of levelsOf(id)) {
      const name = path.length === 2 ? 'uid' : 'id';
      const body = bodyAt(cpo, path, { [name]: 'OTHER' });
      expectAnswer(await cpo.put('locations', path, body), 200, 2001);
      const other = { [name]: 'OTHER', last_updated: T1 };
      expectAnswer(await cpo.patch('locations', path, other), 200, 2001);
      const same = { [name]: path.at(-1), last_updated: T1 };
      expectDone(await cpo.patch('locations', path, same));
    }
    expectAnswer(await cpo.read('locations', ['OTHER']), 404);
  }),

  check('LR-13', ['cpo'], async ({ cpo }) => {
    const location = cpo.location({ party_id: 'ZZZ' });
    expectAnswer(await cpo.put('locations', [location.id], location), 200, 2001);
    expectAnswer(await cpo.read('locations', [location.id]), 404);
  }),

  check('LR-14', ['cpo', 'otherCpo'], async ({ cpo, otherCpo }) => {
    const id = await otherCpo.stored();
    for (const [method, ids, body] of [
      ['GET', [id], undefined],
      ['GET', ['UNKNOWN'], undefined],
      ['PUT', [id], cpo.location({ id })],
      ['PATCH', [id, 'E1'], { status: 'CHARGING', last_updated: T1 }],
    ] as const) {
      const url = await cpo.receiver('locations', ids, otherCpo.party);
      expectAnswer(await cpo.call(method, url, { body }), 404, 2000);
    }
    expect((await otherCpo.own('locations', [id])).evses[0].status).to.equal('AVAILABLE');
  }),

  check('LR-15', ['cpo'], async ({ cpo }) => {
    const [id, other] = [await cpo.stored(), await cpo.stored({ evses: [cpo.evse({ uid: 'ELSEWHERE' })] })];
    const location = await cpo.own('locations', [id]);
    expect(await cpo.own('locations', [id, 'E2'])).to.deep.equal(location.evses[1]);
    expect(await cpo.own('locations', [id, 'E2', '1'])).to.deep.equal(location.evses[1].connectors[0]);
    expect(await cpo.own('locations', [other, 'ELSEWHERE'])).to.include({ uid: 'ELSEWHERE' });
    for (const ids of [['UNKNOWN'], [id, 'UNKNOWN'], [id, 'E1', 'UNKNOWN'], [id, 'ELSEWHERE']]) {
      expectAnswer(await cpo.read('locations', ids), 404, 2003);
    }
  }),

  check('LR-16', ['cpo'], async ({ cpo }) => {
    const id = await cpo.stored();
    const unknown = freshId();
    for (const ids of [[unknown], [unknown, 'E1'], [id, 'UNKNOWN'], [id, 'E1', 'UNKNOWN']]) {
      expectAnswer(await cpo.patch('locations', ids, { last_updated: T1 }), 404, 2003);
      expectAnswer(await cpo.read('locations', ids), 404, 2003);
    }
  }),

  check('LR-17', ['cpo'], async ({ cpo }) => {
    const id = await cpo.stored();
    const unknown = freshId();
    for (const ids of [
      [unknown, 'E1'],
      [unknown, 'E1', '1'],
      [id, 'UNKNOWN', '1'],
    ]) {
      expectAnswer(await cpo.put('locations', ids, bodyAt(cpo, ids)), 404, 2003);
      expectAnswer(await cpo.read('locations', ids), 404, 2003);
    }
  }),

  check('LR-18', ['cpo'], async ({ cpo }) => {
    const id = await cpo.stored();
    expectDone(await cpo.patch('locations', [id, 'E1'], { status: 'REMOVED', last_updated: T1 }));
    expect((await cpo.own('locations', [id, 'E1'])).status).to.equal('REMOVED');
    expect((await cpo.own('locations', [id])).evses).to.have.length(2);
  }),

  check('LR-19', ['cpo'], async ({ cpo }) => {
    const id = await cpo.stored();
    for (const path of levelsOf(id)) {
      for (const method of ['POST', 'DELETE'] as const) {
        const response = await cpo.push(method, 'locations', path, method === 'POST' ? {} : undefined);
        expectAnswer(response, 405, 2000);
        expect(response.headers.allow).to.match(/PUT/).and.match(/PATCH/);
      }
    }
    expectAnswer(await cpo.read('locations', [id]), 200, 1000);
  }),

  check('LR-20', ['cpo', 'download'], async ({ cpo, download }) => {
    const bare = await cpo.stored({ evses: [] });
    const expired = await cpo.stored({ evses: [cpo.evse({ uid: 'E1', status: 'REMOVED' })] });
    const shown = await cpo.stored();
    for (const name of ['locations.geojson', 'locations.csv']) {
      const { text } = await download(name);
      expect(
        [bare, expired, shown].map((id) => text.includes(`${id}"`) || text.includes(`,${id},`)),
      ).to.deep.equal([false, false, true], name);
    }
  }),

  check('LR-21', ['cpo'], async ({ cpo }) => {
    const id = await cpo.stored();
    const evses = [cpo.evse({ uid: 'E1' })];
    expectDone(await cpo.put('locations', [id], cpo.location({ id, evses, last_updated: T1 })));
    const kept = await cpo.own('locations', [id, 'E2']);
    expect([kept.status, kept.last_updated]).to.deep.equal(['REMOVED', T1]);
  }),

  check('LR-22', ['cpo', 'provider', 'download'], async ({ cpo, provider, download }) => {
    const id = await cpo.stored({ publish: false, publish_allowed_to: [{ uid: 'SECRET', type: 'RFID' }] });
    expect((await cpo.own('locations', [id])).publish).to.equal(false);
    expectAnswer(await provider.object([id]), 404, 2003);
    for (const name of ['locations.geojson', 'locations.csv', 'locations.ocpi.json']) {
      expect((await download(name)).text, name).not.to.include(id);
    }
  }),

  check('LR-23', ['cpo'], async ({ cpo }) => {
    await cpo.stored({ evses: [cpo.evse({ uid: 'SAME' })] });
    const id = await cpo.stored({ evses: [cpo.evse({ uid: 'SAME' }), cpo.evse({ uid: 'E2' })] });
    expect((await cpo.own('locations', [id])).evses).to.have.length(2);
  }),

  check('LR-24', ['cpo'], async ({ cpo, version }) => {
    const link = version === '2.1.1' ? { tariff_id: 'NOT-YET' } : { tariff_ids: ['NOT-YET'] };
    const evses = [cpo.evse({ uid: 'E1', connectors: [cpo.connector(link)] })];
    const location = cpo.location({ evses });
    expectAnswer(await cpo.put('locations', [location.id], location), 201, 1000);
    expect(await cpo.own('locations', [location.id, 'E1', '1'])).to.deep.include(link);
  }),

  check('LR-25', ['cpo'], async ({ cpo }) => {
    const id = await cpo.stored({ last_updated: T2 });
    expectAnswer(await cpo.patch('locations', [id], { name: 'Old news', last_updated: T1 }), 200, 1000);
    expect((await cpo.own('locations', [id])).name).to.equal('Station');
    expectAnswer(await cpo.patch('locations', [id], { name: 'As old', last_updated: T2 }), 200, 1000);
    expect((await cpo.own('locations', [id])).name).to.equal('As old');
  }),

  check('LR-26', ['cpo'], async ({ cpo }) => {
    const tomorrow = `${new Date(Date.now() + 86_400_000).toISOString().slice(0, 19)}Z`;
    const id = await cpo.stored({ last_updated: tomorrow });
    expect((await cpo.own('locations', [id])).last_updated).to.equal(tomorrow);
  }),

  check('LR-27', ['cpo'], async ({ cpo }) => {
    const evses = STATUSES.map((status) => cpo.evse({ uid: `E-${status}`, status }));
    const id = await cpo.stored({ evses });
    const kept = (await cpo.own('locations', [id])).evses;
    expect(kept.map(({ status }: Built) => status)).to.deep.equal(STATUSES);
    const wrong = cpo.location({ evses: [cpo.evse({ status: 'SLEEPING' })] });
    expectAnswer(await cpo.put('locations', [wrong.id], wrong), 200, 2001);
  }),

  ...openingHoursChecks,

  check('LR-30', ['cpo', 'connect'], async ({ cpo, connect }) => {
    const coordinates = { latitude: 52.089444, longitude: 5.110278 };
    const strict = await connect({ strictness: 'reject' });
    const refused = strict.location({ coordinates });
    expectAnswer(await strict.put('locations', [refused.id], refused), 200, 2001);
    // Elsewhere the numbers are repaired to texts, and noted.
    const id = await cpo.stored({ coordinates });
    expect((await cpo.own('locations', [id])).coordinates.latitude).to.equal('52.089444');
  }),

  check('LR-31', ['cpo'], async ({ cpo }) => {
    const root = await cpo.endpoint('locations', 'RECEIVER');
    const { country_code, party_id } = cpo.party;
    for (const path of ['', `/${country_code}`, `/${country_code}/${party_id}`]) {
      expect((await cpo.call('GET', `${root}${path}`)).status, path).to.be.oneOf([404, 405]);
    }
  }),

  check('LR-32', ['cpo'], async ({ cpo }) => {
    const bad = cpo.evse({ uid: 'E2', connectors: [cpo.connector({ power_type: 'STEAM' })] });
    const location = cpo.location({ evses: [cpo.evse({ uid: 'E1' }), bad] });
    expectAnswer(await cpo.put('locations', [location.id], location), 200, 2001);
    expectAnswer(await cpo.read('locations', [location.id]), 404, 2003);
  }),

  check('CRED-20', ['cpo'], async ({ cpo }) => {
    const evses = [cpo.evse({ uid: 'E1', evse_id: 'FR*XYZ*E123' })];
    const id = await cpo.stored({ evses, last_updated: T0 });
    expect((await cpo.own('locations', [id, 'E1'])).evse_id).to.equal('FR*XYZ*E123');
  }),
];
