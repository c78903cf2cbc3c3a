import { expect } from 'chai';
import { createTurns } from '../../ingest/turns.ts';

describe('turns of tasks that share objects', () => {
  const ended: string[] = [];
  const task = (name: string, until: Promise<unknown>) => async () => {
    await until;
    ended.push(name);
    return name;
  };

  beforeEach(() => {
    ended.length = 0;
  });

  it('lets tasks about other objects pass, and those about the same one wait', async () => {
    const turns = createTurns();
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    const first = turns.take(['A', 'B'], task('first', gate));
    const same = turns.take(['B', 'C'], task('same', Promise.resolve()));
    const afterThat = turns.take(['C'], task('after that', Promise.resolve()));
    expect(await turns.take(['D'], task('other', Promise.resolve()))).to.equal('other');
    expect(ended).to.deep.equal(['other']);
    open();
    expect(await Promise.all([first, same, afterThat])).to.deep.equal(['first', 'same', 'after that']);
    expect(ended).to.deep.equal(['other', 'first', 'same', 'after that']);
  });

  it('goes on after a task that failed', async () => {
    const turns = createTurns();
    const failing = turns.take(['A'], () => Promise.reject(new Error('gone')));
    const next = turns.take(['A'], task('next', Promise.resolve()));
    expect(await failing.catch(({ message }) => message)).to.equal('gone');
    expect(await next).to.equal('next');
  });
});
