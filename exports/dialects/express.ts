/**
 * Objects of the registry said in a version, for whoever answers a request: finds out what the dialect needs to
 * know, once for all of them.
 *
 * Guarantees: at most one query, and none for dialects that need none. Fails as the database fails.
 */
import type { Knex } from 'knex';
import type { Module } from '../../db/model.ts';
import type { ListedObject } from '../../db/reads/sender-list.ts';
import type { StoredDocument } from '../../db/reads/stored-object.ts';
import { readTariffFacts, type TariffFacts } from '../../db/reads/tariff-facts.ts';
import type { ExportContext, ExportDialect, Stored } from './dialect.ts';

const NO_TARIFFS: TariffFacts = new Map();

type Asked = Pick<ExportContext, 'now' | 'audience'>;

/** What the dialect needs to know in order to say these Locations, or parts of them. */
export async function readExportContext(
  knex: Knex,
  dialect: ExportDialect,
  locations: readonly Pick<StoredDocument, 'id'>[],
  asked: Asked,
): Promise<ExportContext> {
  const tariffs = dialect.needsTariffs
    ? await readTariffFacts(
        knex,
        locations.map(({ id }) => id),
      )
    : NO_TARIFFS;
  return { ...asked, tariffs };
}

/** JSON texts of these objects in this order; what the version cannot express is left out (LS-11). */
export async function express(
  knex: Knex,
  dialect: ExportDialect,
  module: Module,
  objects: readonly StoredDocument[],
  asked: Asked,
): Promise<string[]> {
  const say = await speaker(knex, dialect, module, objects, asked);
  return objects.map(say).filter((text) => text !== null);
}

/** The same of a page, as bytes: what passes as it is stored is never made a string. */
export async function expressPage(
  knex: Knex,
  dialect: ExportDialect,
  module: Module,
  objects: readonly ListedObject[],
  asked: Asked,
): Promise<Buffer[]> {
  const say = await speaker(knex, dialect, module, objects, asked);
  const toBytes = ({ owner, document, passes }: ListedObject): Buffer | null => {
    if (passes) return document;
    const text = say({ owner, document: document.toString(), asStored: [] });
    return text === null ? null : Buffer.from(text);
  };
  return objects.map(toBytes).filter((bytes) => bytes !== null);
}

async function speaker(
  knex: Knex,
  dialect: ExportDialect,
  module: Module,
  objects: readonly Pick<StoredDocument, 'id'>[],
  asked: Asked,
): Promise<(stored: Stored) => string | null> {
  const context: ExportContext =
    module === 'tariffs'
      ? { ...asked, tariffs: NO_TARIFFS }
      : await readExportContext(knex, dialect, objects, asked);
  return (stored) =>
    module === 'tariffs' ? dialect.tariff(stored, context) : dialect.location(stored, context);
}
