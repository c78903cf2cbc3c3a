/**
 * What the pipeline asks of one OCPI version: check an object, repair it, and say it in the registry's words.
 *
 * A new version is its schemas and one file that meets this interface, listed in `dialects.ts`. All of it is pure:
 * no database, no clock.
 */
import type { Owner } from '../../db/model.ts';
import type { OcpiVersion } from '../../db/ocpi-version.ts';
import type { Repaired } from '../repairs.ts';
import type { Finding, Inspection, Note, ObjectKind } from '../validation.ts';

/** Judges objects in the words of one version. */
export interface Examiner {
  /** Everything that is wrong with an object, and what is accepted but worth telling. */
  inspect(kind: ObjectKind, value: unknown): Inspection;
  /** `inspect` for code that needs places and types rather than sentences. */
  find(kind: ObjectKind, value: unknown): Finding[];
  /** The object with the named tolerances applied; a valid object comes back itself. */
  repair(kind: ObjectKind, value: unknown): Repaired;
}

/** An object in the registry's words, and what had to be assumed for that. */
export interface Modelled {
  readonly value: unknown;
  readonly notes: readonly Note[];
}

/** One version on its way in. */
export interface Dialect extends Examiner {
  readonly version: OcpiVersion;
  /** The same for the body of a PATCH, which brings only some of the fields. */
  readonly patch: Examiner;
  /** Whether a PATCH must say its `last_updated` (LR-05); if not, it is as of its receipt (LR-06). */
  readonly datesPatches: boolean;
  /** Whether EVSEs refer to places to park (LR-11). */
  readonly hasParking: boolean;
  /**
   * A valid object in the registry's vocabulary, which is that of 2.3.0 as a superset.
   *
   * @param owner of whom it is known, where the version's objects do not say it
   */
  toModel(kind: ObjectKind, value: unknown, owner: Owner): Modelled;
  /** A valid PATCH body in that vocabulary: nothing is added that it does not say. */
  patchToModel(kind: ObjectKind, patch: Readonly<Record<string, unknown>>): Record<string, unknown>;
}
