/** `nap source remove` */
import type { Command } from 'commander';
import { answer, type CommandContext, type CommonOptions, finish, type WithAdmin } from './context.ts';

export function addSourceRemove(parent: Command, context: CommandContext, withAdmin: WithAdmin): void {
  const command = parent
    .command('remove')
    .description('Remove a source. What it brought stays in the registry.')
    .argument('<name>', 'as in "nap source list"')
    .action(async (name: string, options: CommonOptions) => {
      const removed = await withAdmin((admin) => admin.removeSource(name));
      answer(context, options, removed, `Removed the source ${removed.removed}.`);
    });
  finish(command, 'nap source remove powergo');
}
