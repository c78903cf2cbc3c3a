/**
 * The engine's answer to one group of messages, cleaned and gathered into large pieces.
 *
 * PGlite says ReadyForQuery straight after an error in an extended query, before the client's Sync, and
 * again at the Sync. The client would take the first for the end of the query and the second for the end
 * of the next one: from then on every answer belongs to the wrong question. A genuine server says it once
 * for each Sync, Query and FunctionCall, and a group holds at most one of these, as its last message. So
 * only the last ReadyForQuery of such a group passes, and none of a group that ends otherwise.
 *
 * Fails when the bytes are not backend messages.
 */

/** Bytes gathered before they are handed on: PostgreSQL gives 8 KiB at a time. */
const OUTPUT_BYTES = 256 * 1024;
/** Bytes of type and length. */
const HEADER_BYTES = 5;
const READY_FOR_QUERY = 'Z'.charCodeAt(0);
/** Message types after which a server says ReadyForQuery once: Sync, Query, FunctionCall. */
const ASKS_FOR_READY = new Set(['S', 'Q', 'F'].map((letter) => letter.charCodeAt(0)));

/** Whether a server says ReadyForQuery at the end of this group: by its last message. */
export function asksForReady(group: Uint8Array, startup: boolean): boolean {
  if (startup) return true;
  const view = new DataView(group.buffer, group.byteOffset, group.byteLength);
  let last = 0;
  for (let offset = 0; offset + HEADER_BYTES <= group.length; ) {
    last = group[offset] as number;
    offset += 1 + view.getUint32(offset + 1);
  }
  return ASKS_FOR_READY.has(last);
}

/** Takes the raw answer to one group after the other. */
export class EngineOutput {
  #deliver: (bytes: Uint8Array<ArrayBuffer>) => void;
  #buffer = new Uint8Array(OUTPUT_BYTES);
  #used = 0;
  #header = new Uint8Array(HEADER_BYTES);
  #headerRead = 0;
  #bodyLeft = 0;
  /** The status byte of a ReadyForQuery that was not passed on: it is unless something follows. */
  #readyStatus: number | undefined;

  constructor(deliver: (bytes: Uint8Array<ArrayBuffer>) => void) {
    this.#deliver = deliver;
  }

  /** Takes the next bytes. They are copied: they are a view into the engine's memory. */
  add(part: Uint8Array): void {
    let position = 0;
    while (position < part.length) {
      position =
        this.#headerRead < HEADER_BYTES ? this.#readHeader(part, position) : this.#readBody(part, position);
    }
  }

  /** Ends the answer to a group and hands on what is left of it. */
  end(ready: boolean): void {
    const status = this.#readyStatus;
    this.#readyStatus = undefined;
    if (ready && status !== undefined) {
      this.#write(Uint8Array.of(READY_FOR_QUERY, 0, 0, 0, HEADER_BYTES, status));
    }
    this.#flush();
  }

  #readHeader(part: Uint8Array, position: number): number {
    this.#header[this.#headerRead] = part[position] as number;
    this.#headerRead += 1;
    if (this.#headerRead < HEADER_BYTES) return position + 1;
    this.#bodyLeft = new DataView(this.#header.buffer).getUint32(1) - 4;
    if (this.#bodyLeft < 0) throw new Error('The engine sent a message shorter than its own length');
    this.#readyStatus = undefined;
    if (this.#header[0] !== READY_FOR_QUERY) this.#write(this.#header);
    if (this.#bodyLeft === 0) this.#headerRead = 0;
    return position + 1;
  }

  #readBody(part: Uint8Array, position: number): number {
    const end = Math.min(position + this.#bodyLeft, part.length);
    if (this.#header[0] === READY_FOR_QUERY) this.#readyStatus = part[position];
    else this.#write(part.subarray(position, end));
    this.#bodyLeft -= end - position;
    if (this.#bodyLeft === 0) this.#headerRead = 0;
    return end;
  }

  #write(bytes: Uint8Array): void {
    let rest = bytes;
    while (rest.length > 0) {
      const step = rest.subarray(0, OUTPUT_BYTES - this.#used);
      this.#buffer.set(step, this.#used);
      this.#used += step.length;
      rest = rest.subarray(step.length);
      if (this.#used === OUTPUT_BYTES) this.#flush();
    }
  }

  #flush(): void {
    if (this.#used === 0) return;
    this.#deliver(this.#buffer.slice(0, this.#used));
    this.#used = 0;
  }
}
