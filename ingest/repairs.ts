/**
 * Tolerances for what real feeds send and the specification does not allow. Each is a named step; nothing is
 * repaired silently, and nothing that conforms is touched: the steps work from the findings of the validator, place
 * by place, and a valid object comes back itself.
 *
 * Guarantees: the input is never changed; repairing twice is the same as once; required facts (status, power type,
 * coordinates, owner) are never invented. What cannot be repaired stays as it is, for the validator to refuse.
 */

import { repairCoordinates } from './repairs/coordinates.ts';
import { repairDefaults, repairLegacyNames } from './repairs/defaults.ts';
import { repairDuplicates } from './repairs/duplicates.ts';
import { repairHours } from './repairs/hours.ts';
import { removeOptional } from './repairs/optional.ts';
import { type Fields, type Place, type RepairSettings, type Step, TAKEN_OUT } from './repairs/step.ts';
import { repairText } from './repairs/text.ts';
import { repairDateTime, repairTimeOfDay } from './repairs/times.ts';
import { repairTypes } from './repairs/types.ts';
import { repairCodes, repairEnumeration } from './repairs/values.ts';
import type { Finding, ObjectKind, Validator } from './validation.ts';
import { formatPath } from './validation-message.ts';

/** One tolerance that was applied to an object. */
export interface Repair {
  /** Such as `repair:coordinates-padded`. */
  rule: string;
  /** The first place it was applied to. */
  path: string;
  occurrences: number;
  /** What was received at that place and what it was taken as. */
  message: string;
}

/** An object after repair. Without repairs, `value` is what was given. */
export interface Repaired {
  value: unknown;
  repairs: Repair[];
}

/** In this order; the first that can mend a place does. Removing what is optional comes last. */
const STEPS: readonly Step[] = [
  repairLegacyNames,
  repairDefaults,
  repairDuplicates,
  repairHours,
  repairCoordinates,
  repairDateTime,
  repairTimeOfDay,
  repairEnumeration,
  repairCodes,
  repairTypes,
  repairText,
  removeOptional,
];

/** What most versions have: 5 to 7 decimals. */
export const USUAL_REPAIRS: RepairSettings = { coordinateDecimals: { min: 5, max: 7 }, isPatch: false };

/** A mended place can show another fault, and a rule between fields waits for its fields; none was seen to need five. */
const MAX_ROUNDS = 12;

/** The place of a finding in the copy; null when an earlier step of this round has already changed it. */
function placeOf(
  kind: ObjectKind,
  root: Fields,
  finding: Finding,
  repairs: Map<string, Repair>,
  settings: RepairSettings,
): Place | null {
  const key = finding.pointer.at(-1);
  if (key === undefined) return null;
  const ancestors: (Fields | unknown[])[] = [];
  let value: unknown = root;
  for (const step of finding.pointer) {
    if (typeof value !== 'object' || value === null) return null;
    ancestors.push(value as Fields | unknown[]);
    value = (value as Fields)[step];
  }
  const parent = ancestors.at(-1) as Fields;
  if (value === TAKEN_OUT || (value ?? undefined) !== (finding.received ?? undefined)) return null;
  function record(rule: string, message: string): true {
    const path = formatPath(finding.pointer);
    const known = repairs.get(rule);
    if (known === undefined)
      repairs.set(rule, { rule, path, occurrences: 1, message: `${path}: ${message}` });
    else known.occurrences += 1;
    return true;
  }
  function set(rule: string, replacement: unknown, message: string): true {
    if (replacement !== undefined) parent[key as string] = replacement;
    else if (Array.isArray(parent)) parent[key as number] = TAKEN_OUT;
    else delete parent[key as string];
    return record(rule, message);
  }
  return { kind, settings, root, finding, ancestors, key, value, set, record };
}

/** Takes the marked entries out of every list. */
function sweep(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value) && value.includes(TAKEN_OUT)) {
    let kept = 0;
    for (const entry of value) if (entry !== TAKEN_OUT) value[kept++] = entry;
    value.length = kept;
  }
  for (const child of Object.values(value)) sweep(child);
}

/** A JSON value once more, in a fifth of the time that `structuredClone` takes. */
function copyOf<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(copyOf) as T;
  // A field named __proto__ is one like any other here, and stays one.
  const copy = { ...value };
  for (const name of Object.keys(copy) as (keyof T)[]) copy[name] = copyOf(copy[name]);
  return copy;
}

/** The repairs for the objects of one version, whose validator says what does not conform. */
export function createRepair(
  validatorOf: () => Validator,
  settings: RepairSettings = USUAL_REPAIRS,
): (kind: ObjectKind, value: unknown) => Repaired {
  return function repair(kind, value) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return { value, repairs: [] };
    const validator = validatorOf();
    const copy = copyOf(value as Fields);
    const repairs = new Map<string, Repair>();
    // What is found holds values of the copy, with which the places are compared.
    let findings = validator.find(kind, copy);
    for (let round = 0; round < MAX_ROUNDS && findings.length > 0; round += 1) {
      let mended = false;
      for (const finding of findings) {
        const place = placeOf(kind, copy, finding, repairs, settings);
        if (place !== null && STEPS.some((step) => step(place))) mended = true;
      }
      if (!mended) break;
      sweep(copy);
      findings = validator.find(kind, copy);
    }
    return repairs.size === 0 ? { value, repairs: [] } : { value: copy, repairs: [...repairs.values()] };
  };
}
