/**
 * What a rule of data quality is. One file a rule in `ingest/rules`; it exports one object that meets `Rule`, is found
 * by its folder (`discover-rules.ts`), held to one contract test, and described in `docs/rules.md` from what it says of
 * itself. Types only.
 *
 * A rule about a Location or a Tariff looks at one object as it is about to be stored, with what was stored before,
 * and must be pure and quick: it runs with every write. A rule about the registry looks across objects and runs
 * behind the journal (`registry-rules.ts`).
 */
import type { Knex } from 'knex';
import type { Connector, Evse, Location, Owner, Severity, Tariff } from '../db/model.ts';
import type { ChangedObjects } from '../db/reads/journal-objects.ts';
import type { OperatorDirectory } from '../db/reads/operator-directory.ts';
import type { AskedRule } from '../db/registry/registry-finding-table.ts';

/** What is done about an object that breaks a rule. */
export type Action = 'off' | 'note' | 'withhold' | 'reject';

/** What every rule says of itself. */
export interface RuleFacts {
  /** As findings carry it, e.g. `ID-07` or `power-off-by-a-thousand`. */
  readonly id: string;
  readonly severity: Severity;
  /** A line: what is wrong. */
  readonly title: string;
  /** The item of Regulation (EU) 2025/655 that it serves, e.g. `B1`; null for none. */
  readonly afir: string | null;
  /** Where the rule comes from: a section of the OCPI specification, a requirement, a regulation. */
  readonly source: string;
  /** What it means, for whoever reads the report. */
  readonly meaning: string;
  /** How the owner mends it. */
  readonly mend: string;
}

/** What a rule found, where, in one sentence that the owner can act on. */
export interface Found {
  /** E.g. `evses[0].evse_id`. */
  readonly path: string;
  /** Begins with what is wrong, not with the path. */
  readonly message: string;
  /** What stands there; absent when nothing does. */
  readonly received?: unknown;
  /** The part that it is about; absent: the object as a whole. */
  readonly evse?: Evse;
  readonly connector?: Connector;
}

/** What a rule may look at beside the object itself. */
export interface RuleContext<T> {
  readonly owner: Owner;
  readonly now: Date;
  /** What was stored before; undefined when the object is new. */
  readonly previous: T | undefined;
  readonly operators: KnownOperators;
}

/**
 * The official registers, in memory; `sequence` 0 says that none was imported, so nothing can be said of anybody, and
 * `covers` whether any of a country was.
 */
export type KnownOperators = Pick<OperatorDirectory, 'find' | 'covers' | 'sequence'>;

/** A rule about single objects. */
export interface ObjectRule<T> extends RuleFacts {
  check(object: T, context: RuleContext<T>, found: (found: Found) => void): void;
}

export interface LocationRule extends ObjectRule<Location> {
  readonly on: 'location';
  /**
   * Times, what was stored before, or statuses beyond what `only-in-motion.ts` tells apart can break or mend it. Absent:
   * what it found stays right while nothing but statuses and times change, so that it is not asked then.
   */
  readonly isAboutTime?: boolean;
}

export interface TariffRule extends ObjectRule<Tariff> {
  readonly on: 'tariff';
}

/** What changed since the rules across objects were last asked. */
export interface Changed extends ChangedObjects {
  /** The registry's time when they were; null: never. */
  readonly since: Date | null;
}

/** A rule across objects: SQL, asked of many at once. `reject` is no policy for it: by then the object is stored. */
export interface RegistryRule extends RuleFacts, AskedRule {
  readonly on: 'registry';
  /** Of which objects it speaks. */
  readonly scope: 'location' | 'tariff';
  /**
   * One select that reads the relations `asked (id)`, objects of its scope, and `moment (now)`, and gives a row a
   * finding: `id` (of the object), `uid_key` and `connector_key` (the part; null for the object as a whole), `path`
   * (within the part, e.g. `evse_id`), `message` (begins with what is wrong, not with the path), `received` (JSON
   * text, or null). What is given twice for one part is one finding, counted. Lower case, aligned, with a plan that
   * does not grow with the registry. Of Locations it looks at those with `asked_across` alone.
   */
  readonly select: string;
  /**
   * Ids, of its scope, of further objects whose findings may change when these have changed: twins, Locations that
   * name a Tariff. Absent: only the changed objects of its own scope.
   */
  affected?(knex: Knex, changed: Changed): Promise<number[]>;
  /** Time alone can break or mend it: it is asked of every object once a day, too. */
  readonly isAboutTime?: boolean;
}

export type Rule = LocationRule | TariffRule | RegistryRule;
