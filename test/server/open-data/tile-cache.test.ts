import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { createTileCache } from '../../../server/open-data/tiles/tile-cache.ts';

describe('the cache of vector tiles', () => {
  let made = 0;
  const encode = async (): Promise<Buffer> => Buffer.from(`tile ${++made}`);

  beforeEach(() => {
    made = 0;
  });

  it('makes a tile once, however many ask at a time or later', async () => {
    const cache = createTileCache();
    const tiles = await Promise.all([1, 2, 3].map(() => cache.get('0/0/0', 7, encode)));
    tiles.push(await cache.get('0/0/0', 7, encode));
    expect(new Set(tiles.map(({ bytes }) => bytes.toString()))).to.deep.equal(new Set(['tile 1']));
  });

  it('makes it anew for another sequence', async () => {
    const cache = createTileCache();
    await cache.get('0/0/0', 7, encode);
    expect((await cache.get('0/0/0', 8, encode)).bytes.toString()).to.equal('tile 2');
  });

  it('forgets what was not asked for longest, once all together are too large', async () => {
    const cache = createTileCache({ limitBytes: 3_100 });
    const large = async (): Promise<Buffer> => {
      made += 1;
      return randomBytes(250);
    };
    for (const name of ['a', 'b', 'c', 'd']) await cache.get(name, 1, large);
    await cache.get('a', 1, large);
    await cache.get('e', 1, large);
    expect(made).to.equal(5);
    await cache.get('a', 1, large);
    expect(made).to.equal(5);
    await cache.get('b', 1, large);
    expect(made).to.equal(6);
  });

  it('does not keep a failure', async () => {
    const cache = createTileCache();
    const failing = () => Promise.reject(new Error('no database'));
    const error = await cache.get('0/0/0', 7, failing).catch((cause: Error) => cause);
    expect(error).to.be.instanceOf(Error).with.property('message', 'no database');
    expect((await cache.get('0/0/0', 7, encode)).bytes.toString()).to.equal('tile 1');
  });

  it('gzips what gains by it', async () => {
    const cache = createTileCache();
    expect((await cache.get('small', 1, encode)).gzipped).to.equal(null);
    const { gzipped } = await cache.get('large', 1, async () => Buffer.alloc(10_000));
    expect(gzipped?.length).to.be.below(100);
  });
});
