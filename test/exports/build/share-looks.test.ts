import { expect } from 'chai';
import { shareLooks } from '../../../exports/build/share-looks.ts';

describe('looks that are shared', () => {
  /** Each look answers its number when it is let go. */
  function numbered() {
    const ends: (() => void)[] = [];
    const look = shareLooks(() => new Promise<number>((resolve) => ends.push(() => resolve(ends.length))));
    return { ends, look };
  }

  it('who asks while one is under way gets the next, with all others who do', async () => {
    const { ends, look } = numbered();
    const first = look();
    const late = [look(), look()];
    expect(ends).to.have.length(1);
    ends[0]?.();
    expect(await first).to.equal(1);
    await Promise.resolve();
    const later = look();
    expect(ends).to.have.length(2);
    ends[1]?.();
    expect(await Promise.all(late)).to.deep.equal([2, 2]);
    await new Promise(setImmediate);
    ends[2]?.();
    expect(await later).to.equal(3);
    expect(ends).to.have.length(3);
  });

  it('one that fails fails for those who share it, and the next is looked anew', async () => {
    let looks = 0;
    const look = shareLooks(async () => {
      looks += 1;
      if (looks === 1) throw new Error('no disk');
      return looks;
    });
    const [first, second] = await Promise.allSettled([look(), look()]);
    expect(first).to.have.nested.property('reason.message', 'no disk');
    expect(second).to.include({ value: 2 });
    expect(await look()).to.equal(3);
  });
});
