/** `nap status` */
import type { Command } from 'commander';
import { connectionTable } from './connection-words.ts';
import { answer, type CommandContext, type CommonOptions, finish, type WithAdmin } from './context.ts';
import { sourceTable } from './source-words.ts';
import { fields } from './table.ts';

export function addStatus(program: Command, context: CommandContext, withAdmin: WithAdmin): void {
  const command = program
    .command('status')
    .description('Show what the registry holds and how sources and connections are.')
    .action(async (options: CommonOptions) => {
      const status = await withAdmin((admin) => admin.status());
      const { sources, connections, ...figures } = status;
      const words = [fields(figures), '', connectionTable(connections), '', sourceTable(sources)].join('\n');
      answer(context, options, status, words);
    });
  finish(command, 'nap status --json');
}
