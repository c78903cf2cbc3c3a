import { expect } from 'chai';
import { PAGE_LIMIT } from '../../../../server/ocpi/protocol/paging.ts';
import { buildConnector, buildEvse, buildLocation, buildTariff } from '../../../support/builders.ts';
import {
  authorization,
  type Data,
  type OcpiClient,
  type OcpiResponse,
} from '../../../support/ocpi-client.ts';
import { startTestServer, type TestServer } from '../../../support/server.ts';

const LOCATIONS = '/ocpi/2.2.1/sender/locations';
const TARIFFS = '/ocpi/2.2.1/sender/tariffs';
const RECEIVER = '/ocpi/2.2.1/receiver';

describe('server/ocpi/sender-list', () => {
  let server: TestServer;
  let cpo: OcpiClient;
  let provider: OcpiClient;
  let literal: OcpiClient;
  let before5: Date;

  before(async () => {
    server = await startTestServer();
    cpo = (await server.addConnection('cpo', { parties: ['NL-TNM'] })).client;
    provider = (await server.addConnection('provider', { role: 'NSP', parties: ['NL-NAV'] })).client;
    literal = (await server.addConnection('literal', { role: 'NSP', clock: 'object' })).client;
    for (const number of [1, 2, 3, 4, 5]) {
      if (number === 5) before5 = await databaseTime();
      await putLocation(`L${number}`, { last_updated: `2026-06-0${number}T12:00:00Z` });
      const tariff = buildTariff({ id: `T${number}`, last_updated: `2026-06-0${number}T12:00:00Z` });
      await cpo.put(`${RECEIVER}/tariffs/NL/TNM/T${number}`, tariff);
    }
    await putLocation('HIDDEN', { publish: false });
  });
  after(() => server.stop());

  async function putLocation(id: string, overrides = {}): Promise<void> {
    const response = await cpo.put(`${RECEIVER}/locations/NL/TNM/${id}`, buildLocation({ id, ...overrides }));
    expect(response.body.status_code, response.text).to.equal(1000);
  }

  async function databaseTime(): Promise<Date> {
    await new Promise((resolve) => setTimeout(resolve, 5));
    const { rows } = await server.database.knex.raw('select now() as now');
    return rows[0].now;
  }

  const ids = ({ body }: OcpiResponse): string[] => body.data.map(({ id }: { id: string }) => id);
  const codes = ({ status, body }: OcpiResponse) => [status, body.status_code];

  /** Follows Link to the end. */
  async function crawl(
    client: OcpiClient,
    path: string,
    meanwhile?: () => Promise<void>,
  ): Promise<OcpiResponse[]> {
    const pages: OcpiResponse[] = [];
    for (let next: string | undefined = path; next; ) {
      const page: OcpiResponse = await client.get(next);
      expect(page.body.status_code, page.text.slice(0, 300)).to.equal(1000);
      pages.push(page);
      const link = page.headers.link;
      const url = link ? /^<([^>]+)>; rel="next"$/.exec(link)?.[1] : undefined;
      expect(link === undefined || url?.startsWith(`${server.url}${path.split('?')[0]}?`)).to.equal(true);
      next = url?.slice(server.url.length);
      await meanwhile?.();
    }
    return pages;
  }

  for (const [module, path, prefix] of [
    ['LS', LOCATIONS, 'L'],
    ['TS-01, LS', TARIFFS, 'T'],
    ['LS', '/ocpi/2.3.0/sender/locations', 'L'],
    ['TS-01, LS', '/ocpi/2.3.0/sender/tariffs', 'T'],
    ['LS', '/ocpi/cpo/2.1.1/locations', 'NLTNM-L'],
    ['TS-01, LS', '/ocpi/cpo/2.1.1/tariffs', 'NLTNM-T'],
  ] as const) {
    const isOld = path.includes('2.1.1');
    const all = [1, 2, 3, 4, 5].map((number) => `${prefix}${number}`);

    it(`${module}-05, LS-06, LS-08: a crawl brings every object once, in the order of creation (${path})`, async () => {
      const pages = await crawl(provider, `${path}?limit=2`);
      expect(pages.map((page) => ids(page).length)).to.deep.equal([2, 2, 1]);
      expect(pages.flatMap(ids)).to.deep.equal(all);
      for (const { headers } of pages) expect(headers['x-total-count']).to.equal('5');
    });

    it(`${module}-04, LS-05: a client that computes its own offset gets the same (${path})`, async () => {
      expect(ids(await provider.get(`${path}?offset=3&limit=1`))).to.deep.equal([`${prefix}4`]);
      const last = await provider.get(`${path}?offset=3&limit=2`);
      expect(ids(last)).to.deep.equal([`${prefix}4`, `${prefix}5`]);
      expect(last.headers.link).to.equal(undefined);
    });

    it(`${module}-07: X-Limit is the largest ${isOld ? 'this page could be' : 'page, whatever was asked for'} (${path})`, async () => {
      for (const limit of [undefined, 1, PAGE_LIMIT * 2]) {
        const { headers } = await provider.get(limit === undefined ? path : `${path}?limit=${limit}`);
        const effective = Math.min(limit ?? PAGE_LIMIT, PAGE_LIMIT);
        expect(headers['x-limit']).to.equal(String(isOld ? effective : PAGE_LIMIT));
      }
    });

    it(`${module}-09: an offset past the end is [] without a Link; dates the wrong way round are [] (${path})`, async () => {
      for (const query of [
        'offset=5',
        'offset=999999999',
        'date_from=2026-07-01T00:00:00Z&date_to=2026-01-01T00:00:00Z',
      ]) {
        const page = await provider.get(`${path}?${query}`);
        expect([codes(page), page.body.data]).to.deep.equal([[200, 1000], []]);
        expect(page.headers.link).to.equal(undefined);
      }
    });

    it(`${module}-09, LS-10: bad parameters are 2001 (${path})`, async () => {
      for (const query of [
        'limit=0',
        'limit=ten',
        'offset=-1',
        'date_from=2026-06-01T00:00:00+00:00',
        'date_to=x',
      ]) {
        expect(codes(await provider.get(`${path}?${query}`)), query).to.deep.equal([200, 2001]);
      }
    });

    it(`${module}-01, LS-02: date_from is inclusive and date_to exclusive, by the object clock (${path})`, async () => {
      const query = 'date_from=2026-06-02T12:00:00Z&date_to=2026-06-04T12:00:00Z';
      const page = await literal.get(`${path}?${query}`);
      expect(ids(page)).to.deep.equal([`${prefix}2`, `${prefix}3`]);
      expect(page.headers['x-total-count']).to.equal('2');
      const at = (moment: string, name: string) => literal.get(`${path}?${name}=2026-06-05T${moment}Z`);
      for (const [moment, isFrom] of [
        ['11:59:59.999', true],
        ['12:00:00.000', true],
        ['12:00:00.001', false],
      ] as const) {
        expect(ids(await at(moment, 'date_from')), moment).to.deep.equal(isFrom ? [`${prefix}5`] : []);
        const before = ids(await at(moment, 'date_to'));
        expect(before, moment).to.have.length(moment === '12:00:00.001' ? 5 : 4);
      }
    });

    it(`${module}-01, D-1: by the registry clock a date selects on when it got here, served with its own time (${path})`, async () => {
      const page = await provider.get(`${path}?date_from=${before5.toISOString()}`);
      expect(ids(page).filter((id) => id !== 'HIDDEN')).to.deep.equal([`${prefix}5`]);
      expect(page.body.data[0].last_updated).to.equal('2026-06-05T12:00:00Z');
    });

    it(`${module}-01, D-1: an object that got here a day after its last_updated is in the next incremental pull (${path})`, async () => {
      const known = await provider.get(path);
      const lastPull = await databaseTime();
      const dayBefore = new Date(lastPull.getTime() - 86_400_000).toISOString();
      const late = 'LATE';
      await (path.includes('tariffs')
        ? cpo.put(`${RECEIVER}/tariffs/NL/TNM/${late}`, buildTariff({ id: late, last_updated: dayBefore }))
        : putLocation(late, { last_updated: dayBefore }));
      const since = `date_from=${lastPull.toISOString()}`;
      const page = await provider.get(`${path}?${since}`);
      expect(ids(page)).to.deep.equal([isOld ? `NLTNM-${late}` : late]);
      expect(page.body.data[0].last_updated.slice(0, 19)).to.equal(dayBefore.slice(0, 19));
      // The letter of the specification passes it over.
      expect(ids(await literal.get(`${path}?${since}`))).to.deep.equal([]);
      await (path.includes('tariffs')
        ? cpo.delete(`${RECEIVER}/tariffs/NL/TNM/${late}`)
        : server.database.knex('location').where({ location_id: late }).delete());
      expect(ids(await provider.get(path))).to.deep.equal(ids(known));
    });

    it(`${module}-15: the Sender is read only (${path})`, async () => {
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        const response = await provider.send(method, path, { body: {} });
        expect([...codes(response), response.headers.allow]).to.deep.equal([405, 2000, 'GET, HEAD, OPTIONS']);
      }
    });

    it(`ENV-22: a slash before the query makes no difference (${path})`, async () => {
      const pages = await crawl(provider, `${path}/?limit=3`.replace('/?', '?'));
      expect(ids(await provider.get(`${path}/?limit=3`))).to.deep.equal(pages.flatMap(ids).slice(0, 3));
    });

    it(`HEAD gives the headers of a page without it (${path})`, async () => {
      const { status, headers, text } = await provider.send('HEAD', `${path}?limit=2`);
      expect([status, text, headers['x-total-count']]).to.deep.equal([200, '', '5']);
      expect(headers.link).to.contain('rel="next"');
    });
  }

  it('LS-05: a crawl misses and repeats nothing while objects change and come', async () => {
    let round = 0;
    const pages = await crawl(provider, `${LOCATIONS}?limit=1`, async () => {
      round += 1;
      if (round > 3) return;
      const last_updated = `2026-07-0${round}T12:00:00Z`;
      await cpo.patch(`${RECEIVER}/locations/NL/TNM/L1`, { name: `Round ${round}`, last_updated });
      await putLocation(`NEW${round}`);
    });
    expect(pages.flatMap(ids)).to.deep.equal(['L1', 'L2', 'L3', 'L4', 'L5', 'NEW1', 'NEW2', 'NEW3']);
  });

  it('LS-03: a change of a connector brings the whole Location in the next incremental pull', async () => {
    const since = await databaseTime();
    const change = { max_amperage: 63, last_updated: '2026-07-01T12:00:00Z' };
    await cpo.patch(`${RECEIVER}/locations/NL/TNM/L3/EVSE-1/1`, change);
    const page = await provider.get(`${LOCATIONS}?date_from=${since.toISOString()}`);
    expect(ids(page)).to.deep.equal(['L3']);
    expect(page.body.data[0].evses[0].connectors[0].max_amperage).to.equal(63);
  });

  it('LS-16: a Tariff that a connector names is in the list, until its owner deletes it', async () => {
    const evses = [buildEvse({ connectors: [buildConnector({ tariff_ids: ['T2', 'GONE'] })] })];
    await putLocation('PRICED', { evses });
    await cpo.put(`${RECEIVER}/tariffs/NL/TNM/GONE`, buildTariff({ id: 'GONE' }));
    const named = (await provider.get(`${LOCATIONS}/PRICED`)).body.data.evses[0].connectors[0].tariff_ids;
    expect(ids(await provider.get(TARIFFS))).to.include.members(named);
    await cpo.delete(`${RECEIVER}/tariffs/NL/TNM/GONE`);
    expect(ids(await provider.get(TARIFFS)))
      .to.include('T2')
      .and.not.include('GONE');
  });

  it('LS-18: a Location whose last EVSE is removed is in a list by date, as REMOVED, and in no other', async () => {
    await putLocation('CLOSED');
    expect(ids(await provider.get(LOCATIONS))).to.include('CLOSED');
    const since = await databaseTime();
    const removed = { status: 'REMOVED', last_updated: '2026-07-02T12:00:00Z' };
    await cpo.patch(`${RECEIVER}/locations/NL/TNM/CLOSED/EVSE-1`, removed);
    const page = await provider.get(`${LOCATIONS}?date_from=${since.toISOString()}`);
    expect(ids(page)).to.deep.equal(['CLOSED']);
    expect(page.body.data[0].evses).to.have.length(1);
    expect(page.body.data[0].evses[0].status).to.equal('REMOVED');
    const whole = await provider.get(LOCATIONS);
    expect(ids(whole)).not.to.include('CLOSED');
    expect(whole.headers['x-total-count']).to.equal(String(ids(whole).length));
  });

  it('LS-20: what is not published is in no list and no object, for anybody', async () => {
    for (const client of [provider, literal, cpo]) {
      expect(ids(await client.get(LOCATIONS))).not.to.include('HIDDEN');
      expect(ids(await client.get(`${LOCATIONS}?date_from=2020-01-01T00:00:00Z`))).not.to.include('HIDDEN');
      expect(codes(await client.get(`${LOCATIONS}/HIDDEN`))).to.deep.equal([404, 2003]);
    }
  });

  it('LS-17, RT-10: objects keep their owner and their owner’s times', async () => {
    const [first] = (await provider.get(`${LOCATIONS}?limit=1&offset=1`)).body.data;
    expect(first).to.deep.include(buildLocation({ id: 'L2', last_updated: '2026-06-02T12:00:00Z' }));
  });

  it('LS-21: a page is compressed for who takes gzip', async () => {
    const plain = await provider.get(LOCATIONS);
    expect(plain.headers['content-encoding']).to.equal(undefined);
    const response = await fetch(`${server.url}${LOCATIONS}`, {
      headers: { Authorization: authorization('nobody'), 'Accept-Encoding': 'gzip' },
    });
    expect(response.headers.get('content-encoding'), 'a small answer stays plain').to.equal(null);
    const zipped = await provider.get(LOCATIONS, { 'Accept-Encoding': 'gzip' });
    expect(zipped.headers).to.include({ 'content-encoding': 'gzip', 'content-type': 'application/json' });
    expect(zipped.headers.vary).to.equal('Accept-Encoding');
    expect(Number(zipped.headers['content-length'])).to.be.below(plain.text.length);
  });

  it('D-1: a page that was asked for before is what the registry holds when it is asked for again', async () => {
    const path = `${LOCATIONS}?limit=3&offset=1`;
    const page = async () => {
      const { body, headers } = await provider.get(path);
      return { ...body, timestamp: '', total: headers['x-total-count'], link: headers.link };
    };
    const first = await page();
    for (const time of ['second', 'third']) expect(await page(), time).to.deep.equal(first);
    const again = async (name: string, change: () => Promise<unknown>) => {
      const former = await page();
      await change();
      const now = await page();
      expect(now, name).to.not.deep.equal(former);
      // Asked for in other words it comes from nowhere but the registry.
      const { body, headers } = await provider.get(`${LOCATIONS}?limit=4&offset=1`);
      expect(now.data, name).to.deep.equal(body.data.slice(0, 3));
      expect(now.total, name).to.equal(headers['x-total-count']);
    };
    const id = first.data[1].id as string;
    const later = (day: number) => ({ last_updated: `2027-01-0${day}T12:00:00Z` });
    await again('a new Location', () => putLocation('LAST'));
    await again('a heartbeat', () => putLocation(id, later(1)));
    await again('another name', () => putLocation(id, { ...later(2), name: 'Changed' }));
    await again('not published', () => putLocation(id, { ...later(3), publish: false }));
    await again('published again', () => putLocation(id, later(4)));
    await again('written by another process', () =>
      server.database.knex.raw(
        `update location set document = replace(document, 'NL', 'BE') where location_id = ?`,
        [id],
      ),
    );
  });

  it('a tampered position is 2001', async () => {
    const { headers } = await provider.get(`${LOCATIONS}?limit=1`);
    const next = /<([^>]+)>/.exec(headers.link ?? '')?.[1]?.slice(server.url.length) ?? '';
    expect(codes(await provider.get(next))).to.deep.equal([200, 1000]);
    expect(codes(await provider.get(next.replace(/.$/, '!')))).to.deep.equal([200, 2001]);
    expect(codes(await provider.get(next.replace(LOCATIONS, TARIFFS)))).to.deep.equal([200, 2001]);
  });
});

describe('server/ocpi/sender-locations', () => {
  let server: TestServer;
  let provider: OcpiClient;

  before(async () => {
    server = await startTestServer();
    provider = (await server.addConnection('provider', { role: 'NSP', parties: ['NL-NAV'] })).client;
    for (const party of ['ONE', 'TWO']) {
      const { client } = await server.addConnection(party, { parties: [`NL-${party}`] });
      const own = (id: string, evses: unknown[]) =>
        client.put(`${RECEIVER}/locations/NL/${party}/${id}`, buildLocation({ party_id: party, id, evses }));
      await own('SHARED', [buildEvse({ uid: 'E1' }), buildEvse({ uid: `ONLY-${party}` })]);
      const connectors = [buildConnector({ id: '1' }), buildConnector({ id: '2', max_amperage: 63 })];
      await own(`OF-${party}`, [buildEvse({ uid: 'E/1', connectors })]);
    }
  });
  after(() => server.stop());

  const codes = ({ status, body }: OcpiResponse) => [status, body.status_code];

  it('LS-12: a Location, an EVSE and a Connector are read by id, in any case of letters', async () => {
    const whole: Data = (await provider.get(`${LOCATIONS}/of-one`)).body.data;
    expect(whole).to.include({ id: 'OF-ONE', party_id: 'ONE' });
    expect((await provider.get(`${LOCATIONS}/OF-ONE/e%2F1`)).body.data).to.deep.equal(whole.evses[0]);
    expect((await provider.get(`${LOCATIONS}/OF-ONE/E%2F1/2/`)).body.data.max_amperage).to.equal(63);
  });

  it('LS-12, E5: what is unknown is 404 with 2003, at every level', async () => {
    for (const path of ['unknown', 'OF-ONE/unknown', 'OF-ONE/E%2F1/unknown', 'OF-ONE/E/1']) {
      expect(codes(await provider.get(`${LOCATIONS}/${path}`)), path).to.deep.equal([404, 2003]);
    }
  });

  it('LS-13: an id of two owners is 2002 with the candidates', async () => {
    const response = await provider.get(`${LOCATIONS}/SHARED/E1`);
    expect(codes(response)).to.deep.equal([200, 2002]);
    expect(response.body.data).to.deep.equal([
      { country_code: 'NL', party_id: 'ONE', id: 'SHARED' },
      { country_code: 'NL', party_id: 'TWO', id: 'SHARED' },
    ]);
  });

  it('LS-13: it is found when only one has the part, when the query names the owner, or when the headers do', async () => {
    expect((await provider.get(`${LOCATIONS}/SHARED/ONLY-TWO`)).body.data.uid).to.equal('ONLY-TWO');
    const byQuery = await provider.get(`${LOCATIONS}/SHARED?country_code=nl&party_id=two`);
    expect(byQuery.body.data.party_id).to.equal('TWO');
    const byHeaders = await provider.get(`${LOCATIONS}/SHARED`, {
      'OCPI-to-country-code': 'NL',
      'OCPI-to-party-id': 'ONE',
    });
    expect(byHeaders.body.data.party_id).to.equal('ONE');
  });

  it('LS-13: half an owner in the query, or one that is none, is 2001', async () => {
    for (const query of [
      'country_code=NL',
      'party_id=ONE',
      'country_code=NLD&party_id=ONE',
      'country_code=NL&party_id=',
    ]) {
      expect(codes(await provider.get(`${LOCATIONS}/SHARED?${query}`)), query).to.deep.equal([200, 2001]);
    }
  });

  it('LS-15: objects are read only', async () => {
    for (const path of ['OF-ONE', 'OF-ONE/E%2F1', 'OF-ONE/E%2F1/1']) {
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        expect((await provider.send(method, `${LOCATIONS}/${path}`, { body: {} })).status).to.equal(405);
      }
    }
  });

  it('TS-02: there is no single Tariff to read', async () => {
    expect(codes(await provider.get(`${TARIFFS}/T1`))).to.deep.equal([404, 2000]);
  });
});
