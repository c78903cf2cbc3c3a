// What a receiver has acknowledged: the book that a test compares with the registry
// after a crash. Guarantees: `acknowledged` holds for each object the state of the last
// answer of success and nothing that was refused; what was sent without an answer
// stands under `unanswered`, for the receiver may or may not have it. The pusher has
// at most one request for one object in flight, so the order of answers is the order
// of changes. Never fails.

import type { Location, Tariff } from './wire.ts';

/** A status that was sent for one EVSE. */
export interface EvsePatch {
  evseUid: string;
  status: string;
  last_updated: string;
}

/** One object of the receiver. */
export interface LedgerEntry {
  module: 'locations' | 'tariffs';
  /** What the receiver must have at least; null when no PUT was acknowledged yet. */
  acknowledged: Location | Tariff | null;
  /** last_updated of `acknowledged`. */
  last_updated: string | null;
  /** What was sent and got no answer: the whole object, or one EVSE's status. */
  unanswered: Location | Tariff | EvsePatch | null;
}

/** `module/CC/PTY/id`, as CiStrings are compared. */
export function ledgerKey(module: LedgerEntry['module'], object: Location | Tariff): string {
  return `${module}/${object.country_code}/${object.party_id}/${object.id}`.toLowerCase();
}

/** Acknowledged objects by key. */
export class Ledger {
  readonly entries = new Map<string, LedgerEntry>();

  /** Objects of which the receiver has said that it has them. */
  get acknowledgedCount(): number {
    let count = 0;
    for (const entry of this.entries.values()) if (entry.acknowledged !== null) count += 1;
    return count;
  }

  get(module: LedgerEntry['module'], object: Location | Tariff): LedgerEntry | undefined {
    return this.entries.get(ledgerKey(module, object));
  }

  /** A request went out: until it is answered, both states are possible. */
  sent(module: LedgerEntry['module'], object: Location | Tariff, what: Location | Tariff | EvsePatch): void {
    const key = ledgerKey(module, object);
    const entry = this.entries.get(key);
    if (entry) entry.unanswered = what;
    else this.entries.set(key, { module, acknowledged: null, last_updated: null, unanswered: what });
  }

  /** The receiver has taken what was sent; `object` is its whole state now. */
  taken(module: LedgerEntry['module'], object: Location | Tariff): void {
    const { last_updated } = object;
    const key = ledgerKey(module, object);
    this.entries.set(key, { module, acknowledged: object, last_updated, unanswered: null });
  }

  /** The receiver has refused what was sent: the state before stands. */
  refused(module: LedgerEntry['module'], object: Location | Tariff): void {
    const key = ledgerKey(module, object);
    const entry = this.entries.get(key);
    if (entry?.acknowledged === null) this.entries.delete(key);
    else if (entry) entry.unanswered = null;
  }
}
