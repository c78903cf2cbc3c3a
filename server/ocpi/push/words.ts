/**
 * From what changed to what is asked of a partner: the present state, in the words of its version, as plans.
 *
 * Guarantees: at most two queries for all objects together. An object without a plan is one of which the partner
 * must not hear, or cannot: never published, or not to be said in its version. Fails as the database fails.
 */
import type { Knex } from 'knex';
import type { Owner } from '../../../db/model.ts';
import { DEFAULT_OCPI_VERSION, isOcpiVersion } from '../../../db/ocpi-version.ts';
import { type ChangedObject, readPresentObjects } from '../../../db/reads/journal.ts';
import type { ExportDialect } from '../../../exports/dialects/dialect.ts';
import { EXPORT_DIALECTS } from '../../../exports/dialects/dialects.ts';
import { readExportContext } from '../../../exports/dialects/express.ts';
import { type PushPlan, planLocation, planTariff } from './plan.ts';
import type { Receiver } from './receivers.ts';

/** Who asks: the moment, and in whose name 2.1.1 objects go out. */
export interface Asking {
  readonly now: Date;
  /** Our own party. */
  readonly party: Owner | undefined;
}

/** The plans, by the key of the object. */
export async function planPushes(
  knex: Knex,
  { connection, module }: Receiver,
  changes: readonly ChangedObject[],
  { now, party }: Asking,
): Promise<Map<string, PushPlan>> {
  const dialect = dialectOf(connection.version);
  const present = await readPresentObjects(knex, module, changes);
  const locations = module === 'locations' ? [...present.values()] : [];
  const context = await readExportContext(knex, dialect, locations, { now, audience: 'partner' });
  // In 2.1.1 the URL names who calls, and the id names the owner (LS-14).
  const inUrl = (owner: Owner) => (dialect.version === '2.1.1' ? (party ?? owner) : owner);
  const plans = new Map<string, PushPlan>();
  for (const change of changes) {
    const stored = present.get(change.key);
    if (module === 'tariffs') {
      const id = dialect.objectId(module, change.owner, stored?.objectId ?? change.objectId);
      const text = stored ? dialect.tariff(stored, context) : null;
      plans.set(change.key, planTariff(inUrl(change.owner), id, text));
      continue;
    }
    const text = stored ? dialect.location(stored, context) : null;
    const plan = planLocation(change, stored, text, { owner: inUrl, uidOf: dialect.evseUid });
    if (plan) plans.set(change.key, plan);
  }
  return plans;
}

function dialectOf(version: string): ExportDialect {
  return EXPORT_DIALECTS[isOcpiVersion(version) ? version : DEFAULT_OCPI_VERSION];
}
