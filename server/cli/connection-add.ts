/** `nap connection add` */
import type { Command } from 'commander';
import {
  addConnectionOptions,
  type ConnectionOptions,
  connectionInput,
  issuedWords,
  REGISTRATION_HINT,
  roleOption,
} from './connection-words.ts';
import { answer, type CommandContext, type CommonOptions, finish, type WithAdmin } from './context.ts';

interface AddOptions extends CommonOptions, ConnectionOptions {
  readonly static?: boolean;
  readonly versionsUrl?: string;
  readonly token?: string;
}

export function addConnectionAdd(parent: Command, context: CommandContext, withAdmin: WithAdmin): void {
  const command = parent
    .command('add')
    .description(
      'Add a platform that speaks OCPI with us: make the token that opens our door to it, or register with it.',
    )
    .argument('<name>', 'a name of your own for it')
    .addOption(roleOption().makeOptionMandatory())
    .requiredOption(
      '--party <parties>',
      'whom it speaks for, e.g. NL-TNM,BE-TNM; of a hub, its own party first',
    )
    .option('--static', 'the token works at once, without a handshake')
    .option('--versions-url <url>', 'begin the handshake ourselves, at its versions endpoint ...')
    .option('--token <token>', '... with the registration token that it gave us')
    .option('--push-only', 'it pushes to us, and we never pull from it');
  addConnectionOptions(command).action(async (name: string, options: AddOptions) => {
    const { versionsUrl, token } = options;
    const handshake = { static: options.static ?? false, versions_url: versionsUrl, token };
    const input = { name, ...connectionInput(options), ...handshake };
    const issued = await withAdmin((admin) => admin.addConnection(input));
    answer(context, options, issued, issuedWords(issued));
    if (issued.token_kind === 'registration') context.say(REGISTRATION_HINT);
    if (issued.hint !== undefined) context.say(`${issued.hint}\n`);
  });
  finish(
    command,
    'nap connection add tandem --role CPO --party NL-TNM,BE-TNM --static\n' +
      'nap connection add powergo --role CPO --party NL-PGO\n' +
      'nap connection add maps --role NSP --party NL-MAP --versions-url https://maps.example/ocpi/versions --token TOKEN',
  );
}
