import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { expect } from 'chai';
import { createBodyJoiner } from '../../../../server/ocpi/protocol/large-bodies.ts';

const MEGABYTE = 1024 * 1024;

/** An answer that ends when it is told to. */
const newAnswer = () => new EventEmitter() as unknown as Pick<ServerResponse, 'once'> & EventEmitter;

const piecesOf = (letter: string, bytes: number) => [Buffer.alloc(bytes - 1, letter), Buffer.from('.')];
const textOf = (letter: string, bytes: number) => `${letter.repeat(bytes - 1)}.`;

describe('large bodies', () => {
  it('are joined where another one was, once its answer has ended and not before', () => {
    const join = createBodyJoiner();
    const [first, second] = [newAnswer(), newAnswer()];
    const one = join(first, piecesOf('a', MEGABYTE));
    const two = join(second, piecesOf('b', MEGABYTE));
    expect(two.buffer).not.to.equal(one.buffer);
    first.emit('finish');
    const three = join(newAnswer(), piecesOf('c', MEGABYTE / 2));
    expect(three.buffer).to.equal(one.buffer);
    expect(three.toString()).to.equal(textOf('c', MEGABYTE / 2));
    expect(two.toString()).to.equal(textOf('b', MEGABYTE));
    expect(join(newAnswer(), piecesOf('d', MEGABYTE)).buffer).not.to.be.oneOf([one.buffer, two.buffer]);
  });

  it('find a room that they fit in, or get a new one', () => {
    const join = createBodyJoiner();
    const answer = newAnswer();
    const small = join(answer, piecesOf('a', MEGABYTE));
    answer.emit('finish');
    const large = join(newAnswer(), piecesOf('b', MEGABYTE + 1));
    expect(large.buffer).not.to.equal(small.buffer);
    expect(large.toString()).to.equal(textOf('b', MEGABYTE + 1));
  });

  it('keep no more memory than a few readers need, and none for what is small or huge', () => {
    const join = createBodyJoiner();
    const answers = Array.from({ length: 6 }, newAnswer);
    const used = answers.map((answer) => join(answer, piecesOf('a', MEGABYTE)).buffer);
    for (const answer of answers) answer.emit('finish');
    const again = answers.map((answer) => join(answer, piecesOf('b', MEGABYTE)).buffer);
    expect(again.filter((buffer) => used.includes(buffer))).to.have.length(4);
    for (const bytes of [1000, 9 * MEGABYTE]) {
      const answer = newAnswer();
      const body = join(answer, piecesOf('c', bytes));
      expect(body.equals(Buffer.concat(piecesOf('c', bytes)))).to.equal(true);
      expect(answer.listenerCount('finish')).to.equal(0);
    }
  });
});
