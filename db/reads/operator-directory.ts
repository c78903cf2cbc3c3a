/**
 * The registrations of all operator IDs in memory, for checks that run on every object: a look-up costs nothing,
 * and a copy of the whole of Europe is a few megabytes.
 *
 * Guarantees: after `refresh()` it holds what was committed before the call; the list is read only when an import
 * has been taken in since. Between two calls it may lag: whoever checks a batch refreshes once before it. It never
 * gives half of an import. `refresh` fails as the database fails, and the last copy stays.
 */
import type { Knex } from 'knex';
import { formatOperatorId, type OperatorId } from '../identifiers/operator-id.ts';
import { type Registration, readAllRegistrations, readOperatorSequence } from './operators.ts';

export interface OperatorDirectory {
  /** Roles and states of an ID; empty when it is in no register. */
  find(id: OperatorId): readonly Registration[];
  /** Whether a register lists any CPO of this country (ISO 3166-1 alpha-2): if none does, absence says nothing. */
  covers(countryCode: string): boolean;
  /** Position of the copy: the same number means the same copy. 0 while there is none, and no check can be made. */
  readonly sequence: number;
  /** Takes note of what was imported since. One question when nothing was. */
  refresh(): Promise<void>;
}

const NONE: readonly Registration[] = [];

/** Makes an empty directory; `refresh` fills it. */
export function createOperatorDirectory(knex: Knex): OperatorDirectory {
  let sequence = 0;
  let registrations = new Map<string, Registration[]>();
  let countries = new Set<string>();
  let refreshing: Promise<void> | undefined;

  async function refresh(): Promise<void> {
    // First the number, then the entries: what comes in between is read again the next time.
    const newest = await readOperatorSequence(knex);
    if (newest === sequence) return;
    registrations = await readAllRegistrations(knex);
    countries = countriesOf(registrations);
    sequence = newest;
  }

  return {
    find: (id) => registrations.get(formatOperatorId(id)) ?? NONE,
    covers: (countryCode) => countries.has(countryCode),
    get sequence() {
      return sequence;
    },
    async refresh() {
      // One that runs may have begun before what the caller wants to see: it is waited for, and followed by another.
      await refreshing?.catch(() => undefined);
      refreshing ??= refresh().finally(() => {
        refreshing = undefined;
      });
      await refreshing;
    },
  };
}

/** Countries of which a CPO is listed now; one that was listed once says that its register is gone. */
function countriesOf(registrations: ReadonlyMap<string, readonly Registration[]>): Set<string> {
  const listed = [...registrations].filter(([, entries]) =>
    entries.some(({ role, status }) => role === 'CPO' && status !== 'DELISTED'),
  );
  return new Set(listed.map(([id]) => id.slice(0, 2)));
}
