/** A command of the installed `nap`, from its start to its end, with what it cost. Fails when the command does. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nap, type RunnableRegistry } from '../registries.ts';

const COST_AT_EXIT = join(import.meta.dirname, 'cost-at-exit.cjs');

export interface MeasuredCommand {
  readonly stdout: string;
  /** From the start of the process to its end. */
  readonly seconds: number;
  readonly peakMegabytes: number;
  /** Of all its threads. */
  readonly cpuSeconds: number;
}

export async function measureCommand(
  registry: RunnableRegistry,
  commandLine: readonly string[],
): Promise<MeasuredCommand> {
  // Beside its data folder, which is in the folder of the run and goes with it.
  const costFile = `${registry.environment.NAP_DATA_DIR}.cost.json`;
  const preload = { NODE_OPTIONS: `--require "${COST_AT_EXIT}"`, BENCH_COST_FILE: costFile };
  const environment = { ...registry.environment, ...preload };
  const start = performance.now();
  const stdout = await nap({ ...registry, environment }, commandLine);
  const seconds = (performance.now() - start) / 1_000;
  const { peakMegabytes, cpuSeconds } = JSON.parse(await readFile(costFile, 'utf8'));
  return { stdout, seconds, peakMegabytes, cpuSeconds };
}
