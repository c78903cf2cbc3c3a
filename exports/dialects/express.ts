/**
 * Objects of the registry said in a version, for whoever answers a request: finds out what the dialect needs to
 * know, once for many of them.
 *
 * Guarantees: no query for dialects that need none, and never one an object. Fails as the database fails.
 */
import type { Knex } from 'knex';
import type { Location, Module } from '../../db/model.ts';
import type { ListedObject } from '../../db/reads/sender-list.ts';
import { readTariffFacts, type TariffFacts } from '../../db/reads/tariff-facts.ts';
import type { ExportContext, ExportDialect, Stored } from './dialect.ts';
import { namedTariffs } from './named-tariffs.ts';
import { oneAhead } from './one-ahead.ts';

const NO_TARIFFS: TariffFacts = new Map();

/** Locations whose Tariffs are asked for with one question. */
const LOCATIONS_AT_ONCE = 100;

type Asked = Pick<ExportContext, 'now' | 'audience'>;

/** What the dialect needs to know in order to say these Locations, or parts of them. */
export async function readExportContext(
  knex: Knex,
  dialect: ExportDialect,
  locations: readonly Stored[],
  asked: Asked,
): Promise<ExportContext> {
  if (!dialect.needsTariffs) return { ...asked, tariffs: NO_TARIFFS };
  const named = namedTariffs(locations.map(withLocation));
  return { ...asked, tariffs: await readTariffFacts(knex, [...named.values()]) };
}

/** JSON texts of these objects in this order; what the version cannot express is left out (LS-11). */
export async function express(
  knex: Knex,
  dialect: ExportDialect,
  module: Module,
  objects: readonly Stored[],
  asked: Asked,
): Promise<string[]> {
  const locations = module === 'locations' ? objects : [];
  const context = await readExportContext(knex, dialect, locations, asked);
  return objects.map((stored) => say(dialect, module, stored, context)).filter((text) => text !== null);
}

/**
 * The same of a page, as bytes, each piece one text or several with commas between them: what passes as it is stored is
 * never made a string.
 */
export async function expressPage(
  knex: Knex,
  dialect: ExportDialect,
  module: Module,
  objects: readonly ListedObject[],
  asked: Asked,
): Promise<Buffer[]> {
  if (module === 'locations' && dialect.needsTariffs) return expressLocations(knex, dialect, objects, asked);
  const context = { ...asked, tariffs: NO_TARIFFS };
  const texts = objects.map((object) =>
    object.passes ? object.document : bytesOf(say(dialect, module, storedOf(object), context)),
  );
  return texts.filter((bytes) => bytes !== null);
}

/** Some Locations are said while the database looks for the Tariffs of those that follow. */
async function expressLocations(
  knex: Knex,
  dialect: ExportDialect,
  objects: readonly ListedObject[],
  asked: Asked,
): Promise<Buffer[]> {
  const pieces: Buffer[] = [];
  const parts = oneAhead(partsOf(objects, LOCATIONS_AT_ONCE), async (part) => {
    const locations = part.map(storedOf).map(withLocation);
    return { locations, context: await readExportContext(knex, dialect, locations, asked) };
  });
  for await (const { locations, context } of parts) {
    const texts = locations
      .map((stored) => dialect.location(stored, context))
      .filter((text) => text !== null);
    // Together, since each buffer has a price of its own.
    if (texts.length > 0) pieces.push(Buffer.from(texts.join()));
  }
  return pieces;
}

function say(dialect: ExportDialect, module: Module, stored: Stored, context: ExportContext): string | null {
  return module === 'tariffs' ? dialect.tariff(stored, context) : dialect.location(stored, context);
}

function storedOf({ owner, document }: ListedObject): Stored {
  return { owner, document: document.toString(), asStored: [] };
}

function withLocation(stored: Stored): Stored & { readonly location: Location } {
  return { ...stored, location: stored.location ?? (JSON.parse(stored.document) as Location) };
}

function bytesOf(text: string | null): Buffer | null {
  return text === null ? null : Buffer.from(text);
}

function* partsOf<Value>(values: readonly Value[], length: number): Generator<readonly Value[]> {
  for (let start = 0; start < values.length; start += length) yield values.slice(start, start + length);
}
