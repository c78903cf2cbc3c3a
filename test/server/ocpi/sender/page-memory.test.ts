import { expect } from 'chai';
import { createPageMemory, type SaidPage } from '../../../../server/ocpi/sender/page-memory.ts';

const pageOf = (text: string): SaidPage => ({
  stamp: text,
  confirmed: null,
  json: [Buffer.alloc(300)],
  count: 1,
  next: null,
});

describe('the memory of pages', () => {
  it('knows the page that was kept last under a name', () => {
    const memory = createPageMemory();
    memory.keep('a', pageOf('first'));
    memory.keep('a', pageOf('second'));
    expect(memory.find('a')?.stamp).to.equal('second');
    expect(memory.find('b')).to.equal(undefined);
  });

  it('forgets what was not asked for longest, once all together are too large', () => {
    const memory = createPageMemory({ limitBytes: 2_000 });
    for (const name of ['a', 'b']) memory.keep(name, pageOf(name));
    memory.keep('b', pageOf('b again'));
    memory.find('a');
    memory.keep('c', pageOf('c'));
    expect(['a', 'b', 'c'].filter((name) => memory.find(name))).to.deep.equal(['a', 'c']);
  });

  it('does not keep a page that is larger than all of its room', () => {
    const memory = createPageMemory({ limitBytes: 999 });
    memory.keep('a', pageOf('a'));
    expect(memory.find('a')).to.equal(undefined);
  });

  it('counts what a text keeps in memory, not only what it shows of it', () => {
    const memory = createPageMemory({ limitBytes: 16_000 });
    memory.keep('a', { ...pageOf('a'), json: [Buffer.alloc(16 * 1024).subarray(0, 300)] });
    expect(memory.find('a')).to.equal(undefined);
  });
});
