/** `nap source list` */
import type { Command } from 'commander';
import { answer, type CommandContext, type CommonOptions, finish, type WithAdmin } from './context.ts';
import { sourceTable } from './source-words.ts';

export function addSourceList(parent: Command, context: CommandContext, withAdmin: WithAdmin): void {
  const command = parent
    .command('list')
    .description('Show all sources and how their last run ended.')
    .action(async (options: CommonOptions) => {
      const sources = await withAdmin((admin) => admin.listSources());
      answer(context, options, sources, sourceTable(sources));
    });
  finish(command, 'nap source list');
}
