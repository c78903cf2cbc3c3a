/** The cache that makes the embedded engine start fast: whole entries, made once, safe to lose. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { trimTar, writeTrimmedBundle } from '../../db/postgis-bundle.ts';
import { copyDataDirectory, findCacheEntry } from '../../db/prepared-data-directory.ts';
import { uniqueName } from '../support/database.ts';
import { failureOf } from '../support/failure.ts';

describe('An entry of the cache', () => {
  const made: string[] = [];
  afterEach(async () => {
    for (const folder of made.splice(0)) await rm(folder, { recursive: true, force: true });
  });

  async function find(kind: string, make: (folder: string) => Promise<void>): Promise<string> {
    const folder = await findCacheEntry(kind, make);
    if (!folder) throw new Error('No cache can be written here');
    made.push(folder);
    return folder;
  }

  it('is made once and found again', async () => {
    const kind = uniqueName('entry');
    const first = await find(kind, (folder) => writeFile(join(folder, 'file'), 'first'));
    const second = await find(kind, (folder) => writeFile(join(folder, 'file'), 'second'));
    expect(second).to.equal(first);
    expect(await readFile(join(second, 'file'), 'utf8')).to.equal('first');
  });

  it('is whole and of one maker when two make it at once', async () => {
    const kind = uniqueName('entry');
    const maker = (text: string) => async (folder: string) => {
      await writeFile(join(folder, 'one'), text);
      await writeFile(join(folder, 'two'), text);
    };
    const [folder = ''] = await Promise.all([find(kind, maker('a')), find(kind, maker('b'))]);
    expect(await readFile(join(folder, 'one'), 'utf8')).to.equal(await readFile(join(folder, 'two'), 'utf8'));
  });

  it('is not there, nor any part of it, when making it fails', async () => {
    const kind = uniqueName('entry');
    let unfinished = '';
    const failure = await failureOf(
      findCacheEntry(kind, async (folder) => {
        unfinished = folder;
        await writeFile(join(folder, 'half'), '');
        throw new Error('No space left');
      }),
    );
    expect(failure.message).to.equal('No space left');
    const root = dirname(dirname(unfinished));
    expect((await readdir(root)).filter((name) => name.startsWith(kind))).to.deep.equal([]);
  });

  it('is copied with all its folders and files, synced or not', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'nap-copy-'));
    made.push(folder);
    const from = await find(uniqueName('entry'), (target) => writeFile(join(target, 'PG_VERSION'), '18\n'));
    for (const sync of [true, false]) {
      const to = join(folder, String(sync));
      await copyDataDirectory(from, to, sync);
      expect(await readFile(join(to, 'PG_VERSION'), 'utf8')).to.equal('18\n');
    }
  });
});

describe('The trimmed PostGIS bundle', () => {
  function entry(name: string, body: string): Buffer {
    const header = Buffer.alloc(512);
    header.write(name);
    header.write(body.length.toString(8).padStart(11, '0'), 124);
    const padded = Buffer.alloc(Math.ceil(body.length / 512) * 512);
    padded.write(body);
    return Buffer.concat([header, padded]);
  }
  const library = entry('lib/postgresql/postgis-3.so', 'x'.repeat(700));
  const script = entry('share/postgresql/extension/postgis--3.6.2.sql', 'create');
  const end = Buffer.alloc(1024);
  const whole = Buffer.concat([
    entry('lib/postgresql/postgis_raster-3.so', 'y'.repeat(1300)),
    library,
    entry('share/postgresql/contrib/postgis-3.6/postgis.sql', 'z'),
    script,
    entry('share/postgresql/extension/postgis--unpackaged--3.6.2.sql', ''),
    end,
  ]);

  it('keeps the library and its scripts, byte for byte, and leaves the rest out', () => {
    expect(trimTar(whole)).to.deep.equal(Buffer.concat([library, script, end]));
  });

  it('is written compressed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'nap-bundle-'));
    await writeFile(join(folder, 'from'), gzipSync(whole));
    await writeTrimmedBundle(join(folder, 'from'), join(folder, 'to'));
    expect(gunzipSync(await readFile(join(folder, 'to')))).to.deep.equal(trimTar(whole));
    await rm(folder, { recursive: true });
  });

  it('is not made from a damaged archive', () => {
    expect(() => trimTar(Buffer.concat([Buffer.from('name'.padEnd(512, '!')), end]))).to.throw('damaged');
  });
});
