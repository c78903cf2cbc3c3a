/**
 * `/changes` as a stream of server-sent events (HTML Living Standard, section 9.2): an event a change, `id` its
 * position, `event` its kind, `data` the change as one line of JSON.
 *
 * Guarantees: events come in the order of positions and each position's are whole before its `id` is sent, so that
 * who comes back with `Last-Event-ID` misses nothing and is told little twice. The next page is made when the client
 * has taken the last one, so a slow client holds one page and nothing else.
 * Ends, for the client to come back, when the database fails or the position is gone; throws nothing.
 */
import { Readable } from 'node:stream';
import type { ChangeFilter } from '../../../db/reads/public-changes.ts';
import type { RenderedChange } from '../../../exports/change.ts';
import type { ChangeFeed, ChangesPage } from './feed.ts';

/** A page of a stream, which waits in memory for its client: objects, and bytes of their documents. */
export const STREAM_PAGE = { objects: 500, bytes: 256 * 1024 } as const;

/**
 * Milliseconds. "Legacy proxy servers are known to, in certain cases, drop HTTP connections after a short timeout. To
 * protect against such proxy servers, authors can include a comment line (one starting with a ':' character) every 15
 * seconds or so." (9.2.7)
 */
export const BEAT_MS = 15_000;

/** Milliseconds after which a client that lost us is to come back: before its user notices, and after a restart. */
const RETRY_MS = 3_000;

/** Characters handed on in one piece. */
const PIECE_LENGTH = 64 * 1024;

const COMMENT = ':\n\n';

/** Where a stream begins. */
export interface StreamStart {
  readonly after: number;
  readonly filter: ChangeFilter;
  /** The page after that position. */
  readonly first: ChangesPage;
}

/** A stream, made as it is read. `signal` ends it. */
export function changeStream(
  feed: Pick<ChangeFeed, 'pageOrNone' | 'passed'>,
  start: StreamStart,
  signal: AbortSignal,
  beatMs: number = BEAT_MS,
): Readable {
  const text = new EventStream(feed, start, signal, beatMs).run(start.first);
  return Readable.from(text, { objectMode: false, highWaterMark: PIECE_LENGTH });
}

class EventStream {
  readonly #feed: Pick<ChangeFeed, 'pageOrNone' | 'passed'>;
  readonly #filter: ChangeFilter;
  readonly #signal: AbortSignal;
  readonly #beatMs: number;
  /** All up to here was told. */
  #position: number;
  /** What the client would come back with. */
  #lastEventId: number;
  #lastSent = performance.now();

  constructor(
    feed: Pick<ChangeFeed, 'pageOrNone' | 'passed'>,
    { after, filter }: StreamStart,
    signal: AbortSignal,
    beatMs: number,
  ) {
    this.#feed = feed;
    this.#filter = filter;
    this.#signal = signal;
    this.#beatMs = beatMs;
    this.#position = after;
    this.#lastEventId = after;
  }

  async *run(first: ChangesPage): AsyncGenerator<string, void, undefined> {
    yield `retry: ${RETRY_MS}\n${idLine(this.#position)}\n`;
    let page: ChangesPage | null = first;
    while (page && !this.#signal.aborted) {
      yield* this.#tell(page);
      if (this.#position >= page.head) yield* this.#wait();
      if (this.#signal.aborted) return;
      const making = this.#feed.pageOrNone({
        after: this.#position,
        filter: this.#filter,
        ...STREAM_PAGE,
      });
      while (!(await settles(making, this.#untilBeat))) yield this.#beat();
      page = await making;
    }
  }

  *#tell({ changes, upTo }: ChangesPage): Generator<string, void, undefined> {
    let piece = '';
    for (const change of changes) {
      piece += eventOf(change);
      if (piece.length < PIECE_LENGTH) continue;
      yield this.#sent(piece);
      piece = '';
    }
    this.#position = upTo;
    const last = changes.at(-1);
    if (last) {
      this.#lastEventId = last.sequence;
      if (upTo > last.sequence) piece += this.#moveOn();
    }
    if (piece !== '') yield this.#sent(piece);
    else if (this.#untilBeat <= 0) yield this.#beat();
  }

  async *#wait(): AsyncGenerator<string, void, undefined> {
    while (!(await this.#feed.passed(this.#position, this.#untilBeat, this.#signal))) {
      if (this.#signal.aborted) return;
      yield this.#beat();
    }
  }

  get #untilBeat(): number {
    return this.#lastSent + this.#beatMs - performance.now();
  }

  #beat(): string {
    return this.#sent(this.#position > this.#lastEventId ? this.#moveOn() : COMMENT);
  }

  /**
   * Moves the client past what its filter kept from it, with a block without data: "Set the last event ID string of
   * the event source to the value of the last event ID buffer", and only then "If the data buffer is an empty string,
   * set the data buffer and the event type buffer to the empty string and return" (9.2.6).
   */
  #moveOn(): string {
    this.#lastEventId = this.#position;
    return `${idLine(this.#position)}${COMMENT}`;
  }

  #sent(text: string): string {
    this.#lastSent = performance.now();
    return text;
  }
}

/** Without `id` the client keeps its last one ("The buffer does not get reset", 9.2.6), and comes back for the rest. */
function eventOf({ sequence, kind, text, endsPosition }: RenderedChange): string {
  return `${endsPosition ? idLine(sequence) : ''}event: ${kind}\ndata: ${text}\n\n`;
}

function idLine(position: number): string {
  return `id: ${position}\n`;
}

/** Whether it settles within so many milliseconds. It must not reject. */
async function settles(result: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, milliseconds, false);
  });
  try {
    return await Promise.race([result.then(() => true), limit]);
  } finally {
    clearTimeout(timer);
  }
}
