/**
 * Pages of a list as they were last said, in memory: those that were asked for last, bounded in bytes. Reading and
 * joining a hundred documents costs several times what it costs to ask whether they are still the same.
 *
 * Guarantees: a page is never answered without the database having said, after it was asked for, that its rows are the
 * ones that it was made of. A page that is larger than all of the room is not kept.
 */

/** A page in the words of a version. */
export interface SaidPage {
  /** Of the state that it was made of: `PageState`. */
  readonly stamp: string;
  /** The objects, as JSON. */
  readonly texts: readonly Buffer[];
  /** Objects that were read for it; the version may have no words for some. */
  readonly count: number;
  /** Position after it, null on the last one. */
  readonly next: number | null;
}

export interface PageMemory {
  find(name: string): SaidPage | undefined;
  keep(name: string, page: SaidPage): void;
}

/** A fifth of the Dutch list, or 150 pages of a hundred of its Locations. */
const LIMIT_BYTES = 32 * 1024 * 1024;
/** What a page costs beside its bytes, and each of its objects. */
const ENTRY_BYTES = 500;
const OBJECT_BYTES = 200;

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

/** With all that its texts keep in memory: each is a window on a block, which is as large for one as for several. */
function sizeOf({ texts }: SaidPage): number {
  const blocks = new Set(texts.map(({ buffer }) => buffer));
  const bytes = [...blocks].reduce((sum, { byteLength }) => sum + byteLength, 0);
  return ENTRY_BYTES + texts.length * OBJECT_BYTES + bytes;
}
