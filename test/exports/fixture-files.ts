/**
 * The fixture registry as it is published: the files that the builder made of it, and each format's file put together
 * here from the same objects, which is what tests look into.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Module } from '../../db/model.ts';
import { readPublicObjects } from '../../db/reads/public-objects.ts';
import { discoverFormats } from '../../exports/discover.ts';
import type { Edition, ExportFormat } from '../../exports/format.ts';
import { preparePublicLocation, preparePublicTariff } from '../../exports/public-objects.ts';
import { createSnapshots, type SnapshotReport, type Snapshots } from '../../exports/snapshots.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { assemble, type PublicObjects } from './assemble.ts';
import { fillFixtureRegistry } from './fixture-registry.ts';
import { type ReadFile, readFileOf } from './read-file.ts';

export const PUBLICATION = { name: 'NAP of Testland', licence: 'CC0-1.0', attribution: 'NAP of Testland' };

/** Its sequence is not that of the fixture. */
export const EDITION: Edition = {
  publication: PUBLICATION,
  sequence: 7,
  generatedAt: new Date('2026-06-03T09:00:00Z'),
};

/** The fixture's only party with a name, for Locations without an operator (OD-09). */
const PARTY_NAMES: ReadonlyMap<string, string> = new Map([['GB-ABC', 'Albion Charging']]);

export interface FixtureFiles {
  readonly database: TestDatabase;
  readonly formats: readonly ExportFormat[];
  readonly snapshots: Snapshots;
  readonly reports: readonly SnapshotReport[];
  /** Lines of the log at ERROR. */
  readonly errors: readonly string[];
  /** What each format is given to write. */
  readonly objects: Readonly<Record<Module, PublicObjects>>;
  bytes(name: string): Buffer;
  read(name: string): Promise<ReadFile>;
  close(): Promise<void>;
}

export async function openFixtureFiles(): Promise<FixtureFiles> {
  const formats = await discoverFormats();
  const database = await openTestDatabase();
  await fillFixtureRegistry(database);
  const directory = await mkdtemp(join(tmpdir(), 'nap-formats-'));
  const errors: string[] = [];
  const snapshots = createSnapshots({
    knex: database.knex,
    directory,
    publication: PUBLICATION,
    clock: () => EDITION.generatedAt,
    logger: pino({ level: 'error' }, { write: (line: string) => errors.push(line) }),
    readPartyNames: async () => PARTY_NAMES,
  });
  const reports = await snapshots.build();
  const objects = {
    locations: await readObjects(database, 'locations'),
    tariffs: await readObjects(database, 'tariffs'),
  };
  const files = new Map<string, Buffer>();
  for (const format of formats) {
    const { sequence = 0 } = (await snapshots.current(format.name)) ?? {};
    files.set(format.name, await assemble(format, { ...EDITION, sequence }, objects[format.module]));
  }

  function find(name: string): { format: ExportFormat; bytes: Buffer } {
    const format = formats.find((candidate) => candidate.name === name);
    const bytes = files.get(name);
    if (!format || !bytes) throw new Error(`no file ${name}`);
    return { format, bytes };
  }

  return {
    database,
    formats,
    snapshots,
    reports,
    errors,
    objects,
    bytes: (name) => find(name).bytes,
    read: (name) => readFileOf(find(name).format.mediaType, find(name).bytes),
    async close() {
      await snapshots.close();
      await database.drop();
      await rm(directory, { recursive: true });
    },
  };
}

async function readObjects({ knex }: TestDatabase, module: Module): Promise<PublicObjects> {
  const objects: PublicObjects[number][] = [];
  for await (const batch of readPublicObjects(knex, module)) {
    for (const object of batch) {
      const { countryCode, partyId } = object.owner;
      const prepared =
        module === 'tariffs'
          ? preparePublicTariff(object)
          : preparePublicLocation(object, PARTY_NAMES.get(`${countryCode}-${partyId}`) ?? null);
      if (prepared) objects.push(prepared);
    }
  }
  return objects;
}
