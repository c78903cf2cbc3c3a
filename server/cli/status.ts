/** `nap status` */
import type { Command } from 'commander';
import { connectionTable } from './connection-words.ts';
import { answer, type CommandContext, type CommonOptions, finish, type WithAdmin } from './context.ts';
import { sourceTable } from './source-words.ts';
import { fields, table } from './table.ts';

export function addStatus(program: Command, context: CommandContext, withAdmin: WithAdmin): void {
  const command = program
    .command('status')
    .description('Show what the registry holds and how sources and connections are.')
    .action(async (options: CommonOptions) => {
      const status = await withAdmin((admin) => admin.status());
      const { sources, connections, silent, ...figures } = status;
      const blocks = [fields(figures), connectionTable(connections), sourceTable(sources)];
      if (silent.length > 0) {
        const rows = silent.map(({ kind, name, last_heard_at, parties }) => [
          `${kind} ${name}`,
          last_heard_at,
          parties.join(','),
        ]);
        blocks.push(table(['SILENT', 'LAST HEARD', 'PARTIES'], rows));
      }
      const words = blocks.join('\n\n');
      answer(context, options, status, words);
    });
  finish(command, 'nap status --json');
}
