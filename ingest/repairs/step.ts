/**
 * What one repair step sees and may do. A step gets one finding of the validator and either mends that place and
 * says so, or leaves it to the next step; so it can only ever touch what does not conform.
 */
import type { Finding, ObjectKind } from '../validation.ts';
import { receivedText } from '../validation-message.ts';

/** A JSON object under repair. */
export type Fields = Record<string, unknown>;

/** Stands for a list entry to be taken out once the round is over, so that positions hold until then. */
export const TAKEN_OUT = Symbol('taken out');

/** What repairs of one version do otherwise. */
export interface RepairSettings {
  /** How many decimals coordinates have. */
  readonly coordinateDecimals: { readonly min: number; readonly max: number };
  /** Whether the object is the body of a PATCH, in which an absent field stays what it was and null unsets it. */
  readonly isPatch: boolean;
}

/** The place of one finding in the copy under repair. */
export interface Place {
  kind: ObjectKind;
  settings: RepairSettings;
  root: Fields;
  finding: Finding;
  /** The containers on the way, from the root to the one that holds the value. */
  ancestors: readonly (Fields | unknown[])[];
  key: string | number;
  value: unknown;
  /** Puts a value at the place (undefined removes it) and records the repair. */
  set(rule: string, value: unknown, message: string): true;
  /** Records a repair that the step made itself. */
  record(rule: string, message: string): true;
}

/** Mends the place and returns true, or returns false. */
export type Step = (place: Place) => boolean;

/** The object that holds the place; null when that is a list. */
export function holder(place: Place): Fields | null {
  const parent = place.ancestors.at(-1);
  return parent === undefined || Array.isArray(parent) ? null : parent;
}

/** Takes a field out of an object, so that nothing is known of it afterwards. */
export function takeOut(place: Place, from: Fields, field: string): void {
  if (place.settings.isPatch) from[field] = null;
  else delete from[field];
}

/** Nothing was sent: absent and null are the same (ENV-10). */
export function isMissing(value: unknown): boolean {
  return value === undefined || value === null;
}

/** `received X, taken as Y`. */
export function takenAs(from: unknown, to: unknown): string {
  return `received ${receivedText(from)}, taken as ${receivedText(to)}`;
}
