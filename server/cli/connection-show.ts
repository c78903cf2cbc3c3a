/** `nap connection show` */
import type { Command } from 'commander';
import { connectionWords } from './connection-words.ts';
import { answer, type CommandContext, type CommonOptions, finish, type WithAdmin } from './context.ts';
import { pushWords } from './push-words.ts';

export function addConnectionShow(parent: Command, context: CommandContext, withAdmin: WithAdmin): void {
  const command = parent
    .command('show')
    .description(
      'Show one connection: how it is, its settings, and what the partner told of itself. No token is shown.',
    )
    .argument('<name>', 'as in "nap connection list"')
    .action(async (name: string, options: CommonOptions) => {
      const connection = await withAdmin((admin) => admin.showConnection(name));
      const { push = [], ...settings } = connection;
      const words = [connectionWords(settings), pushWords(push)].filter((part) => part !== '');
      answer(context, options, connection, words.join('\n\n'));
    });
  finish(command, 'nap connection show tandem');
}
