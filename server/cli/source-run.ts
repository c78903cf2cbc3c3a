/** `nap source run` */
import type { Command } from 'commander';
import type { RunCounts } from '../../db/partner-model.ts';
import type { RunView } from '../admin/service.ts';
import { answer, type CommandContext, type CommonOptions, finish, type WithAdmin } from './context.ts';
import { table } from './table.ts';

interface RunOptions extends CommonOptions {
  readonly full?: boolean;
}

/** Milliseconds between two lines of progress where they cannot be written over each other. */
const LINE_INTERVAL_MS = 5_000;

export function addSourceRun(parent: Command, context: CommandContext, withAdmin: WithAdmin): void {
  const command = parent
    .command('run')
    .description('Pull a source now and wait for the end. Exit code 0 only when the run was complete.')
    .argument('<name>', 'as in "nap source list"')
    .option('--full', 'everything, not only what changed since the last complete run')
    .action(async (name: string, options: RunOptions) => {
      const report = await withEnd((signal) =>
        withAdmin((admin) =>
          admin.runSource(name, { full: options.full ?? false, signal, onProgress: progress(context) }),
        ),
      );
      answer(context, options, report, reportWords(report));
      if (report.state !== 'complete') context.exitCode = 1;
    });
  finish(command, 'nap source run powergo --full');
}

/** Ctrl-C ends the run in order; what was stored by then stays. */
async function withEnd<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const end = new AbortController();
  const interrupt = () => end.abort(new Error('interrupted'));
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    return await work(end.signal);
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

function progress(context: CommandContext): (counts: RunCounts) => void {
  let told = performance.now();
  return (counts) => {
    const now = performance.now();
    if (!context.isTerminal && now - told < LINE_INTERVAL_MS) return;
    told = now;
    const { received, created, updated, unchanged, rejected } = counts;
    const words = `${received} received: ${created} new, ${updated} changed, ${unchanged} unchanged, ${rejected} rejected`;
    context.say(context.isTerminal ? `\r\x1b[K${words}` : `${words}\n`);
  };
}

function reportWords(report: RunView): string {
  const { received, created, updated, unchanged, stale, rejected, failed, removed, findings } = report;
  const counts = { received, created, updated, unchanged, stale, rejected, failed, removed, findings };
  const header = ['SOURCE', 'STATE', ...Object.keys(counts).map((name) => name.toUpperCase()), 'SECONDS'];
  const row = [report.source, report.state, ...Object.values(counts), report.seconds];
  return [table(header, [row]), ...(report.problem ? [report.problem] : [])].join('\n');
}
