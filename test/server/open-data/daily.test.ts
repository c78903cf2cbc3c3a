import { expect } from 'chai';
import { buildLocation } from '../../support/builders.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

describe('files of the days before', () => {
  let server: TestServer;
  let now = new Date('2026-06-03T09:00:00Z');

  before(async () => {
    server = await startTestServer({ clock: () => now });
    const partner = await server.addConnection('cpo', { parties: ['NL-TNM'] });
    const put = (name: string) =>
      partner.client.put('/ocpi/2.2.1/receiver/locations/NL/TNM/A', buildLocation({ id: 'A', name }));
    await put('as it was');
    await server.services.snapshots.buildIfChanged();
    now = new Date('2026-06-04T09:00:00Z');
    await put('as it is');
    await server.services.snapshots.buildIfChanged();
  });
  after(() => server.stop());

  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    fetch(`${server.url}/data/daily${path}`, { headers, method });

  it('are listed with all that is known of them, and where they are', async () => {
    const answer = await get('');
    const { kept_days, days } = (await answer.json()) as {
      kept_days: number;
      days: { day: string; files: Record<string, unknown>[] }[];
    };
    expect([answer.headers.get('access-control-allow-origin'), kept_days]).to.deep.equal(['*', 7]);
    expect(days.map(({ day }) => day)).to.deep.equal(['2026-06-03']);
    const file = days[0]?.files.find(({ name }) => name === 'locations.geojson');
    expect(file).to.include({ objects: 1, url: `${server.url}/data/daily/2026-06-03/locations.geojson` });
    expect(file)
      .to.have.nested.property('gzip.sha256')
      .match(/^[0-9a-f]{64}$/);
    const resolved = days[0]?.files.find(({ name }) => name === 'locations.geojson.resolved');
    expect(resolved?.url).to.equal(`${server.url}/data/daily/2026-06-03/locations.geojson?view=resolved`);
  });

  for (const encoding of ['gzip', 'identity']) {
    it(`are what was published last on that day (${encoding})`, async () => {
      const answer = await get('/2026-06-03/locations.geojson', { 'accept-encoding': encoding });
      expect(answer.status).to.equal(200);
      expect(answer.headers.get('content-encoding')).to.equal(encoding === 'gzip' ? 'gzip' : null);
      expect(answer.headers.get('content-type')).to.equal('application/geo+json');
      expect(answer.headers.get('content-disposition')).to.contain('2026-06-03.locations.geojson');
      expect(answer.headers.get('cache-control')).to.contain('immutable');
      const { features, generated_at } = (await answer.json()) as {
        features: { properties: { name: string } }[];
        generated_at: string;
      };
      expect(features.map(({ properties }) => properties.name)).to.deep.equal(['as it was']);
      expect(generated_at).to.equal('2026-06-03T09:00:00.000Z');
      const etag = answer.headers.get('etag') ?? '';
      const again = await get('/2026-06-03/locations.geojson', {
        'accept-encoding': encoding,
        'if-none-match': etag,
      });
      expect(again.status).to.equal(304);
    });
  }

  it('have views, and answer HEAD', async () => {
    const answer = await get(
      '/2026-06-03/locations.csv?view=resolved',
      { 'accept-encoding': 'identity' },
      'HEAD',
    );
    expect([answer.status, await answer.text()]).to.deep.equal([200, '']);
    expect(answer.headers.get('content-disposition')).to.contain('2026-06-03.locations.resolved.csv');
    expect(Number(answer.headers.get('content-length'))).to.be.greaterThan(0);
    expect((await get('/2026-06-03/tariffs.csv?view=resolved')).status).to.equal(400);
  });

  it('are 404 for a day or a file that there is not, whatever the name looks like', async () => {
    for (const path of [
      '/2026-06-02/locations.csv',
      '/2026-06-03/locations.xml',
      '/2026-06-03/..%2f..%2fcurrent.json',
      '/..%2f/locations.csv',
    ]) {
      const answer = await get(path);
      expect([answer.status, answer.headers.get('content-type')], path).to.deep.equal([
        404,
        'application/problem+json',
      ]);
    }
    expect((await get('/2026-06-03/locations.csv', {}, 'POST')).status).to.equal(405);
  });

  it('leave nothing in the log', () => {
    expect(server.log.filter(({ level }) => level === 'warn' || level === 'error')).to.deep.equal([]);
  });
});
