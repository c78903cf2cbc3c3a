/**
 * A registry that holds the feed some times over. It is taken in once a run, which is measured, and stays for all cases
 * that need it, until the cluster goes.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunReport } from '../../../ingest/pull.ts';
import type { Bench, Sample } from '../bench-case.ts';
import { measureCommand } from '../ingest/measured-command.ts';
import { onceARun } from '../once-a-run.ts';
import { addFileSource, type BenchRegistry, nap } from '../registries.ts';
import { settle, withClient } from '../registry-client.ts';
import { writeCopies } from './copied-feed.ts';

/** On two cores with nothing else to do, with writing and analysing it. */
const MINUTES_A_COPY = 1;

export interface GrownRegistry {
  readonly registry: BenchRegistry;
  /** What its ingest took; units are Locations. */
  readonly ingest: Sample;
}

export function grownRegistry(bench: Bench, copies: number): Promise<GrownRegistry> {
  return onceARun(bench, `registry of ${copies} copies`, () => grow(bench, copies));
}

async function grow({ feed, registries, folder, say }: Bench, copies: number): Promise<GrownRegistry> {
  const times = copies === 1 ? 'once' : `${copies} times over`;
  say(`taking in ${feed.title}, ${times}: of a national feed some ${copies * MINUTES_A_COPY} min`);
  const file = join(folder, `${copies}-copies.json`);
  await writeCopies(feed.locations, copies, file);
  const registry = await registries.empty();
  await addFileSource(registry, 'tariffs', feed.tariffs);
  await nap(registry, ['source', 'run', 'tariffs']);
  await addFileSource(registry, 'locations', file);
  await settle(registry);
  const command = await measureCommand(registry, ['source', 'run', 'locations', '--json']);
  const { created, rejected, received, failed } = JSON.parse(command.stdout) as RunReport;
  // Some objects come twice in a feed.
  if (failed > 0 || created < 0.9 * received) {
    throw new Error(`of ${received} Locations ${created} were stored, ${rejected} not`);
  }
  await rm(file);
  await withClient(registry, (client) => client.query('vacuum (analyze)'));
  const { seconds, peakMegabytes, cpuSeconds } = command;
  const note = `${received} Locations, ${cpuSeconds.toFixed(1)} s of a processor`;
  return { registry, ingest: { seconds, units: received, peakMegabytes, note } };
}
