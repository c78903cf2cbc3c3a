/**
 * The changes of the registry as pages of rendered changes, made once for all who ask for the same.
 *
 * Guarantees: few pages are made at a time, so that many followers leave the database to the others; those who ask
 * for the same page meanwhile, or within a second and before anything else has changed, share it. Asked for a
 * position that cannot be gone on from, it fails with PositionGoneError; else as the database fails.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Database } from '../../../db/connection.ts';
import { type ChangeFilter, readPublicChanges } from '../../../db/reads/public-changes.ts';
import { readHead } from '../../../db/reads/public-objects.ts';
import { JOURNAL_DAYS } from '../../../db/registry/journal-retention.ts';
import { type RenderedChange, renderChange } from '../../../exports/change.ts';
import { Gate } from './gate.ts';
import { HeadWatch, type WatchPace } from './head-watch.ts';

export interface ChangesPage {
  /** By position. */
  readonly changes: readonly RenderedChange[];
  /** All up to here that the filter lets through is told. */
  readonly upTo: number;
  /** Where the journal stood. */
  readonly head: number;
}

export interface PageWish {
  readonly after: number;
  readonly filter: ChangeFilter;
  /** Objects, and bytes of their documents, at most. */
  readonly objects: number;
  readonly bytes: number;
}

export interface ChangeFeed {
  /** Where the journal stands now. */
  head(): Promise<number>;
  page(wish: PageWish): Promise<ChangesPage>;
  /** The same for a stream: null when it fails, which is logged once until it works again. */
  pageOrNone(wish: PageWish): Promise<ChangesPage | null>;
  /** True as soon as the journal has passed the position; false when that takes longer, or `signal` ends it. */
  passed(after: number, milliseconds: number, signal: AbortSignal): Promise<boolean>;
  /** The registry has changed. */
  wake(): void;
  /** Lets everybody go who waits. */
  close(): Promise<void>;
}

/** Nobody can go on from there. The message says why, and what to do. */
export class PositionGoneError extends Error {
  override readonly name = 'PositionGoneError';

  constructor(why: string) {
    super(`${why}: download a file again and follow from its NAP-Sequence`);
  }
}

/** Pages made at a time: the embedded engine has one connection, and a server's pool is for others too. */
const PAGES_AT_ONCE = 2;

/** Pages that are kept, for so many milliseconds, for those who ask a little later. */
const KEPT_PAGES = 16;
const KEPT_MS = 1_000;

/** Objects rendered in one go: some 20 ms, in which nobody else is answered. */
const RENDERED_AT_ONCE = 200;

export interface ChangeFeedParts {
  readonly database: Pick<Database, 'knex' | 'readKnex'>;
  readonly logger: Logger;
  /** For tests. */
  readonly pace?: WatchPace;
}

/** Makes the feed of a process. It does nothing until it is asked. */
export function createChangeFeed(parts: ChangeFeedParts): ChangeFeed {
  const { knex, readKnex } = parts.database;
  const kept = new Map<string, Promise<ChangesPage>>();
  const gate = new Gate(PAGES_AT_ONCE);
  const head = async () => (await readHead(readKnex)).sequence;
  const watch = new HeadWatch({ ...parts, read: head });
  let isFaulty = false;

  async function make(wish: PageWish): Promise<ChangesPage> {
    const read = await readPublicChanges(readKnex, wish);
    if (read.kind === 'ahead') return pageAhead(wish.after);
    if (read.kind === 'forgotten') {
      throw new PositionGoneError(
        `Changes are kept for ${JOURNAL_DAYS} days, and what followed position ${wish.after} is gone`,
      );
    }
    const changes: RenderedChange[] = [];
    for (const [index, change] of read.changes.entries()) {
      if (index > 0 && index % RENDERED_AT_ONCE === 0) await breathe();
      changes.push(...renderChange(change, logFault));
    }
    return { changes, upTo: read.upTo, head: read.head };
  }

  /** A replica may lag behind the file that the position is from: then there is nothing new yet. */
  async function pageAhead(after: number): Promise<ChangesPage> {
    const { sequence } = await readHead(knex);
    if (after <= sequence) return { changes: [], upTo: after, head: after };
    throw new PositionGoneError(
      `Position ${after} lies beyond the newest change, ${sequence}, so it is not of this registry as it is now`,
    );
  }

  function logFault({ owner, objectId }: { owner: unknown; objectId: string }, error: unknown): void {
    parts.logger.error({ err: error, owner, objectId }, 'an object cannot be told of and is told as deleted');
  }

  /** Whether more is known to have come since it was made. */
  function isOutrun({ upTo, head }: ChangesPage): boolean {
    return upTo === head && watch.head > head;
  }

  function keep(key: string, page: Promise<ChangesPage>): void {
    kept.delete(key);
    kept.set(key, page);
    const forget = () => {
      if (kept.get(key) === page) kept.delete(key);
    };
    page.then(() => setTimeout(forget, KEPT_MS).unref(), forget);
    const [oldest] = kept.keys();
    if (kept.size > KEPT_PAGES && oldest !== undefined) kept.delete(oldest);
  }

  async function page(wish: PageWish): Promise<ChangesPage> {
    const key = JSON.stringify(wish);
    const known = kept.get(key);
    if (known && !isOutrun(await known)) return known;
    const newer = kept.get(key);
    if (newer && newer !== known) return newer;
    const made = gate.run(() => make(wish));
    keep(key, made);
    return made;
  }

  async function pageOrNone(wish: PageWish): Promise<ChangesPage | null> {
    try {
      const made = await page(wish);
      isFaulty = false;
      return made;
    } catch (error) {
      if (error instanceof PositionGoneError) return null;
      if (!isFaulty) parts.logger.error({ err: error }, 'streams of changes cannot go on, and end');
      isFaulty = true;
      return null;
    }
  }

  return {
    head,
    page,
    pageOrNone,
    passed: (...wait) => watch.passed(...wait),
    wake() {
      kept.clear();
      watch.wake();
    },
    close: () => watch.close(),
  };
}
