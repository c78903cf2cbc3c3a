import { expect } from 'chai';
import { buildEvse, buildLocation, buildTariff } from '../../../support/builders.ts';
import { type OcpiClient, send } from '../../../support/ocpi-client.ts';
import { startTestServer, type TestServer } from '../../../support/server.ts';

const LINES = { Accept: 'application/x-ndjson' };

describe('a page of changes', () => {
  let server: TestServer;
  let cpo: OcpiClient;

  before(async () => {
    server = await startTestServer();
    ({ client: cpo } = await server.addConnection('cpo', { parties: ['NL-TNM'] }));
  });
  after(() => server.stop());
  beforeEach(() => server.database.knex('change').delete());

  const putLocation = (id: string, overrides = {}) =>
    cpo.put(`/ocpi/2.2.1/receiver/locations/NL/TNM/${id}`, buildLocation({ id, ...overrides }));
  const putTariff = (id: string, overrides = {}) =>
    cpo.put(
      `/ocpi/2.3.0/receiver/tariffs/NL/TNM/${id}`,
      buildTariff({ id, tax_included: 'NO', ...overrides }),
    );
  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    send(server.url, method, path, { headers });
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into any answer.
  const page = async (path: string): Promise<any> => (await get(path)).body;
  const headNow = async () => Number((await get('/changes')).headers['nap-sequence']);
  const facts = (changes: { kind: string; action: string; id: string }[]) =>
    changes.map(({ kind, action, id }) => `${kind} ${action} ${id}`);

  it('holds each object, to the letter, as it stands in its file', async () => {
    const since = await headNow();
    await putLocation('LOC-1', { name: '漢字 "quoted"' });
    await putTariff('T-1');
    await putTariff('UNSAYABLE', {
      tax_included: 'YES',
      elements: [{ price_components: [{ type: 'ENERGY', price: 1, step_size: 1 }] }],
    });
    await server.services.snapshots.build();
    const linesOf = async (name: string) => (await get(`/data/${name}`)).text.split(/,?\n/);
    const published = [...(await linesOf('locations.geojson')), ...(await linesOf('tariffs.ocpi.json'))];
    const { text } = await get(`/changes?since=${since}`, LINES);
    const lines = text.trimEnd().split('\n');
    expect(lines).to.have.length(3);
    for (const line of lines.filter((one) => !one.includes('UNSAYABLE'))) {
      const object = line.slice(line.indexOf('"object":') + '"object":'.length, -1);
      expect(published).to.include(object);
    }
    const changes = lines.map((line) => JSON.parse(line));
    expect(facts(changes)).to.have.members([
      'location upsert NL-TNM-LOC-1',
      'tariff upsert NL-TNM-T-1',
      'tariff delete NL-TNM-UNSAYABLE',
    ]);
    expect(changes.map(({ sequence }) => sequence)).to.deep.equal([1, 2, 3].map((n) => since + n));
    expect(Object.keys(changes[0])).to.deep.equal(['sequence', 'kind', 'action', 'id', 'object']);
  });

  it('says where to go on, also when nothing is new', async () => {
    const since = await headNow();
    for (const id of ['A', 'B', 'C']) await putLocation(id, { name: `${since}` });
    const first = await page(`/changes?since=${since}&limit=2`);
    expect(first).to.include({ sequence: since + 2, more: true });
    expect(first.changes).to.have.length(2);
    const second = await page(first.next.slice(server.url.length));
    expect(facts(second.changes)).to.deep.equal(['location upsert NL-TNM-C']);
    expect(second).to.include({ sequence: since + 3, more: false });
    const third = await page(second.next.slice(server.url.length));
    expect(third).to.deep.equal({ changes: [], next: second.next, sequence: since + 3, more: false });
    const answer = await get(`/changes?since=${since}&limit=2&kind=static`, LINES);
    expect(answer.headers).to.include({
      'nap-sequence': `${since + 2}`,
      'content-type': 'application/x-ndjson',
      'access-control-allow-origin': '*',
      'cache-control': 'public, max-age=1',
    });
    const next = new URL(/^<(.*)>; rel="next"$/.exec(answer.headers.link ?? '')?.[1] ?? '');
    expect(Object.fromEntries(next.searchParams)).to.include({ limit: '2', kind: 'static' });
  });

  it('tells a heartbeat of nobody, and a status as such', async () => {
    await putLocation('BEAT');
    const since = await headNow();
    const later = '2026-06-02T00:00:00Z';
    await putLocation('BEAT', { last_updated: later, evses: [buildEvse({ last_updated: later })] });
    expect((await page(`/changes?since=${since}`)).changes).to.deep.equal([]);
    await cpo.patch('/ocpi/2.2.1/receiver/locations/NL/TNM/BEAT/EVSE-1', {
      ...{ status: 'CHARGING', last_updated: '2026-06-03T00:00:00Z' },
    });
    const { changes } = await page(`/changes?since=${since}&kind=status`);
    expect(facts(changes)).to.deep.equal(['status upsert NL-TNM-BEAT']);
    expect((await page(`/changes?since=${since}&kind=tariff,location`)).changes).to.deep.equal([]);
  });

  it('never holds what is not public, and tells what is so no longer as gone, under the id it was known by', async () => {
    const since = await headNow();
    await putLocation('HIDDEN', { publish: false });
    await putLocation('SHOWN', { publish_allowed_to: [{ uid: 'SECRET', type: 'RFID' }] });
    await putLocation('shown', { name: 'otherwise' });
    await putLocation('LATER-HIDDEN');
    await putLocation('LATER-HIDDEN', { publish: false });
    const { text, body } = await get(`/changes?since=${since}`);
    expect(text).not.to.include('SECRET');
    // biome-ignore lint/suspicious/noExplicitAny: not an OCPI envelope.
    expect(facts((body as any).changes)).to.deep.equal([
      'location delete NL-TNM-SHOWN',
      'location upsert NL-TNM-shown',
      'location delete NL-TNM-LATER-HIDDEN',
    ]);
  });

  it('is refused with what to write instead', async () => {
    const faults: Record<string, string> = {
      'since=x y': 'since is "x y"; write the NAP-Sequence of a file',
      'since=': 'since is ""',
      'since=-1': 'since is "-1"',
      'since=1&since=2': 'since is given more than once; write it once',
      'limit=0': 'limit is "0"; write a whole number from 1 to 10000',
      'party=NLTNM': 'party has "NLTNM"; write NL-TNM',
      'party=': 'party has ""',
      'kind=prices': 'kind has "prices"; write location, static, status, tariff',
      'kind=constructor': 'kind has "constructor"',
      'bbox=1,2,3': 'bbox is "1,2,3"; write west,south,east,north in degrees',
      'bbox=1,2,3,x': 'bbox is',
      'bbox=1,53,3,52': 'bbox is',
      'bbox=181,2,3,4': 'bbox is',
      'bbox=,,,': 'bbox is',
      'offset=1': '"offset" is not known here; write since, limit, party, bbox, kind',
    };
    for (const [query, detail] of Object.entries(faults)) {
      const { status, text } = await get(`/changes?${encodeURI(query)}`);
      expect(status, query).to.equal(400);
      expect(JSON.parse(text).detail, query).to.include(detail);
    }
    expect(server.log.filter(({ level }) => level === 'warn' || level === 'error')).to.deep.equal([]);
  });

  it('is not there for a position that cannot be gone on from: 410 says what to do', async () => {
    const head = await headNow();
    for (const since of [0, head + 5]) {
      const { status, text } = await get(`/changes?since=${since}`);
      expect(status).to.equal(410);
      expect(JSON.parse(text).detail).to.include('download a file again and follow from its NAP-Sequence');
    }
    expect((await get(`/changes?since=${head}`)).status).to.equal(200);
  });

  it('is of the present when the reader lags behind the file that the position is from', async () => {
    await putLocation('LAG');
    const { database, services } = server;
    const head = await headNow();
    // A replica that has not got so far.
    const lagging = new Proxy(database.readKnex, {
      get: (knex, name) =>
        name === 'raw'
          ? (sql: string, bindings: object) =>
              knex.raw(
                sql.replaceAll('journal_head.sequence', '(journal_head.sequence - 1)'),
                bindings as never,
              )
          : Reflect.get(knex, name),
    });
    const { createChangeFeed } = await import('../../../../server/open-data/changes/feed.ts');
    const feed = createChangeFeed({
      database: { knex: database.knex, readKnex: lagging },
      logger: services.logger,
    });
    const filter = { parties: null, kinds: null, box: null };
    const wish = { filter, objects: 1, bytes: 1 };
    expect(await feed.page({ ...wish, after: head })).to.deep.equal({ changes: [], upTo: head, head });
    expect(await feed.page({ ...wish, after: head + 1 }).catch(({ name }) => name)).to.equal(
      'PositionGoneError',
    );
    await feed.close();
  });

  it('is made once for all who ask at once, and anew when something has changed', async () => {
    const since = await headNow();
    await putLocation('ONCE', { name: `${since}` });
    let queries = 0;
    const count = () => (queries += 1);
    server.database.knex.on('query', count);
    const asked = await Promise.all(Array.from({ length: 20 }, () => page(`/changes?since=${since}`)));
    server.database.knex.off('query', count);
    expect(queries).to.equal(1);
    for (const { changes } of asked) expect(changes).to.have.length(1);
    await putLocation('ONCE', { name: 'another' });
    expect((await page(`/changes?since=${since}`)).changes[0].object.properties.name).to.equal('another');
  });

  it('is read only, from any origin, packed, and answers HEAD', async () => {
    await putLocation('BIG', { evses: ['1', '2', '3', '4'].map((uid) => buildEvse({ uid })) });
    const since = (await headNow()) - 1;
    const head = await get(`/changes?since=${since}`, {}, 'HEAD');
    expect([head.status, head.text]).to.deep.equal([200, '']);
    expect(head.headers).to.include({ 'nap-sequence': `${since + 1}` });
    expect((await get('/changes', {}, 'POST')).status).to.equal(405);
    const packed = await get(`/changes?since=${since}`, { 'Accept-Encoding': 'gzip' });
    expect(packed.headers).to.include({ 'content-encoding': 'gzip' });
    const preflight = await get(
      '/changes',
      { Origin: 'https://a.example', 'Access-Control-Request-Method': 'GET' },
      'OPTIONS',
    );
    expect(preflight.headers['access-control-allow-headers']).to.include('Last-Event-ID');
    expect((await get('/changes', { Accept: 'text/csv' })).status).to.equal(406);
  });
});
