/** Takes objects in by one version and gives them out by another, as the registry does, without a registry. */
import { expect } from 'chai';
import type { Location, Module, Owner } from '../../db/model.ts';
import type { OcpiVersion } from '../../db/ocpi-version.ts';
import type { TariffFact } from '../../db/reads/tariff-facts.ts';
import { objectKey } from '../../db/registry/mutation.ts';
import type { ExportContext, Stored } from '../../exports/dialects/dialect.ts';
import { EXPORT_DIALECTS } from '../../exports/dialects/dialects.ts';
import { versionsAsStored } from '../../ingest/dialects/as-stored.ts';
import { DIALECTS } from '../../ingest/dialects/dialects.ts';
import { examine } from '../../ingest/examination.ts';
import type { Built } from './builders.ts';
import { closedCheck } from './closed-schemas.ts';

export const OWNER: Owner = { countryCode: 'NL', partyId: 'TNM' };
export const NOW = new Date('2026-06-10T12:00:00Z');

/** What is stored of a valid object, and the rules of its findings. */
export function takeIn(
  version: OcpiVersion,
  module: Module,
  wire: unknown,
  strictness: 'report' | 'reject' = 'reject',
): Stored & { rules: string[] } {
  const kind = module === 'locations' ? 'location' : 'tariff';
  const examination = { dialect: DIALECTS[version], kind, owner: OWNER, strictness, now: NOW } as const;
  const verdict = examine<Location>({ ...examination, salvages: false }, wire);
  expect(verdict.accepted ? [] : verdict.problems, JSON.stringify(wire)).to.deep.equal([]);
  if (!verdict.accepted) throw new Error('not reached');
  return {
    owner: OWNER,
    document: JSON.stringify(verdict.value),
    asStored: module === 'locations' ? versionsAsStored(verdict.value) : [],
    rules: verdict.findings.map(({ rule }) => rule),
  };
}

/** What a partner gets, or null; the strictest reader of the version has looked at it, own fields of partners apart. */
export function giveOut(
  version: OcpiVersion,
  module: Module,
  stored: Stored,
  context: Partial<ExportContext> = {},
  unknownFields = true,
): Built | null {
  const dialect = EXPORT_DIALECTS[version];
  const whole: ExportContext = { now: NOW, audience: 'partner', tariffs: new Map(), ...context };
  const text = module === 'locations' ? dialect.location(stored, whole) : dialect.tariff(stored, whole);
  if (text === null) return null;
  const wire: Built = JSON.parse(text);
  expect(closedCheck(version, { unknownFields })(module, wire), `${version}: ${text}`).to.deep.equal([]);
  return wire;
}

/** In by one version, out by another. */
export function through(
  from: OcpiVersion,
  to: OcpiVersion,
  module: Module,
  wire: unknown,
  context: Partial<ExportContext> = {},
): Built | null {
  return giveOut(to, module, takeIn(from, module, wire), context);
}

/** Facts of Tariffs of the owner, as a read of the registry gives them. */
export function tariffFacts(...facts: (Partial<TariffFact> & { id: string })[]): ExportContext['tariffs'] {
  return new Map(
    facts.map((fact) => [
      objectKey(OWNER, fact.id),
      { type: null, startsAt: null, endsAt: null, ...fact } satisfies TariffFact,
    ]),
  );
}
