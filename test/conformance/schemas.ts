/** Whether an object is valid in a version: by the same schemas as what comes in. */
import { dialectOf } from '../../ingest/dialects/dialects.ts';
import type { ObjectKind } from '../../ingest/validation.ts';
import type { OcpiVersion } from './rows/row.ts';

/** What is wrong with it, in sentences; nothing when it is valid. */
export function problemsOf(version: OcpiVersion, kind: ObjectKind, value: unknown): string[] {
  return dialectOf(version)
    .inspect(kind, value)
    .problems.map(({ message }) => message);
}
