/** `nap source add` */
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { OCPI_VERSIONS } from '../../db/ocpi-version.ts';
import { STRICTNESSES, TOKEN_FORMS } from '../admin/connection-service.ts';
import { answer, type CommandContext, type CommonOptions, finish, type WithAdmin } from './context.ts';
import { fields } from './table.ts';

interface AddOptions extends CommonOptions {
  readonly kind: string;
  readonly url?: string;
  readonly locationsUrl?: string;
  readonly tariffsUrl?: string;
  readonly connection?: string;
  readonly module?: string;
  readonly party?: string;
  readonly token?: string;
  readonly tokenForm?: string;
  readonly version?: string;
  readonly strictness?: string;
  readonly schedule?: string;
  readonly fullSchedule?: string;
  readonly shrinkLimit?: string;
}

export function addSourceAdd(parent: Command, context: CommandContext, withAdmin: WithAdmin): void {
  const command = parent
    .command('add')
    .description('Add something that is pulled on a schedule.')
    .argument('<name>', 'a name of your own for it')
    .option(
      '--kind <kind>',
      'ocpi: a platform that offers its data; ocpi-file: a file of OCPI objects',
      'ocpi',
    )
    .option('--url <url>', 'ocpi: of its versions endpoint; ocpi-file: of the file, or its path')
    .option('--locations-url <url>', 'ocpi without versions endpoint: of its Locations')
    .option('--tariffs-url <url>', 'ocpi without versions endpoint: of its Tariffs')
    .option('--connection <name>', 'it is the same platform as this connection: both are one voice')
    .addOption(
      new Option('--module <module>', 'ocpi-file: what is in the file (default: locations)').choices([
        'locations',
        'tariffs',
      ]),
    )
    .option(
      '--party <parties>',
      'whom it speaks for, e.g. NL-TNM; without it, any owner without another voice',
    )
    .option('--token <token>', 'the token that the platform gave us')
    .addOption(new Option('--token-form <form>', 'how it wants it (default: found out)').choices(TOKEN_FORMS))
    .addOption(
      new Option(
        '--version <version>',
        'OCPI version (default: ocpi: the highest that both speak; ocpi-file: 2.2.1)',
      ).choices(OCPI_VERSIONS),
    )
    .addOption(new Option('--strictness <how>', 'what to do with faulty input').choices(STRICTNESSES))
    .option('--schedule <cron>', 'when to pull what changed, UTC (default: every 15 minutes)')
    .option('--full-schedule <cron>', 'when to pull everything, UTC (default: every night)')
    .option(
      '--shrink-limit <share>',
      'share of its objects that may be gone before nothing is removed, 0 to 1',
    );
  command.action(async (name: string, options: AddOptions) => {
    const added = await withAdmin((admin) => admin.addSource(sourceInput(name, options)));
    answer(context, options, added, fields({ ...added }));
    context.say(`It is pulled by its schedule while "nap serve" runs; now: nap source run ${added.name}\n`);
  });
  finish(
    command,
    'nap source add powergo --url https://cpo.example/ocpi/versions --token TOKEN --party NL-PGO\n' +
      "nap source add dutch --kind ocpi-file --url https://opendata.example/locations.json.gz --schedule '@hourly'\n" +
      'nap source add old-cpo --kind ocpi-file --version 2.1.1 --url ./locations.json --party NL-OLD',
  );
}

function sourceInput(name: string, options: AddOptions): object {
  const { kind, url, connection, module, version, party, token, strictness, schedule } = options;
  return {
    ...{ name, kind, connection, module, version, parties: party, token, strictness, schedule },
    // The server may run in another folder than this command.
    url: url !== undefined && isPath(url) ? resolve(url) : url,
    locations_url: options.locationsUrl,
    tariffs_url: options.tariffsUrl,
    token_form: options.tokenForm,
    full_schedule: options.fullSchedule,
    shrink_limit: options.shrinkLimit,
  };
}

function isPath(url: string): boolean {
  return !/^[a-z][a-z0-9+.-]*:/i.test(url);
}
