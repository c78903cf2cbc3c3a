/**
 * What a version of OCPI needs in order to be spoken: how the registry's words become its words.
 * One file a version beside this one; `dialects.ts` lists them. Types only.
 */
import type { Connector, Evse, Location, Module, Owner } from '../../db/model.ts';
import type { OcpiVersion } from '../../db/ocpi-version.ts';
import type { StoredDocument } from '../../db/reads/stored-object.ts';
import type { TariffFacts } from '../../db/reads/tariff-facts.ts';
import type { TariffObstacle } from '../../db/registry/tariff-obstacles.ts';

/** An object of the registry that is to be said in a version. */
export type Stored = Pick<StoredDocument, 'owner' | 'document' | 'asStored'> & {
  /** What its document says, when somebody has read it before. */
  readonly location?: Location;
};

/** What a conversion depends on beside the object. */
export interface ExportContext {
  /** The moment of the answer: what is valid then is valid. */
  readonly now: Date;
  /**
   * To whom it is said: to the `owner` of the object, who knows it by its own id (Receiver interface), or to a
   * `partner`, who gets objects of many owners.
   */
  readonly audience: 'owner' | 'partner';
  /** The Tariffs that the Connectors name; empty for dialects that do not ask for them. */
  readonly tariffs: TariffFacts;
}

/** What an id that a partner of this version uses says of the object it means. */
export interface IdClue {
  /** Whose the object is; null when the id does not tell. */
  readonly owner: Owner | null;
  /** The registry's id, unless it was shortened. */
  readonly id: string;
  /** Set when the id may also be one that was shortened, which a hash cannot tell by itself. */
  readonly alias: {
    /** With this the registry's id begins, in lower case. */
    readonly start: string;
    /** Whether that owner's object of that id has this alias. */
    readonly fits: (owner: Owner, id: string) => boolean;
  } | null;
}

export interface ExportDialect {
  readonly version: OcpiVersion;
  /** Whether `location`, `evse` and `connector` look at `context.tariffs`. */
  readonly needsTariffs: boolean;
  /**
   * Which Tariffs a `partner` never gets, in words that the registry can answer by: `tariff` is null for these, and
   * for no others, so that lists neither hold nor count them (LS-06, LS-11).
   */
  readonly tariffLimits: {
    readonly obstacles: readonly TariffObstacle[];
    /** The version cannot say when a Tariff is valid: only those that are valid now. */
    readonly onlyValid: boolean;
  };
  /**
   * JSON text of a Location. The very same text, unparsed, when `asStored` names the version; null when the
   * Location cannot be expressed in it at all (LS-11).
   */
  location(stored: Stored, context: ExportContext): string | null;
  /** JSON text of a Tariff, every number as written (TR-12); null when it cannot be expressed. */
  tariff(stored: Stored, context: ExportContext): string | null;
  /** An EVSE; null when no connector is left that the version knows (CV-09). */
  evse(evse: Evse, owner: Owner, context: ExportContext): object | null;
  /** A connector; null when the version has no word for its standard. */
  connector(connector: Connector, owner: Owner, context: ExportContext): object | null;
  /** The id under which a `partner` knows an object: that of `location` or `tariff`, also of one that is no more. */
  objectId(module: Module, owner: Owner, id: string): string;
  /** The uid under which an EVSE is known in this version. */
  evseUid(uid: string): string;
  /** The way back from an id that a `partner` got from `location` or `tariff`. */
  readId(module: Module, id: string): IdClue;
}
