/**
 * Large bodies are joined in memory that is used again: new buffers of 64 MB make V8 go through its whole heap, and the
 * kernel clears each of their pages before it hands it out.
 *
 * Guarantees: no memory is used again before the answer whose body it holds has ended. That of an answer that never
 * ends, since its client has gone, is left to V8.
 */
import type { ServerResponse } from 'node:http';

/** Joins these pieces to the body of that answer, which must not be looked at after the answer has ended. */
export type BodyJoiner = (answer: Pick<ServerResponse, 'once'>, pieces: readonly Buffer[]) => Buffer;

/** Bytes from which a body is worth it; a page of a thousand Locations has two million. */
const LARGE_BYTES = 256 * 1024;
/** Rooms are of so many bytes or of a multiple, so that one page fits where another was. */
const STEP_BYTES = 1024 * 1024;
/** Larger bodies are rare, and would keep their memory from others. */
const LARGEST_BYTES = 8 * STEP_BYTES;
/** Rooms that wait for a body: as many as there are readers of long lists at a time. */
const SPARE_ROOMS = 4;

export function createBodyJoiner(): BodyJoiner {
  const spare: Buffer[] = [];

  function takeRoom(bytes: number): Buffer {
    const found = spare.findIndex(({ length }) => length >= bytes);
    const [room] = found < 0 ? [] : spare.splice(found, 1);
    return room ?? Buffer.allocUnsafeSlow(Math.ceil(bytes / STEP_BYTES) * STEP_BYTES);
  }

  function giveBack(room: Buffer): void {
    spare.push(room);
    if (spare.length > SPARE_ROOMS) spare.shift();
  }

  return (answer, pieces) => {
    const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
    if (bytes < LARGE_BYTES || bytes > LARGEST_BYTES) return Buffer.concat(pieces, bytes);
    const room = takeRoom(bytes);
    answer.once('finish', () => giveBack(room));
    let end = 0;
    for (const piece of pieces) end += piece.copy(room, end);
    return room.subarray(0, end);
  };
}
