/**
 * A pull of a whole feed, page by page, as its operator would start it: `nap source run --full`, from the start of the
 * process to its end, when all is committed.
 *
 * Guarantees: a pull counts only when it was complete, brought every object that the Sender has, and left none behind.
 */
import type { RunReport } from '../../../ingest/pull.ts';
import type { Sample } from '../bench-case.ts';
import { NEVER_DUE, nap, type RunnableRegistry } from '../registries.ts';
import type { FeedSender } from './feed-sender.ts';
import { measureCommand } from './measured-command.ts';

const SOURCE = 'feed';

/** How it ended, beside what it took; units are the Locations that came. */
export interface Pull extends Sample {
  readonly report: RunReport;
}

export async function addFeedSource(registry: RunnableRegistry, sender: FeedSender): Promise<void> {
  const { versionsUrl, token } = sender;
  const options = ['--url', versionsUrl, '--token', token, '--schedule', NEVER_DUE];
  await nap(registry, ['source', 'add', SOURCE, '--kind', 'ocpi', ...options]);
}

export async function pullFeed(registry: RunnableRegistry, sender: FeedSender): Promise<Pull> {
  const command = await measureCommand(registry, ['source', 'run', SOURCE, '--full', '--json']);
  const { stdout, seconds, peakMegabytes, cpuSeconds } = command;
  const report = JSON.parse(stdout) as RunReport;
  const { state, received, failed, stale } = report;
  const isWhole = state === 'complete' && received === sender.locations + sender.tariffs;
  if (!isWhole || failed > 0 || stale > 0) throw new Error(`a pull did not take in all: ${stdout}`);
  const note = `${cpuSeconds.toFixed(1)} s of a processor`;
  return { report, seconds, units: sender.locations, peakMegabytes, note };
}
