/** `nap connection rotate` */
import type { Command } from 'commander';
import { issuedWords } from './connection-words.ts';
import { answer, type CommandContext, type CommonOptions, finish, type WithAdmin } from './context.ts';

export function addConnectionRotate(parent: Command, context: CommandContext, withAdmin: WithAdmin): void {
  const command = parent
    .command('rotate')
    .description('Make a new token for a connection; the former one is dead at once.')
    .argument('<name>', 'as in "nap connection list"')
    .action(async (name: string, options: CommonOptions) => {
      const issued = await withAdmin((admin) => admin.rotateConnection(name));
      answer(context, options, issued, issuedWords(issued));
    });
  finish(command, 'nap connection rotate tandem');
}
