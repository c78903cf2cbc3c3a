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

/** A column of a table, for people who meet the file. */
export interface Column {
  readonly name: string;
  readonly description: string;
}

interface FormatOf<M extends Module, T> {
  /** Name of the file and last part of its address: `/data/{name}`. Lower case letters, digits, dots, dashes. */
  readonly name: string;
  /** Which objects it is made of. */
  readonly module: M;
  /** As sent in `Content-Type`. */
  readonly mediaType: string;
  readonly title: string;
  /** One or two sentences for the page of downloads. */
  readonly description: string;
  /** Tables only. */
  readonly columns?: readonly Column[];
  /** What stands before the first object. */
  open(edition: Edition): string;
  /** One object; an empty string leaves it out. Keeps no state: objects come once, in order of creation. */
  write(object: T): string;
  /** What stands between two objects. */
  readonly separator: string;
  /** What stands after the last object. */
  close(edition: Edition): string;
}

export type LocationFormat = FormatOf<'locations', PublicLocation>;
export type TariffFormat = FormatOf<'tariffs', PublicTariff>;
export type ExportFormat = LocationFormat | TariffFormat;
