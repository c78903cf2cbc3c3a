import { expect } from 'chai';
import { buildLocation } from '../../../support/builders.ts';
import { OcpiClient } from '../../../support/ocpi-client.ts';
import { CPO_LOCATIONS, type Provider, type PushTest, startPushTest, until } from '../../../support/push.ts';
import type { OverrideAnswer } from '../../../support/recording-partner.ts';

const HOUR_MS = 60 * 60_000;

/** The n-th second of a day. */
const at = (second: number) => new Date(Date.UTC(2026, 5, 2, 0, 0, second)).toISOString();

describe('a push that fails', () => {
  let test: PushTest;
  let ahead: number;
  const clock = () => new Date(Date.now() + ahead);

  beforeEach(async () => {
    ahead = 0;
    test = await startPushTest();
  });
  afterEach(() => test.stop());

  const put = (id: string, more: object = {}) =>
    test.cpo.put(`${CPO_LOCATIONS}/${id}`, buildLocation({ id, ...more }));
  const failing = (name: string) => until(async () => (await test.position(name)).failingSince !== null);
  const down = ({ partner }: Provider) => partner.override('*', '/', { delivery: 'reset' });
  const refusing = (status_code: number, status_message: string): OverrideAnswer => ({
    body: { status_code, status_message, timestamp: at(0) },
  });

  it('is not replayed: a partner that answers again gets the present state once (RT-11)', async () => {
    const provider = await test.addProvider('nsp');
    const { partner } = provider;
    // Long enough that the partner comes back between two rounds.
    test.startPusher({ pace: { retryDelay: () => 1_000 } });
    await put('LOC-1');
    await test.settled();
    const comeBack = down(provider);
    for (const second of [1, 2, 3, 4, 5]) {
      const status = second % 2 === 0 ? 'AVAILABLE' : 'CHARGING';
      await test.cpo.patch(`${CPO_LOCATIONS}/LOC-1/EVSE-1`, { status, last_updated: at(second) });
    }
    await put('LOC-2', { name: 'first' });
    await put('LOC-2', { name: 'second', last_updated: at(6) });
    await failing('nsp');
    partner.clear();
    comeBack();
    await test.settled();
    const answered = partner.requests.filter(({ status }) => status === 200 || status === 201);
    expect(
      answered.map(({ method, path }) => `${method} ${path.split('/').slice(7).join('/')}`).sort(),
    ).to.deep.equal(['PATCH LOC-1/EVSE-1', 'PUT LOC-2']);
    expect(partner.received('locations', 'NL', 'TNM', 'LOC-1', 'EVSE-1')).to.include({ status: 'CHARGING' });
    expect(partner.received('locations', 'NL', 'TNM', 'LOC-2')).to.include({ name: 'second' });
    expect(await test.position('nsp')).to.include({ failingSince: null, resync: null, behind: 0 });
  });

  it('marks a partner for resync after an hour, and goes on with what changes from then (RT-11, PC-13)', async () => {
    const provider = await test.addProvider('nsp');
    test.startPusher({ clock });
    const comeBack = down(provider);
    await put('MISSED');
    await failing('nsp');
    ahead = HOUR_MS;
    await until(async () => (await test.position('nsp')).resync !== null);
    const { resync, behind } = await test.position('nsp');
    expect(behind).to.equal(0);
    const { push } = await test.server.services.admin.showConnection('nsp');
    const view = push?.find(({ module }) => module === 'locations');
    expect(view).to.include({ state: 'resync', behind: 0, taken: 0 });
    expect(resync?.reason).to.contain('failed since').and.contain('last with:');
    comeBack();
    await put('AFTERWARDS');
    await until(() => provider.partner.received('locations', 'NL', 'TNM', 'AFTERWARDS') !== undefined);
    expect(provider.partner.received('locations', 'NL', 'TNM', 'MISSED')).to.equal(undefined);
    expect(test.server.log.filter(({ level }) => level === 'error')).to.deep.equal([]);
  });

  it('takes the mark away when the partner has read a list that covers what it missed', async () => {
    const provider = await test.addProvider('nsp');
    const pusher = test.startPusher({ clock });
    down(provider);
    await put('MISSED');
    await failing('nsp');
    ahead = HOUR_MS;
    await until(async () => (await test.position('nsp')).resync !== null);
    await pusher.stop();
    const missedSince = (await test.position('nsp')).resync?.missedSince as Date;
    const client = new OcpiClient(test.server.url, 'token of nsp');
    const list = (query: string) => client.get(`/ocpi/2.2.1/sender/locations?${query}`);
    await put('ANOTHER');
    const tooLate = new Date(missedSince.getTime() + 1).toISOString();
    await list(`date_from=${tooLate}`);
    await list('limit=1');
    expect((await test.position('nsp')).resync).not.to.equal(null);
    await list(`date_from=${missedSince.toISOString()}`);
    expect((await test.position('nsp')).resync).to.equal(null);
  });

  it('counts what a partner refuses, keeps its words, and goes on', async () => {
    const { partner } = await test.addProvider('nsp');
    partner.override('PUT', '/ocpi/2.2.1/receiver/locations/NL/TNM/BAD', refusing(2001, 'we do not like it'));
    test.startPusher();
    for (const id of ['A', 'BAD', 'B']) await put(id);
    await test.settled();
    expect(partner.received('locations', 'NL', 'TNM', 'B')).to.include({ id: 'B' });
    const position = await test.position('nsp');
    expect(position).to.include({ taken: 2, refused: 1, failures: 0, failingSince: null });
    expect(position.lastRefusal).to.contain('NL/TNM/bad').and.contain('2001: we do not like it');
    expect(test.server.log.filter(({ level }) => level === 'error')).to.deep.equal([]);
  });

  const FAULTS: Record<string, OverrideAnswer> = {
    'a page of HTML': { headers: { 'Content-Type': 'text/html' }, body: '<html>Please log in</html>' },
    'JSON that is no envelope': { body: [] },
    'HTTP 500': { status: 500, body: 'oops' },
    'OCPI status 3000': refusing(3000, 'database down'),
    'OCPI status 4002': refusing(4002, 'the far end timed out'),
    'HTTP 403': { status: 403, body: '' },
    'HTTP 404 without an envelope': { status: 404, body: 'nothing here' },
    'an endless answer': { delivery: 'endless', ceiling: 4 * 1024 * 1024 },
  };

  for (const [name, answer] of Object.entries(FAULTS)) {
    it(`keeps the position of a partner that answers with ${name}`, async () => {
      const { partner } = await test.addProvider('nsp');
      const mend = partner.override('PUT', '/', answer);
      test.startPusher();
      await put('LOC-1');
      await failing('nsp');
      expect(await test.position('nsp')).to.include({ taken: 0, refused: 0, behind: 1 });
      mend();
      await test.settled();
      expect(partner.received('locations', 'NL', 'TNM', 'LOC-1')).to.include({ id: 'LOC-1' });
      expect(test.server.log.filter(({ level }) => level === 'error')).to.deep.equal([]);
    });
  }

  it('rests when the partner refuses our token, and goes on once a person has acted (PC-10)', async () => {
    const { partner } = await test.addProvider('nsp');
    const { connections } = test.server.services;
    const seen = async () => {
      const connection = await connections.findByName('nsp');
      return { isBroken: connection?.brokenAt !== null, error: connection?.lastError ?? '' };
    };
    const undo = partner.override('PUT', '/', { status: 401 });
    test.startPusher();
    await put('LOC-1');
    await until(async () => (await seen()).isBroken);
    expect((await seen()).error)
      .to.contain('push: ')
      .and.contain('401');
    const { knex } = test.server.database;
    await until(async () => (await knex('push_position').whereNotNull('claim')).length === 0);
    const asked = partner.requests.length;
    await put('LOC-2');
    undo();
    expect(partner.requests).to.have.length(asked);
    await test.server.services.admin.setConnection('nsp', { token_form: 'raw' });
    await test.settled();
    for (const id of ['LOC-1', 'LOC-2']) {
      expect(partner.received('locations', 'NL', 'TNM', id)).to.include({ id });
    }
  });

  it('takes 204 for done', async () => {
    const { partner } = await test.addProvider('nsp');
    partner.override('PUT', '/', { status: 204 });
    test.startPusher();
    await put('LOC-1');
    await test.settled();
    expect(await test.position('nsp')).to.include({ taken: 1, failures: 0 });
  });

  it('passes over an object on which a partner breaks while it takes others', async () => {
    const { partner } = await test.addProvider('nsp');
    partner.override('PUT', '/ocpi/2.2.1/receiver/locations/NL/TNM/BREAKS', {
      status: 500,
      body: 'null pointer',
    });
    test.startPusher();
    for (const id of ['BREAKS', 'A', 'B', 'C', 'D', 'E', 'F']) await put(id);
    await test.settled();
    for (const id of ['A', 'F']) expect(partner.received('locations', 'NL', 'TNM', id)).to.include({ id });
    const position = await test.position('nsp');
    expect(position.refused).to.equal(1);
    expect(position.lastRefusal).to.contain('NL/TNM/breaks').and.contain('HTTP 500');
  });

  it('comes again when the partner asked it to', async () => {
    const asked: (number | null)[] = [];
    const retryDelay = (_failures: number, retryAfter: number | null) => {
      asked.push(retryAfter);
      return 20;
    };
    const { partner } = await test.addProvider('nsp');
    const mend = partner.override('PUT', '/', { status: 503, headers: { 'Retry-After': '7' } });
    test.startPusher({ pace: { retryDelay } });
    await put('LOC-1');
    await failing('nsp');
    mend();
    await test.settled();
    expect(asked[0]).to.equal(7_000);
  });

  it('does not hold up one partner behind another that is slow or dead', async () => {
    const slow = await test.addProvider('slow');
    const dead = await test.addProvider('dead');
    const quick = await test.addProvider('quick');
    slow.partner.override('*', '/', { delivery: 'never' });
    down(dead);
    test.startPusher();
    for (let number = 1; number <= 20; number++) await put(`LOC-${number}`);
    await until(() => quick.partner.received('locations', 'NL', 'TNM', 'LOC-20') !== undefined);
    expect(slow.partner.requests.length).to.be.at.most(4);
    expect((await test.position('slow')).taken).to.equal(0);
  });

  it('keeps the states of an object in order, one request at a time', async () => {
    const { partner } = await test.addProvider('nsp');
    let inFlight = 0;
    let most = 0;
    partner.override('*', '/', async () => {
      most = Math.max(most, ++inFlight);
      await new Promise((resolve) => setTimeout(resolve, 15));
      inFlight--;
      return undefined;
    });
    test.startPusher();
    await put('LOC-1');
    for (let second = 1; second <= 30; second++) {
      const body = { name: `name ${second}`, last_updated: at(second) };
      await test.cpo.patch(`${CPO_LOCATIONS}/LOC-1`, body);
    }
    await test.settled();
    const times = partner.requests.map(({ json }) => json.last_updated as string);
    expect(times).to.deep.equal([...times].sort());
    expect(times.at(-1)).to.equal(at(30));
    expect(most).to.equal(1);
  });
});
