/** The framing of the embedded engine's protocol, both ways, however the bytes are cut. */
import { expect } from 'chai';
import fc from 'fast-check';
import { asksForReady, EngineOutput } from '../../db/embedded-output.ts';
import { MessageGrouper } from '../../db/embedded-stream.ts';

function message(type: string, body = ''): Buffer {
  const text = Buffer.from(body);
  const head = Buffer.alloc(5);
  head.write(type, 'latin1');
  head.writeUInt32BE(text.length + 4, 1);
  return Buffer.concat([head, text]);
}

/** The first message of a connection: length, protocol version, settings. */
const STARTUP = Buffer.from([0, 0, 0, 9, 0, 3, 0, 0, 0]);

function cut(bytes: Buffer, places: number[]): Buffer[] {
  const edges = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [0, ...edges].map((edge, index) => bytes.subarray(edge, edges[index]));
}

describe('Gathering frontend messages', () => {
  const groups = [
    STARTUP,
    Buffer.concat([message('P', 'select $1'), message('B', 'x'.repeat(3000)), message('E'), message('S')]),
    message('Q', 'select 1'),
    Buffer.concat([message('E', 'portal'), message('H')]),
    message('X'),
  ];

  it('hands over whole groups, wherever the bytes are cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(10_000), { maxLength: 40 }), (places) => {
        const grouper = new MessageGrouper();
        const found = cut(Buffer.concat(groups), places).flatMap((chunk) => grouper.add(chunk));
        expect(found.map(({ bytes }) => Buffer.from(bytes))).to.deep.equal(groups);
        expect(found.map(({ startup }) => startup)).to.deep.equal([true, false, false, false, false]);
        expect(found.map(({ terminate }) => terminate)).to.deep.equal([false, false, false, false, true]);
      }),
    );
  });

  it('keeps a group back until its last message is whole', () => {
    const grouper = new MessageGrouper();
    grouper.add(STARTUP);
    expect(grouper.add(message('P', 'select 1'))).to.deep.equal([]);
    expect(grouper.add(message('S').subarray(0, 4))).to.deep.equal([]);
    expect(grouper.add(message('S').subarray(4))).to.have.length(1);
  });

  it('refuses a message that is shorter than its own length', () => {
    const grouper = new MessageGrouper();
    grouper.add(STARTUP);
    expect(() => grouper.add(Buffer.from([81, 0, 0, 0, 3]))).to.throw('shorter');
  });
});

describe('Passing on the answer of the engine', () => {
  function pass(answer: Buffer, group: Buffer, places: number[] = []): Buffer {
    const delivered: Uint8Array[] = [];
    const output = new EngineOutput((bytes) => delivered.push(bytes));
    for (const chunk of cut(answer, places)) output.add(chunk);
    output.end(asksForReady(group, false));
    return Buffer.concat(delivered);
  }
  const failed = message('E', 'division by zero');
  const ready = message('Z', 'I');

  it('leaves an ordinary answer as it is, wherever it is cut', () => {
    const answer = Buffer.concat([
      message('1'),
      message('T', 'id'),
      message('D', 'x'.repeat(500)),
      message('C'),
      ready,
    ]);
    fc.assert(
      fc.property(fc.array(fc.nat(1_000), { maxLength: 20 }), (places) => {
        expect(pass(answer, message('S'), places)).to.deep.equal(answer);
      }),
    );
  });

  it('says ReadyForQuery once after an error, with the last status', () => {
    const answer = Buffer.concat([message('1'), failed, ready, message('Z', 'E')]);
    const group = Buffer.concat([message('P'), message('E'), message('S')]);
    expect(pass(answer, group)).to.deep.equal(Buffer.concat([message('1'), failed, message('Z', 'E')]));
  });

  it('says no ReadyForQuery in answer to a Flush', () => {
    expect(pass(Buffer.concat([failed, ready]), Buffer.concat([message('E'), message('H')]))).to.deep.equal(
      failed,
    );
  });
});
