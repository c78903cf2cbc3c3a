/**
 * Pages of a list as they were last said, in memory: those that were asked for last, bounded in bytes. Reading and
 * joining a hundred documents costs several times what it costs to ask whether they are still the same.
 *
 * Guarantees: a page is never answered without the database having said, after it was asked for, that its rows are the
 * ones that it was made of: by its stamp, or because nothing has been written since its stamp was looked at. A page that
 * is larger than all of the room is not kept.
 */
import type { PageState } from '../../../db/reads/sender-list.ts';

/** A page in the words of a version. */
export interface SaidPage {
  /** Of the state that it was made of: `PageState`. */
  readonly stamp: string;
  /** The last state that was known to be that one; null before the first look. */
  readonly confirmed: Confirmed | null;
  /** The array of its objects, as JSON: in pieces, or as one when it was asked for again. */
  readonly json: readonly Buffer[];
  /** Objects that were read for it; the version may have no words for some. */
  readonly count: number;
  /** Position after it, null on the last one. */
  readonly next: number | null;
}

export type Confirmed = Pick<PageState, 'mark' | 'total'>;

export interface PageMemory {
  find(name: string): SaidPage | undefined;
  keep(name: string, page: SaidPage): void;
}

/** A fifth of the Dutch list, or 150 pages of a hundred of its Locations. */
const LIMIT_BYTES = 32 * 1024 * 1024;
/** What a page costs beside its bytes, and each of its pieces. */
const ENTRY_BYTES = 500;
const PIECE_BYTES = 200;

/** @param limitBytes for tests */
export function createPageMemory({ limitBytes = LIMIT_BYTES }: { limitBytes?: number } = {}): PageMemory {
  // In the order of use: the first is the one that nobody has asked for longest.
  const pages = new Map<string, SaidPage>();
  let bytes = 0;

  function drop(name: string): void {
    const page = pages.get(name);
    if (!page) return;
    pages.delete(name);
    bytes -= sizeOf(page);
  }

  return {
    find(name) {
      const page = pages.get(name);
      if (!page) return undefined;
      pages.delete(name);
      pages.set(name, page);
      return page;
    },
    keep(name, page) {
      drop(name);
      pages.set(name, page);
      bytes += sizeOf(page);
      for (const oldest of pages.keys()) {
        if (bytes <= limitBytes) break;
        drop(oldest);
      }
    },
  };
}

/** With all that its pieces keep in memory: each is a window on a block, which is as large for one as for several. */
function sizeOf({ json }: SaidPage): number {
  const blocks = new Set(json.map(({ buffer }) => buffer));
  const bytes = [...blocks].reduce((sum, { byteLength }) => sum + byteLength, 0);
  return ENTRY_BYTES + json.length * PIECE_BYTES + bytes;
}
