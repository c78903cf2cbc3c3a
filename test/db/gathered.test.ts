import { expect } from 'chai';
import { gathered } from '../../db/gathered.ts';

/** A reader that answers when it is told to, and keeps what it was asked. */
function heldReader(patienceMs?: number) {
  const queries: { keys: readonly string[]; end(failure?: Error): void }[] = [];
  const read = gathered<string, string>(
    (keys) =>
      new Promise((resolve, reject) => {
        const end = (failure?: Error) => {
          if (failure) reject(failure);
          else resolve(keys.map((key) => `found ${key}`));
        };
        queries.push({ keys, end });
      }),
    patienceMs,
  );
  /** Until what was asked, or waited, has been sent. */
  const settled = async () => {
    for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
  };
  return { read, queries, settled };
}

describe('look-ups that are gathered', () => {
  it('what arrives while a query is under way goes together in the next one, and each is answered its own', async () => {
    const { read, queries, settled } = heldReader();
    const first = read('a');
    await settled();
    const others = ['b', 'c', 'b'].map(read);
    await settled();
    expect(queries.map(({ keys }) => keys)).to.deep.equal([['a']]);
    queries[0]?.end();
    await settled();
    expect(queries.map(({ keys }) => keys)).to.deep.equal([['a'], ['b', 'c', 'b']]);
    queries[1]?.end();
    expect(await Promise.all([first, ...others])).to.deep.equal(['found a', 'found b', 'found c', 'found b']);
  });

  it('nothing is remembered: who asks again is answered by a query of a later moment', async () => {
    const { read, queries, settled } = heldReader();
    const first = read('a');
    await settled();
    const again = read('a');
    queries[0]?.end();
    await first;
    await settled();
    expect(queries).to.have.length(2);
    queries[1]?.end();
    await again;
  });

  it('a query that fails fails those that were in it, and nobody else', async () => {
    const { read, queries, settled } = heldReader();
    const first = read('a').catch((error: Error) => error.message);
    await settled();
    const second = read('b');
    queries[0]?.end(new Error('the connection was lost'));
    await settled();
    queries[1]?.end();
    expect(await Promise.all([first, second])).to.deep.equal(['the connection was lost', 'found b']);
  });

  it('what is more than one query may ask for goes in several, one after the other', async () => {
    const { read, queries, settled } = heldReader();
    const all = Promise.all(Array.from({ length: 250 }, (_, index) => read(`${index}`)));
    for (const count of [1, 2, 3]) {
      await settled();
      expect(queries).to.have.length(count);
      queries[count - 1]?.end();
    }
    expect(await all).to.deep.equal(Array.from({ length: 250 }, (_, index) => `found ${index}`));
    expect(queries.map(({ keys }) => keys.length)).to.deep.equal([100, 100, 50]);
  });

  it('a query that hangs holds nobody up but those that are in it', async () => {
    const { read, queries } = heldReader(1);
    const hanging = read('a');
    const next = async (count: number) => {
      while (queries.length < count) await new Promise((resolve) => setTimeout(resolve, 1));
      return queries[count - 1];
    };
    const hung = await next(1);
    const second = read('b');
    (await next(2))?.end();
    expect(await second).to.equal('found b');
    hung?.end();
    expect(await hanging).to.equal('found a');
    const third = read('c');
    (await next(3))?.end();
    expect(await third).to.equal('found c');
    expect(queries).to.have.length(3);
  });
});
