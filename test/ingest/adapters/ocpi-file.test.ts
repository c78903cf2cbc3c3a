import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import type { PullContext } from '../../../ingest/adapter.ts';
import { ocpiFile } from '../../../ingest/adapters/ocpi-file.ts';
import { type CpoPlatform, startCpoPlatform } from '../../simulator/cpo-platform.ts';
import { makeFleet } from '../../simulator/fleet.ts';
import { buildTariff } from '../../support/builders.ts';
import { drive } from './drive.ts';

const fleet = makeFleet({ seed: 9, locations: 15, now: new Date('2026-06-07T12:00:00Z') });

describe('the adapter ocpi-file with a path', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nap-files-'));
  });

  after(() => rm(folder, { recursive: true }));

  async function pull(content: string | Buffer, settings: Partial<PullContext> = {}, name = 'file.json') {
    const path = join(folder, name);
    await writeFile(path, content);
    return drive(ocpiFile, { url: path, ...settings });
  }

  const text = JSON.stringify(fleet.locations);
  const envelope = JSON.stringify({
    data: fleet.locations,
    status_code: 1000,
    timestamp: '2026-06-01T00:00:00Z',
  });

  for (const [what, content, name] of [
    ['an array', text, 'a.json'],
    ['an envelope', envelope, 'b.json'],
    ['a packed array', gzipSync(text), 'c.json.gz'],
    ['a packed envelope', gzipSync(envelope), 'd.json.gz'],
    ['a packed array whose name does not say so', gzipSync(text), 'e.json'],
    ['an array whose name says that it is packed', text, 'f.json.gz'],
  ] as const) {
    it(`reads ${what}`, async () => {
      const { objects, verdict } = await pull(content, {}, name);
      expect(objects.locations).to.deep.equal(fleet.locations);
      expect(verdict.modules).to.deep.equal([
        { module: 'locations', version: '2.2.1', state: 'complete', isWhole: true },
      ]);
    });
  }

  it('reads tariffs, and a file URL', async () => {
    const tariffs = [buildTariff({ id: 'T1' })];
    const path = join(folder, 'tariffs of today.json');
    await writeFile(path, JSON.stringify(tariffs));
    const { objects } = await drive(ocpiFile, {
      url: pathToFileURL(path).href,
      options: { module: 'tariffs' },
    });
    expect(objects).to.deep.equal({ locations: [], tariffs });
  });

  it('PC-05: takes what stands before a fault, and calls the list partial', async () => {
    for (const content of [
      text.slice(0, -20),
      gzipSync(text).subarray(0, -400),
      `${text.slice(0, -1)},oops]`,
    ]) {
      const { objects, verdict } = await pull(content);
      expect(objects.locations.length).to.be.above(0);
      expect(verdict.modules).to.deep.equal([
        { module: 'locations', version: '2.2.1', state: 'partial', isWhole: false },
      ]);
      expect(verdict.problems).to.have.length(1);
      expect(verdict.memoryWhenStored).to.deep.equal({});
    }
  });

  it('PC-10: takes an envelope that says that it failed for a failure', async () => {
    const failed = JSON.stringify({ status_code: 2001, status_message: 'no such list', data: [] });
    expect((await pull(failed)).verdict.problems.join()).to.contain('OCPI status 2001: no such list');
  });

  it('says what is wrong with a file that is none', async () => {
    const missing = await drive(ocpiFile, { url: join(folder, 'missing.json') });
    expect(missing.verdict.problems.join()).to.contain('there is no such file');
    expect((await drive(ocpiFile, { url: folder })).verdict.problems.join()).to.contain('is not a file');
    expect((await pull('')).verdict.problems.join()).to.contain('it is empty');
    expect((await pull('{"locations":[]}')).verdict.problems.join()).to.contain('neither a JSON array nor');
  });

  it('gives a large file in batches of a bounded size', async () => {
    const objects = Array.from({ length: 20_000 }, (_, id) => ({ id, text: 'x'.repeat(1_000) }));
    const pulled = await pull(gzipSync(JSON.stringify(objects)));
    expect(pulled.objects.locations).to.have.length(20_000);
    expect(pulled.largestBatch).to.be.at.most(500);
  });
});

describe('the adapter ocpi-file with a URL', () => {
  let platform: CpoPlatform;

  afterEach(() => platform.close());

  const pull = (settings: Partial<PullContext> = {}) =>
    drive(ocpiFile, { url: platform.files.locationsGzip, full: false, ...settings });

  it('asks whether the file has changed, and takes a 304 for an answer', async () => {
    platform = await startCpoPlatform({ fleet });
    const first = await pull();
    const memory = { ...first.verdict.memory, ...first.verdict.memoryWhenStored };
    expect(memory).to.have.nested.property('validators.etag');
    const second = await pull({ memory });
    expect(platform.requests.map(({ status }) => status)).to.deep.equal([200, 304]);
    expect(second.objects.locations).to.deep.equal([]);
    expect(second.verdict.modules).to.deep.equal([
      { module: 'locations', version: '2.2.1', state: 'not-modified', isWhole: false },
    ]);
    expect({ ...second.verdict.memory, ...second.verdict.memoryWhenStored }).to.deep.equal(memory);

    platform.locations.put({ ...fleet.locations[0], name: 'changed' });
    expect((await pull({ memory })).objects.locations).to.have.length(15);
    expect((await pull({ memory, full: true })).objects.locations).to.have.length(15);
    expect(platform.requests.at(-1)?.headers['if-none-match']).to.equal(undefined);
  });

  it('AUTH-15: sends its token in the form that is taken', async () => {
    platform = await startCpoPlatform({ fleet, fileNeedsToken: true, tokenForm: 'raw' });
    const { objects, verdict } = await pull({ token: platform.token });
    expect(objects.locations).to.have.length(15);
    expect(verdict.memory).to.deep.equal({ tokenForm: 'raw' });
    const without = await pull();
    expect(without.verdict.isBroken).to.equal(true);
    expect(without.verdict.problems.join()).to.contain('asks for a token, and the source has none');
  });

  it('reads an envelope', async () => {
    platform = await startCpoPlatform({ fleet, fileShape: 'envelope' });
    expect((await pull()).objects.locations).to.deep.equal(fleet.locations);
  });

  it('keeps what came before the connection broke', async () => {
    platform = await startCpoPlatform({ fleet });
    platform.faults.add({ fault: 'truncatedJson', reset: true, share: 0.8 });
    const { objects, verdict } = await pull({ url: platform.files.locations });
    expect(objects.locations.length).to.be.within(5, 14);
    expect(verdict.modules[0]).to.include({ state: 'partial', isWhole: false });
  });
});
