import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { licenceUrl } from '../../../server/open-data/licence.ts';
import { buildLocation } from '../../support/builders.ts';
import { send } from '../../support/ocpi-client.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';

describe('the list of downloads', () => {
  let server: TestServer;

  before(async () => {
    const name = 'NAP <b>of</b> "Testland" & co';
    server = await startTestServer({
      config: { name, licence: 'CC0-1.0', publicUrl: 'https://nap.example' },
    });
    const { client } = await server.addConnection('cpo', { parties: ['NL-TNM'] });
    await client.put('/ocpi/2.2.1/receiver/locations/NL/TNM/LOC-1', buildLocation());
  });
  after(() => server.stop());

  async function page(): Promise<string> {
    const { status, headers, text } = await send(server.url, 'GET', '/data', {
      headers: { Accept: BROWSER },
    });
    expect(status).to.equal(200);
    expect(headers['content-type']).to.equal('text/html; charset=utf-8');
    return text;
  }

  async function list() {
    const { status, headers, text } = await send(server.url, 'GET', '/data');
    expect(status).to.equal(200);
    expect(headers).to.include({
      'content-type': 'application/json; charset=utf-8',
      vary: 'Accept, Accept-Encoding',
    });
    expect(headers['access-control-allow-origin']).to.equal('*');
    return JSON.parse(text);
  }

  it('says before the first build what there will be', async () => {
    const { downloads } = await list();
    const listings = await server.services.snapshots.list();
    expect(downloads).to.have.length(listings.filter(({ view }) => view === 'raw').length);
    for (const entry of downloads) {
      expect(entry.url).to.equal(`https://nap.example/data/${entry.name}`);
      expect(entry).to.include({ bytes: null, sha256: null, sequence: null, generated_at: null });
    }
    expect(await page()).to.include('Not built yet');
  });

  it('says of every file where it is, how large, how old, and under which terms', async () => {
    await server.services.snapshots.build();
    const catalogue = await list();
    expect(catalogue).to.include({
      licence: 'CC0-1.0',
      licence_url: 'https://spdx.org/licenses/CC0-1.0.html',
    });
    for (const entry of catalogue.downloads) {
      const answer = await fetch(server.url + new URL(entry.url).pathname);
      const { headers } = answer;
      const bytes = Buffer.from(await answer.arrayBuffer());
      expect(entry.bytes, entry.name).to.equal(bytes.length);
      expect(entry.sha256).to.equal(createHash('sha256').update(bytes).digest('hex'));
      expect(headers.get('content-type')).to.equal(entry.media_type);
      expect(headers.get('nap-sequence')).to.equal(String(entry.sequence));
      expect(new Date(entry.generated_at).toUTCString()).to.equal(headers.get('last-modified'));
      expect(entry.age_s).to.be.at.least(0);
      expect(entry).to.include({ licence: 'CC0-1.0', attribution: catalogue.attribution });
    }
    const table = catalogue.downloads.find(({ name }: { name: string }) => name === 'locations.csv');
    expect(table.columns[0]).to.have.all.keys('name', 'description');
  });

  it('is a page for a browser: escaped, without scripts, with links to every file and its columns', async () => {
    await server.services.snapshots.build();
    const html = await page();
    expect(html)
      .to.match(/^<!doctype html>\n<html lang="en">/)
      .and.include('<meta name="viewport"');
    expect(html).to.include('NAP &lt;b&gt;of&lt;/b&gt; &quot;Testland&quot; &amp; co').and.not.include('<b>');
    expect(html).to.not.match(/<script|javascript:|\son[a-z]+=|\ssrc=|url\(|@import|<link/);
    // What is from elsewhere is only linked to.
    const loaded = html.replaceAll(/<a href="[^"]*"/g, '');
    expect(loaded).to.not.match(/https?:\/\/(?!nap\.example|spdx\.org)/);
    for (const name of [
      'locations.csv',
      'locations.geojson',
      'locations.ocpi.json',
      'tariffs.csv',
      'tariffs.ocpi.json',
    ]) {
      expect(html).to.include(`href="https://nap.example/data/${name}"`);
    }
    expect(html).to.include('<th scope="row"><code>evse_uid</code></th>');
    expect(html).to.include('<a href="https://spdx.org/licenses/CC0-1.0.html" rel="license">CC0-1.0</a>');
  });

  it('has on its page what can be asked, how to keep up to date, the limits and what will end', async () => {
    const html = await page();
    for (const path of ['/changes', '/ogc', '/tiles/locations.json', '/quality', '/ocpi/versions']) {
      expect(html, path).to.include(`<code>${path}</code></h3>`);
    }
    for (const path of ['/.well-known/nap.json', '/openapi.json', '/data/catalogue.ttl', '/data/daily']) {
      expect(html, path).to.include(`href="https://nap.example${path}"`);
    }
    expect(html).to.include('curl &#39;https://nap.example/changes?since=0&amp;limit=10&#39;');
    expect(html).to.include('1200 in 60 s').and.include('Nothing is announced now');
    const headings = [...html.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level));
    headings.reduce((before, level) => {
      expect(level, 'no level of heading is passed over').to.be.at.most(before + 1);
      return level;
    }, 0);
    const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size, 'ids are unique').to.equal(ids.length);
    for (const [, target] of html.matchAll(/href="#([^"]+)"|aria-labelledby="([^"]+)"/g)) {
      if (target) expect(ids).to.include(target);
    }
  });

  it('has a policy that allows the style of the page and nothing else', async () => {
    const { headers, text } = await send(server.url, 'GET', '/data', { headers: { Accept: BROWSER } });
    const [, style = ''] = /<style>([\s\S]*?)<\/style>/.exec(text) ?? [];
    const hash = createHash('sha256').update(style).digest('base64');
    expect(headers['content-security-policy']).to.include(`default-src 'none'; style-src 'sha256-${hash}';`);
  });

  it('is JSON for whoever asks for JSON, for anything, or for what there is not', async () => {
    for (const accept of ['application/json', '*/*', 'image/png']) {
      const { headers } = await send(server.url, 'GET', '/data/', { headers: { Accept: accept } });
      expect(headers['content-type'], accept).to.match(/^application\/json/);
    }
  });

  it('finds the text of a licence by its identifier or URL, and invents none', () => {
    expect(licenceUrl('CC-BY-4.0')).to.equal('https://spdx.org/licenses/CC-BY-4.0.html');
    expect(licenceUrl('https://example.org/licence')).to.equal('https://example.org/licence');
    for (const none of ['not stated', 'https://', 'javascript:alert(1)', '"><b>'])
      expect(licenceUrl(none)).to.equal(null);
  });
});
