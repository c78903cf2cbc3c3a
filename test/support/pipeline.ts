/**
 * A pipeline over a test database, wired as `server/compose.ts` wires it, with a clock that stands still until
 * a test moves it.
 */
import pino from 'pino';
import { createRejectedRecordStore } from '../../db/registry/rejected-record-store.ts';
import { createVoiceStore } from '../../db/registry/voice-store.ts';
import { createWriter, type RegistryWriter } from '../../db/registry/writer.ts';
import { type Contributor, createPipeline, type Pipeline } from '../../ingest/pipeline.ts';
import type { TestDatabase } from './database.ts';

export interface TestPipeline {
  pipeline: Pipeline;
  writer: RegistryWriter;
  /** The time that the pipeline sees. */
  now: Date;
  /** Errors logged so far: a healthy run has none. */
  errors: unknown[];
}

/** Wires a pipeline; make a new one after `truncate()`. */
export async function openTestPipeline(database: TestDatabase): Promise<TestPipeline> {
  const errors: unknown[] = [];
  const logger = pino({ level: 'error' }, { write: (line: string) => errors.push(JSON.parse(line)) });
  const clock = () => opened.now;
  const { knex } = database;
  const writer = createWriter({ knex, clock });
  const opened: TestPipeline = {
    now: new Date('2026-06-10T12:00:00Z'),
    errors,
    writer,
    pipeline: createPipeline({
      knex,
      writer,
      clock,
      logger,
      voices: createVoiceStore({ knex, clock }),
      rejectedRecords: await createRejectedRecordStore({ knex, clock }),
    }),
  };
  return opened;
}

/** A source made by hand, as a contributor without strictness. */
export async function addTestSource(database: TestDatabase, name: string): Promise<Contributor> {
  const [row] = await database
    .knex('source')
    .insert({ name, kind: 'ocpi-file', schedule: '0 * * * *', full_schedule: '0 3 * * *' })
    .returning('id');
  return { speaker: { kind: 'source', id: row.id }, name, strictness: 'report', version: '2.2.1' };
}
