/** `nap source set` */
import { type Command, Option } from 'commander';
import { OCPI_VERSIONS } from '../../db/ocpi-version.ts';
import { STRICTNESSES, TOKEN_FORMS } from '../admin/connection-service.ts';
import { answer, type CommandContext, type CommonOptions, finish, type WithAdmin } from './context.ts';
import { fields } from './table.ts';

interface SetOptions extends CommonOptions {
  readonly token?: string;
  readonly tokenForm?: string;
  readonly version?: string;
  readonly strictness?: string;
  readonly schedule?: string;
  readonly fullSchedule?: string;
  readonly shrinkLimit?: string;
}

export function addSourceSet(parent: Command, context: CommandContext, withAdmin: WithAdmin): void {
  const command = parent
    .command('set')
    .description('Change settings of a source; what is not named stays. A refused token counts as mended.')
    .argument('<name>', 'as in "nap source list"')
    .option('--token <token>', 'the token that the platform gave us')
    .addOption(new Option('--token-form <form>', 'how it wants it').choices(TOKEN_FORMS))
    .addOption(new Option('--version <version>', 'OCPI version').choices(OCPI_VERSIONS))
    .addOption(new Option('--strictness <how>', 'what to do with faulty input').choices(STRICTNESSES))
    .option('--schedule <cron>', 'when to pull what changed, UTC')
    .option('--full-schedule <cron>', 'when to pull everything, UTC')
    .option(
      '--shrink-limit <share>',
      'share of its objects that may be gone before nothing is removed, 0 to 1',
    )
    .action(async (name: string, options: SetOptions) => {
      const { token, version, strictness, schedule } = options;
      const input = {
        ...{ token, version, strictness, schedule, token_form: options.tokenForm },
        ...{ full_schedule: options.fullSchedule, shrink_limit: options.shrinkLimit },
      };
      const changed = await withAdmin((admin) => admin.setSource(name, input));
      answer(context, options, changed, fields({ ...changed }));
    });
  finish(command, 'nap source set powergo --token NEW-TOKEN');
}
