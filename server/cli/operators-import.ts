/** `nap operators import` */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { OperatorImportView } from '../admin/service.ts';
import { answer, type CommandContext, type CommonOptions, finish, type WithAdmin } from './context.ts';
import { table } from './table.ts';

/** Findings that are shown to a person; `--json` has all that are kept. */
const SHOWN_FINDINGS = 20;

interface ImportOptions extends CommonOptions {
  readonly authority: string;
  readonly schedule?: string;
  readonly force?: boolean;
}

export function addOperatorsImport(parent: Command, context: CommandContext, withAdmin: WithAdmin): void {
  const command = parent
    .command('import')
    .description('Read the list of an authority, from a URL or a file (gzip or not).')
    .argument('<file-or-url>', 'where its list is')
    .requiredOption('--authority <name>', 'whose list it is: a name of "nap operators list"')
    .option('--schedule <cron>', 'read this URL again at these times, UTC; "never": no more')
    .option('--force', 'take it in although much would be gone or changed')
    .action(async (from: string, options: ImportOptions) => {
      const { authority, schedule, force = false } = options;
      // The server may run in another folder than this command.
      const place = /^[a-z][a-z0-9+.-]*:/i.test(from) ? from : resolve(from);
      const wish = { from: place, authority, schedule, force };
      const ended = await withAdmin((admin) => admin.importOperators(wish));
      answer(context, options, ended, importWords(ended));
      if (ended.state === 'refused' || ended.state === 'failed') context.exitCode = 1;
    });
  finish(
    command,
    'nap operators import https://api.afirev.fr/public/prefixes --authority afirev --schedule @daily\n' +
      'nap operators import registers.csv.gz --authority table',
  );
}

function importWords(ended: OperatorImportView): string {
  const { received, entries, created, updated, unchanged, delisted, malformed } = ended;
  const counts = { received, entries, created, updated, unchanged, delisted, malformed };
  const header = ['AUTHORITY', 'STATE', ...Object.keys(counts).map((name) => name.toUpperCase()), 'SECONDS'];
  const row = [ended.authority, ended.state, ...Object.values(counts), ended.seconds];
  return [table(header, [row]), ...(ended.problem ? [ended.problem] : []), ...findingLines(ended)].join('\n');
}

function findingLines({ findings }: OperatorImportView): string[] {
  const lines = findings.slice(0, SHOWN_FINDINGS).map(({ place, message, received }) => {
    return `${place}: ${message}${received === '' ? '' : `, received ${JSON.stringify(received)}`}`;
  });
  const more = findings.length - lines.length;
  return more > 0 ? [...lines, `and ${more} more (--json shows them)`] : lines;
}
