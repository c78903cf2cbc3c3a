import { expect } from 'chai';
import { buildEvse, buildLocation, buildTariff } from '../../../support/builders.ts';
import { CPO_LOCATIONS, CPO_TARIFFS, type PushTest, startPushTest, until } from '../../../support/push.ts';
import type { PartnerRequest, RecordingPartner } from '../../../support/recording-partner.ts';
import { owner } from '../../../support/server.ts';

const LATER = '2026-06-02T10:00:00Z';
const LATEST = '2026-06-03T10:00:00Z';

/** Method and path below the partner's endpoints. */
const summaries = (requests: readonly PartnerRequest[]) =>
  requests.map(({ method, path }) => `${method} ${path.replace('/ocpi/2.2.1/receiver/', '')}`);

describe('the push to providers', () => {
  let test: PushTest;

  beforeEach(async () => {
    test = await startPushTest();
  });
  afterEach(() => test.stop());

  /** A provider that has been told of LOC-1 with two EVSEs, and has no requests recorded. */
  async function providerOf(location: Record<string, unknown>): Promise<RecordingPartner> {
    const { partner } = await test.addProvider('nsp');
    test.startPusher();
    await test.cpo.put(`${CPO_LOCATIONS}/LOC-1`, location);
    await test.settled();
    partner.clear();
    return partner;
  }

  const twoEvses = () => buildLocation({ evses: [buildEvse(), buildEvse({ uid: 'EVSE-2' })] });

  it('sends a new Location whole, under its owner, in our name, its times untouched (RT-10, RT-11)', async () => {
    const { partner } = await test.addProvider('nsp');
    test.startPusher();
    await test.cpo.put(`${CPO_LOCATIONS}/LOC-1`, buildLocation());
    await test.settled();
    const [put] = partner.requests;
    expect(put?.path).to.equal('/ocpi/2.2.1/receiver/locations/NL/TNM/LOC-1');
    expect(put?.json).to.deep.equal(buildLocation());
    expect(put?.headers).to.include({
      'ocpi-from-country-code': 'DE',
      'ocpi-from-party-id': 'NAP',
      'ocpi-to-country-code': 'DE',
      'ocpi-to-party-id': 'NSP',
      'content-type': 'application/json',
    });
    expect(put?.headers.authorization).to.equal(`Token ${Buffer.from(partner.token).toString('base64')}`);
    expect(partner.requests).to.have.length(1);
  });

  it('forwards with a request id of its own and the correlation id of the push (ENV-19)', async () => {
    const { partner } = await test.addProvider('nsp');
    test.startPusher();
    for (const id of ['LOC-1', 'LOC-2']) {
      const headers = { 'X-Request-ID': `request of ${id}`, 'X-Correlation-ID': `operation of ${id}` };
      await test.cpo.send('PUT', `${CPO_LOCATIONS}/${id}`, { headers, body: buildLocation({ id }) });
    }
    await test.settled();
    const ids = partner.requests.map(({ headers }) => headers['x-correlation-id']);
    expect(ids.sort()).to.deep.equal(['operation of LOC-1', 'operation of LOC-2']);
    const requestIds = partner.requests.map(({ headers }) => headers['x-request-id'] as string);
    expect(new Set(requestIds).size).to.equal(2);
    for (const id of requestIds) expect(id).to.match(/^[0-9a-f-]{36}$/);
  });

  it('sends a change of status as a PATCH of that EVSE and nothing else', async () => {
    const partner = await providerOf(twoEvses());
    const body = { status: 'CHARGING', last_updated: LATER };
    await test.cpo.patch(`${CPO_LOCATIONS}/LOC-1/EVSE-2`, body);
    await test.settled();
    expect(summaries(partner.requests)).to.deep.equal(['PATCH locations/NL/TNM/LOC-1/EVSE-2']);
    expect(partner.requests[0]?.json).to.deep.equal(body);
  });

  it('sends a removed EVSE as a PATCH to REMOVED while another stands (LR-18, CV-10)', async () => {
    const partner = await providerOf(twoEvses());
    await test.cpo.patch(`${CPO_LOCATIONS}/LOC-1/EVSE-2`, { status: 'REMOVED', last_updated: LATER });
    await test.settled();
    expect(partner.received('locations', 'NL', 'TNM', 'LOC-1', 'EVSE-2')).to.include({ status: 'REMOVED' });
    expect(summaries(partner.requests)).to.deep.equal(['PATCH locations/NL/TNM/LOC-1/EVSE-2']);
  });

  it('sends the Location whole when its own time is another than that of the EVSE', async () => {
    const partner = await providerOf(twoEvses());
    const location = {
      ...buildLocation({
        evses: [buildEvse({ status: 'CHARGING', last_updated: LATER }), twoEvses().evses[1]],
      }),
      last_updated: LATEST,
    };
    await test.cpo.put(`${CPO_LOCATIONS}/LOC-1`, location);
    await test.settled();
    expect(summaries(partner.requests)).to.deep.equal(['PUT locations/NL/TNM/LOC-1']);
    expect(partner.received('locations', 'NL', 'TNM', 'LOC-1')).to.deep.equal(location);
  });

  it('sends the Location whole when the statuses of many EVSEs changed', async () => {
    const uids = ['A', 'B', 'C', 'D'];
    const partner = await providerOf(buildLocation({ evses: uids.map((uid) => buildEvse({ uid })) }));
    const evses = uids.map((uid) => buildEvse({ uid, status: 'CHARGING', last_updated: LATER }));
    await test.cpo.put(`${CPO_LOCATIONS}/LOC-1`, buildLocation({ evses, last_updated: LATER }));
    await test.settled();
    expect(summaries(partner.requests)).to.deep.equal(['PUT locations/NL/TNM/LOC-1']);
  });

  it('sends the whole Location to a partner that does not know what is patched (LR-16)', async () => {
    const partner = await providerOf(twoEvses());
    const body = { status_code: 2003, status_message: 'Unknown location', timestamp: LATER };
    partner.override('PATCH', '/', { status: 404, body });
    await test.cpo.patch(`${CPO_LOCATIONS}/LOC-1/EVSE-2`, { status: 'CHARGING', last_updated: LATER });
    await test.settled();
    expect(summaries(partner.requests)).to.deep.equal([
      'PATCH locations/NL/TNM/LOC-1/EVSE-2',
      'PUT locations/NL/TNM/LOC-1',
    ]);
    expect(partner.received('locations', 'NL', 'TNM', 'LOC-1', 'EVSE-2')).to.include({ status: 'CHARGING' });
    expect(await test.position('nsp')).to.include({ refused: 0 });
  });

  it('sends what changed otherwise whole, and a heartbeat not at all', async () => {
    const partner = await providerOf(twoEvses());
    await test.cpo.put(`${CPO_LOCATIONS}/LOC-1`, { ...twoEvses(), last_updated: LATER });
    await test.cpo.put(`${CPO_LOCATIONS}/LOC-1`, { ...twoEvses(), name: 'New', last_updated: LATEST });
    await test.settled();
    expect(summaries(partner.requests)).to.deep.equal(['PUT locations/NL/TNM/LOC-1']);
    expect(partner.requests[0]?.json).to.include({ name: 'New' });
  });

  it('never shows what is not published, and tells of what is withdrawn as REMOVED (LS-20, LR-22)', async () => {
    const { partner } = await test.addProvider('nsp');
    test.startPusher();
    await test.cpo.put(`${CPO_LOCATIONS}/HIDDEN`, buildLocation({ id: 'HIDDEN', publish: false }));
    await test.cpo.put(`${CPO_LOCATIONS}/LOC-1`, buildLocation());
    await test.settled();
    expect(summaries(partner.requests)).to.deep.equal(['PUT locations/NL/TNM/LOC-1']);

    partner.clear();
    await test.cpo.patch(`${CPO_LOCATIONS}/LOC-1`, { publish: false, last_updated: LATER });
    await test.cpo.patch(`${CPO_LOCATIONS}/LOC-1`, { name: 'Secret', last_updated: LATEST });
    await test.cpo.put(`${CPO_LOCATIONS}/LOC-2`, buildLocation({ id: 'LOC-2' }));
    await test.settled();
    expect(summaries(partner.requests).sort()).to.deep.equal([
      'PUT locations/NL/TNM/LOC-1',
      'PUT locations/NL/TNM/LOC-2',
    ]);
    const withdrawn = partner.received('locations', 'NL', 'TNM', 'LOC-1');
    expect(withdrawn).to.include({ publish: true, last_updated: LATER }).and.not.have.property('name');
    expect(withdrawn?.evses).to.have.nested.property('[0].status', 'REMOVED');
  });

  it('tells of a Location whose last EVSE is REMOVED', async () => {
    const partner = await providerOf(buildLocation());
    await test.cpo.patch(`${CPO_LOCATIONS}/LOC-1/EVSE-1`, { status: 'REMOVED', last_updated: LATER });
    await test.settled();
    expect(partner.received('locations', 'NL', 'TNM', 'LOC-1', 'EVSE-1')).to.include({ status: 'REMOVED' });
  });

  it('puts and deletes Tariffs; a partner that has none to delete is fine (TR-03)', async () => {
    const { partner } = await test.addProvider('nsp');
    test.startPusher();
    for (const id of ['T/1', 'T 2']) {
      await test.cpo.put(`${CPO_TARIFFS}/${encodeURIComponent(id)}`, buildTariff({ id }));
    }
    await test.settled();
    expect(partner.received('tariffs', 'NL', 'TNM', 'T/1')).to.deep.equal(buildTariff({ id: 'T/1' }));

    partner.override('DELETE', '/ocpi/2.2.1/receiver/tariffs/NL/TNM/T%202', { status: 404, body: 'gone' });
    for (const id of ['T/1', 'T 2']) await test.cpo.delete(`${CPO_TARIFFS}/${encodeURIComponent(id)}`);
    await test.settled();
    expect(partner.received('tariffs', 'NL', 'TNM', 'T/1')).to.equal(undefined);
    expect(await test.position('nsp', 'tariffs')).to.include({ taken: 4, refused: 0, failures: 0 });
  });

  it('puts a Tariff that was deleted and comes again', async () => {
    const { partner } = await test.addProvider('nsp');
    await test.cpo.put(`${CPO_TARIFFS}/TARIFF-1`, buildTariff());
    await test.cpo.delete(`${CPO_TARIFFS}/TARIFF-1`);
    await test.cpo.put(`${CPO_TARIFFS}/TARIFF-1`, buildTariff({ currency: 'CHF' }));
    test.startPusher();
    await test.settled();
    expect(partner.received('tariffs', 'NL', 'TNM', 'TARIFF-1')).to.include({ currency: 'CHF' });
    expect(summaries(partner.requests)).to.deep.equal(['PUT tariffs/NL/TNM/TARIFF-1']);
  });

  it('tells no partner what it said itself, and a mere CPO nothing', async () => {
    const modules = ['locations/SENDER', 'locations/RECEIVER'] as const;
    const hub = await test.addProvider('hub', { role: 'HUB', parties: ['NL-HUB', 'NL-ABC'], modules });
    const cpo = await test.addProvider('other cpo', { role: 'CPO', parties: ['NL-XYZ'], modules });
    test.startPusher();
    const { pipeline } = test.server.services;
    const speaker = { kind: 'connection', id: hub.connection.id } as const;
    const by = { speaker, name: 'hub', strictness: 'report', version: '2.2.1' } as const;
    await pipeline.putLocation(by, owner('NL-ABC'), 'LOC-1', buildLocation({ party_id: 'ABC' }));
    await test.cpo.put(`${CPO_LOCATIONS}/LOC-2`, buildLocation({ id: 'LOC-2' }));
    await test.settled();
    expect(summaries(hub.partner.requests)).to.deep.equal(['PUT locations/NL/TNM/LOC-2']);
    expect(cpo.partner.requests).to.deep.equal([]);
  });

  it('speaks 2.1.1: ids that name the owner, below our own party, without routing headers (LS-14, RT-14)', async () => {
    const { partner } = await test.addProvider('nsp', { version: '2.1.1' });
    test.startPusher();
    await test.cpo.put(`${CPO_LOCATIONS}/LOC-1`, buildLocation());
    await test.cpo.put(`${CPO_TARIFFS}/TARIFF-1`, buildTariff());
    await test.settled();
    await test.cpo.patch(`${CPO_LOCATIONS}/LOC-1/EVSE-1`, { status: 'CHARGING', last_updated: LATER });
    await test.cpo.delete(`${CPO_TARIFFS}/TARIFF-1`);
    await test.settled();
    const called = partner.requests.map(
      ({ method, path }) => `${method} ${path.replace('/ocpi/2.1.1/receiver/', '')}`,
    );
    expect(called.sort()).to.deep.equal([
      'DELETE tariffs/DE/NAP/NLTNM-TARIFF-1',
      'PATCH locations/DE/NAP/NLTNM-LOC-1/EVSE-1',
      'PUT locations/DE/NAP/NLTNM-LOC-1',
      'PUT tariffs/DE/NAP/NLTNM-TARIFF-1',
    ]);
    expect(partner.received('locations', 'DE', 'NAP', 'NLTNM-LOC-1')).to.include({
      id: 'NLTNM-LOC-1',
      type: 'UNKNOWN',
    });
    for (const { headers } of partner.requests) expect(headers).not.to.have.property('ocpi-to-party-id');
  });

  it('begins with what changes after the registration', async () => {
    const { server } = test;
    await test.cpo.put(`${CPO_LOCATIONS}/OLD`, buildLocation({ id: 'OLD' }));
    // As if it had been long ago: the clocks of machines may differ by a minute.
    await server.database.knex('change').update({ changed_at: new Date('2020-01-01T00:00:00Z') });
    const { partner } = await test.addProvider('nsp');
    await test.cpo.put(`${CPO_LOCATIONS}/NEW`, buildLocation({ id: 'NEW' }));
    test.startPusher();
    await test.settled();
    expect(summaries(partner.requests)).to.deep.equal(['PUT locations/NL/TNM/NEW']);
  });

  it('forgets a partner that is removed, and takes on one that comes in its place', async () => {
    const { partner, connection } = await test.addProvider('nsp');
    test.startPusher();
    await test.cpo.put(`${CPO_LOCATIONS}/LOC-1`, buildLocation());
    await test.settled();
    await test.server.services.connections.remove(connection.id);
    const second = await test.addProvider('nsp');
    await until(async () => (await test.server.services.pushPositions.list()).length > 0);
    await test.cpo.put(`${CPO_LOCATIONS}/LOC-2`, buildLocation({ id: 'LOC-2' }));
    await until(() => second.partner.received('locations', 'NL', 'TNM', 'LOC-2') !== undefined);
    expect(partner.received('locations', 'NL', 'TNM', 'LOC-2')).to.equal(undefined);
  });

  it('is woken by the writer of its own process, without looking', async () => {
    const { partner } = await test.addProvider('nsp');
    const { pusher } = test.server.services;
    pusher.start();
    await until(async () => (await test.server.services.pushPositions.list()).length > 0);
    await test.cpo.put(`${CPO_LOCATIONS}/LOC-1`, buildLocation());
    await until(() => partner.received('locations', 'NL', 'TNM', 'LOC-1') !== undefined);
    await pusher.stop();
    expect(await test.position('nsp')).to.include({ taken: 1, behind: 0 });
  });
});
