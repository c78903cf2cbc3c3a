/** EVSE IDs by rows, as a reader counts them who knows no rule. */
import { isWellFormed, parseEvseId } from '../../db/identifiers/evse-id.ts';
import type { Location } from '../../db/model.ts';
import type { KnownOperators } from '../../ingest/rule.ts';

export class IdCounts {
  rows = 0;
  missing = 0;
  missingRemoved = 0;
  malformed = 0;
  malformedRemoved = 0;
  /** Well-formed, with an operator that is in a register as a CPO. */
  registered = 0;

  add({ evses }: Location, operators: KnownOperators): void {
    for (const { evse_id: text, status } of evses ?? []) {
      const id = text ? parseEvseId(text) : null;
      const isRemoved = status === 'REMOVED';
      this.rows++;
      if (!text) {
        this.missing++;
        if (isRemoved) this.missingRemoved++;
      } else if (!id || !isWellFormed(id)) {
        this.malformed++;
        if (isRemoved) this.malformedRemoved++;
      } else if (operators.find(id).some(({ role }) => role === 'CPO')) {
        this.registered++;
      }
    }
  }
}
