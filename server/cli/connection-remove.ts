/** `nap connection remove` */
import type { Command } from 'commander';
import { answer, type CommandContext, type CommonOptions, finish, type WithAdmin } from './context.ts';

export function addConnectionRemove(parent: Command, context: CommandContext, withAdmin: WithAdmin): void {
  const command = parent
    .command('remove')
    .description(
      'Remove a connection, its token and its sources, and tell a registered partner. What it brought stays.',
    )
    .argument('<name>', 'as in "nap connection list"')
    .action(async (name: string, options: CommonOptions) => {
      const removed = await withAdmin((admin) => admin.removeConnection(name));
      answer(context, options, removed, `Removed the connection ${removed.removed}. Its token is dead.`);
      if (removed.partner_problem) context.say(`The partner could not be told: ${removed.partner_problem}\n`);
    });
  finish(command, 'nap connection remove tandem');
}
