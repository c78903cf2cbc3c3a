/** `nap connection set` */
import type { Command } from 'commander';
import {
  addConnectionOptions,
  type ConnectionOptions,
  connectionInput,
  connectionWords,
  roleOption,
} from './connection-words.ts';
import { answer, type CommandContext, type CommonOptions, finish, type WithAdmin } from './context.ts';

export function addConnectionSet(parent: Command, context: CommandContext, withAdmin: WithAdmin): void {
  const command = parent
    .command('set')
    .description('Change settings of a connection; what is not named stays.')
    .argument('<name>', 'as in "nap connection list"')
    .addOption(roleOption())
    .option('--party <parties>', 'whom it speaks for from now on, all of them')
    .option('--push-only', 'it pushes to us, and we never pull from it')
    .option('--no-push-only', 'the opposite');
  addConnectionOptions(command).action(async (name: string, options: CommonOptions & ConnectionOptions) => {
    const changed = await withAdmin((admin) => admin.setConnection(name, connectionInput(options)));
    answer(context, options, changed, connectionWords(changed));
  });
  finish(command, 'nap connection set tandem --strictness reject');
}
