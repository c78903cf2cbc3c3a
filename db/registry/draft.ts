/**
 * What both kinds of draft share: a draft is one object on its way through one batch, from what is stored to
 * what will be, gathering the findings of the mutations that touched it.
 */
import type { Checked, Checks, Finding, Outcome } from '../model.ts';
import type { Write } from './mutation.ts';

/** Where a written object stands in the journal; null keeps what it has. */
export interface Placement {
  readonly id: number | null;
  readonly sequence: number | null;
  readonly changedAt: Date;
  readonly now: Date;
}

/** Without rules: nothing to say. */
export const UNCHECKED: Checked = { findings: [], missingItems: [], withheld: false };

/** No rules at all: for a writer that is given none. */
export const NO_CHECKS: Checks = {
  location: () => UNCHECKED,
  tariff: () => UNCHECKED,
  moved: () => null,
};

/** The findings of one object over the mutations of a batch: the last `replace`, and what came after it. */
export class FindingCollector {
  mode: 'replace' | 'add' = 'add';
  private readonly byRule = new Map<string, Finding>();

  take(write: Write<unknown>): void {
    if (write.findingsMode === 'replace') {
      this.mode = 'replace';
      this.byRule.clear();
    }
    for (const finding of write.findings) {
      this.byRule.set(finding.rule, finding);
    }
  }

  get findings(): Finding[] {
    return [...this.byRule.values()];
  }
}

/** The outcome of a decision that writes nothing; null for one that does. */
export function outcomeWithoutWrite(decision: {
  readonly kind: string;
  readonly refusal?: unknown;
}): Outcome | null {
  switch (decision.kind) {
    case 'recheck':
      return { kind: 'unchanged' };
    case 'unchanged':
    case 'stale':
      return { kind: decision.kind };
    case 'refuse':
      return { kind: 'rejected', refusal: decision.refusal } as Outcome;
    default:
      return null;
  }
}

/** The outcome of a write: `unchanged` when nothing but times is new (a heartbeat). */
export function outcomeOfWrite(isCreated: boolean, isSame: boolean): Outcome {
  return { kind: isCreated ? 'created' : isSame ? 'unchanged' : 'updated' };
}
