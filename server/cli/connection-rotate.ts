/** `nap connection rotate` */
import type { Command } from 'commander';
import { issuedWords } from './connection-words.ts';
import { answer, type CommandContext, type CommonOptions, finish, type WithAdmin } from './context.ts';

export function addConnectionRotate(parent: Command, context: CommandContext, withAdmin: WithAdmin): void {
  const command = parent
    .command('rotate')
    .description(
      'Replace the tokens of a connection: with a registered partner both, by a handshake that we begin; otherwise ' +
        'ours for it, and the former one is dead at once.',
    )
    .argument('<name>', 'as in "nap connection list"')
    .option('--reset', 'forget the handshake, and make a registration token for a new one')
    .action(async (name: string, options: CommonOptions & { reset?: boolean }) => {
      const { reset = false } = options;
      const issued = await withAdmin((admin) => admin.rotateConnection(name, { reset }));
      answer(context, options, issued, issuedWords(issued));
      if (issued.hint !== undefined) context.say(`${issued.hint}\n`);
    });
  finish(command, 'nap connection rotate tandem');
}
