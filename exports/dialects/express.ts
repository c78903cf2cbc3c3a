/**
 * Objects of the registry said in a version, for whoever answers a request: finds out what the dialect needs to
 * know, once for all of them.
 *
 * Guarantees: at most one query, and none for dialects that need none. Fails as the database fails.
 */
import type { Knex } from 'knex';
import type { Module } from '../../db/model.ts';
import type { StoredDocument } from '../../db/reads/stored-object.ts';
import { readTariffFacts, type TariffFacts } from '../../db/reads/tariff-facts.ts';
import type { ExportContext, ExportDialect } from './dialect.ts';

const NO_TARIFFS: TariffFacts = new Map();

/** What the dialect needs to know in order to say these Locations, or parts of them. */
export async function readExportContext(
  knex: Knex,
  dialect: ExportDialect,
  locations: readonly Pick<StoredDocument, 'id'>[],
  asked: Pick<ExportContext, 'now' | 'audience'>,
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
  asked: Pick<ExportContext, 'now' | 'audience'>,
): Promise<string[]> {
  if (module === 'tariffs') {
    const context: ExportContext = { ...asked, tariffs: NO_TARIFFS };
    return objects.map((stored) => dialect.tariff(stored, context)).filter((text) => text !== null);
  }
  const context = await readExportContext(knex, dialect, objects, asked);
  return objects.map((stored) => dialect.location(stored, context)).filter((text) => text !== null);
}
