/**
 * Registries that hold the feed once, or some times over. Each is taken in once a run, which is measured, and stays for
 * all cases that need it, until the cluster goes.
 */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunReport } from '../../../ingest/pull.ts';
import type { Bench, Sample } from '../bench-case.ts';
import { measureCommand } from '../ingest/measured-command.ts';
import { type BenchRegistries, type BenchRegistry, NEVER_DUE, nap } from '../registries.ts';
import { settle, withClient } from '../registry-client.ts';
import { writeCopies } from './copied-feed.ts';

export interface GrownRegistry {
  readonly registry: BenchRegistry;
  /** What its ingest took; units are Locations. */
  readonly ingest: Sample;
}

/** By the run that they belong to, and by copies. */
const grown = new WeakMap<BenchRegistries, Map<number, Promise<GrownRegistry>>>();

export function grownRegistry(bench: Bench, copies: number): Promise<GrownRegistry> {
  const ofRun = grown.get(bench.registries) ?? new Map<number, Promise<GrownRegistry>>();
  grown.set(bench.registries, ofRun);
  const made = ofRun.get(copies) ?? grow(bench, copies);
  ofRun.set(copies, made);
  return made;
}

async function grow({ feed, registries, folder, say }: Bench, copies: number): Promise<GrownRegistry> {
  const file = join(folder, `${copies}-copies.json`);
  say(`taking in ${feed.title}, ${copies} times over`);
  await writeCopies(feed.locations, copies, file);
  const registry = await registries.empty();
  await addSource(registry, 'tariffs', feed.tariffs);
  await nap(registry, ['source', 'run', 'tariffs']);
  await addSource(registry, 'locations', file);
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

async function addSource(
  registry: BenchRegistry,
  module: 'locations' | 'tariffs',
  file: string,
): Promise<void> {
  const source = ['--kind', 'ocpi-file', '--module', module, '--url', `file://${file}`];
  await nap(registry, ['source', 'add', module, ...source, '--schedule', NEVER_DUE]);
}
