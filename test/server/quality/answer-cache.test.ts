import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { type AnswerCache, createAnswerCache } from '../../../server/quality/answer-cache.ts';

describe('server/quality/answer-cache', () => {
  let state = 'one';
  let made = 0;
  const readState = async () => state;
  const openCache = (options: { burstMs?: number } = {}): AnswerCache<number> =>
    createAnswerCache(readState, options);
  const quick = async () => ++made;
  const dear = async () => {
    await delay(30);
    return ++made;
  };
  beforeEach(() => {
    state = 'one';
    made = 0;
  });

  it('works out once what does not change, for all who ask at once and later', async () => {
    const cache = openCache();
    expect(await Promise.all([1, 2, 3].map(() => cache.get('all', dear)))).to.deep.equal([1, 1, 1]);
    expect(await cache.get('all', dear)).to.equal(1);
    expect(await cache.get('other', quick)).to.equal(2);
  });

  it('is of the newest state, until working it out has taken too much of the time', async () => {
    const cache = openCache();
    const spare = openCache({ burstMs: 1 });
    expect([await cache.get('all', dear), await spare.get('all', dear)]).to.deep.equal([1, 2]);
    state = 'two';
    expect([await cache.get('all', dear), await spare.get('all', dear)]).to.deep.equal([3, 2]);
    expect(await spare.get('another', quick)).to.equal(4);
  });

  it('never works out the same thing twice at a time, whatever changes meanwhile', async () => {
    let running = 0;
    let most = 0;
    const cache = openCache();
    const counted = async () => {
      most = Math.max(most, ++running);
      await delay(20);
      running -= 1;
      return ++made;
    };
    const asked = [];
    for (let round = 0; round < 5; round += 1) {
      state = `state ${round}`;
      asked.push(cache.get('all', counted));
      await delay(5);
    }
    await Promise.all(asked);
    expect(most).to.equal(1);
  });

  it('does not keep a failure', async () => {
    const cache = openCache();
    const failed = await cache
      .get('all', () => Promise.reject(new Error('no')))
      .catch((error) => error.message);
    expect(failed).to.equal('no');
    expect(await cache.get('all', quick)).to.equal(1);
  });
});
