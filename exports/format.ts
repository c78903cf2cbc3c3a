/**
 * What a whole-registry download is. One file a format in `exports/formats`; it exports one object that meets
 * this interface, is found by its folder (`discover.ts`), built with the others in one pass over the registry
 * (`snapshots.ts`) and held to one contract test. Types only.
 */
import type { Module } from '../db/model.ts';
import type { PublicLocation, PublicTariff } from './public-objects.ts';

/** In whose name and under which terms files are published. */
export interface Publication {
  /** Of the access point. */
  readonly name: string;
  /** Where it is reached, without a slash at the end; undefined: as each request says. */
  readonly publicUrl?: string | undefined;
  /** Identifier of the licence (SPDX, e.g. `CC0-1.0`) or its URL. */
  readonly licence: string;
  /** The words that whoever uses the data is to repeat. */
  readonly attribution: string;
}

/** What one build of a file says of itself. */
export interface Edition {
  readonly publication: Publication;
  /** Position of the journal that the file holds at the least. */
  readonly sequence: number;
  readonly generatedAt: Date;
}

/** What a cell of a column holds: CSV on the Web's names (Tabular Metadata, section 5.11.1). */
export type Datatype = 'string' | 'integer' | 'number' | 'boolean' | 'date' | 'dateTime' | 'anyURI';

/** A column of a table, for people who meet the file and for programs that read it. */
export interface Column {
  readonly name: string;
  readonly description: string;
  /** `string` when not given. */
  readonly datatype?: Datatype;
  /** What joins the items of a list within a cell; not given: one value. */
  readonly separator?: string;
}

/** Text, or the bytes of a format that is none. */
export type Piece = string | Uint8Array;

/** Which of the two data sets of the law it belongs to (Reg. (EU) 2025/655: items A and B, items F). */
export type DataSet = 'static' | 'dynamic';

interface FormatOf<M extends Module> {
  /** Name of the file and last part of its address: `/data/{name}`. Lower case letters, digits, dots, dashes. */
  readonly name: string;
  /** Which objects it is made of. */
  readonly module: M;
  /** As sent in `Content-Type`. */
  readonly mediaType: string;
  readonly title: string;
  /** One or two sentences for the page of downloads. */
  readonly description: string;
  /** Both, where statuses or prices stand beside what seldom changes. */
  readonly dataSets: readonly DataSet[];
  /** Where the standard is read that the file follows. Not given: our own, described by schema or columns. */
  readonly standard?: string;
  /** Name of the JSON Schema of the file, or of each line of it, in `exports/schemas`. */
  readonly schema?: string;
  /** Tables only. */
  readonly columns?: readonly Column[];
  /** What stands before the first object. */
  open(edition: Edition): Piece;
}

/** A file that is its objects one after the other: each is written when it changes, and kept till it changes again. */
interface PieceFormatOf<M extends Module, T> extends FormatOf<M> {
  /** One object; an empty piece leaves it out. Keeps no state: objects come in order of creation. */
  write(object: T): Piece;
  /** What stands between two objects. */
  readonly separator: string;
  /** What stands after the last object. */
  close(edition: Edition): Piece;
}

/** Some hundreds of neighbouring objects as they stand in the file. */
export interface Pack {
  readonly bytes: Uint8Array;
  /** What `close` must know of it, in words of the format. */
  readonly note: string;
}

/** What is to stand in a pack: an object, or the place that it has in the former pack, where it did not change. */
export type PackEntry<T> = { readonly object: T } | { readonly former: number };

/** A pack and where it came to stand: bytes from the beginning of the file. */
export interface PlacedPack {
  readonly offset: number;
  readonly note: string;
}

/** A file whose objects share their bytes with their neighbours (columns), with a table of contents at its end. */
interface PackedFormatOf<M extends Module, T> extends FormatOf<M> {
  /**
   * Objects in order of creation, at least one. Its bytes are the same wherever in the file they stand, and whatever
   * the former pack of these neighbours was: from that come those that did not change.
   */
  pack(entries: readonly PackEntry<T>[], former: Pack | null): Promise<Pack>;
  /** What stands after the last pack; there may be none. */
  close(edition: Edition, packs: readonly PlacedPack[]): Piece;
}

export type LocationFormat = PieceFormatOf<'locations', PublicLocation>;
export type TariffFormat = PieceFormatOf<'tariffs', PublicTariff>;
export type PackedLocationFormat = PackedFormatOf<'locations', PublicLocation>;
export type PieceFormat = LocationFormat | TariffFormat;
export type ExportFormat = PieceFormat | PackedLocationFormat;
