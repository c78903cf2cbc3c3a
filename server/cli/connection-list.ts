/** `nap connection list` */
import type { Command } from 'commander';
import { connectionTable } from './connection-words.ts';
import { answer, type CommandContext, type CommonOptions, finish, type WithAdmin } from './context.ts';

export function addConnectionList(parent: Command, context: CommandContext, withAdmin: WithAdmin): void {
  const command = parent
    .command('list')
    .description('Show all connections.')
    .action(async (options: CommonOptions) => {
      const connections = await withAdmin((admin) => admin.listConnections());
      answer(context, options, connections, connectionTable(connections));
    });
  finish(command, 'nap connection list');
}
