import { expect } from 'chai';
import { mapInStretches } from '../../db/in-stretches.ts';

/** Takes longer than a stretch. */
function work<T>(value: T): T {
  const end = performance.now() + 5;
  while (performance.now() < end);
  return value;
}

describe('work in stretches', () => {
  it('answers as map does, one item after another', async () => {
    const seen: number[] = [];
    const answers = await mapInStretches([3, 1, 2], (item) => {
      seen.push(item);
      return work(2 * item);
    });
    expect(answers).to.deep.equal([6, 2, 4]);
    expect(seen).to.deep.equal([3, 1, 2]);
    expect(await mapInStretches([], work)).to.deep.equal([]);
  });

  it('lets what came meanwhile have its turn before it is done', async () => {
    const order: string[] = [];
    const long = mapInStretches([1, 2, 3, 4], (item) => order.push(`long ${work(item)}`));
    setImmediate(() => order.push('answer'));
    await long;
    expect(order).to.have.members(['long 1', 'long 2', 'long 3', 'long 4', 'answer']);
    expect(order.indexOf('answer')).to.be.lessThan(order.indexOf('long 4'));
  });

  it('ends at the first error, which whoever waits is told', async () => {
    const seen: number[] = [];
    const failing = mapInStretches([1, 2, 3], (item) => {
      seen.push(item);
      if (item === 2) throw new Error('two');
    });
    const error = await failing.catch((reason: Error) => reason);
    expect(error).to.be.instanceOf(Error).with.property('message', 'two');
    expect(seen).to.deep.equal([1, 2]);
  });
});
