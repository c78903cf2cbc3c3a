/** `nap quality waive` and `nap quality waivers` */
import type { Command } from 'commander';
import { answer, type CommandContext, type CommonOptions, finish, type WithAdmin } from './context.ts';
import { fields, table } from './table.ts';
import { usageError } from './usage-error.ts';

interface WaiveOptions extends CommonOptions {
  readonly party: string;
  readonly reason?: string;
  readonly until?: string;
  readonly end?: boolean;
}

export function addQualityWaive(parent: Command, context: CommandContext, withAdmin: WithAdmin): void {
  const command = parent
    .command('waive')
    .description('Findings of a rule do not count for a party until the end of a day; they are still shown.')
    .argument('<rule>', 'as in "nap quality"')
    .requiredOption('--party <party>', 'whose findings')
    .option('--reason <text>', 'why; everybody can read it')
    .option('--until <day>', 'the last day, such as 2027-01-31, UTC')
    .option('--end', 'ends the waiver now')
    .action(async (rule: string, options: WaiveOptions) => {
      const { party, reason, until, end } = options;
      if (end) {
        if (reason !== undefined || until !== undefined)
          throw usageError('--end takes no --reason and no --until');
        const ended = await withAdmin((admin) => admin.endWaiver({ rule, party }));
        answer(context, options, ended, `Ended the waiver of ${ended.ended}`);
        return;
      }
      const waiver = await withAdmin((admin) => admin.waive({ rule, party, reason, until }));
      answer(context, options, waiver, fields({ ...waiver }));
    });
  finish(command, 'nap quality waive ID-07 --party NL-TNM --reason "new IDs are ordered" --until 2027-01-31');
}

export function addQualityWaivers(parent: Command, context: CommandContext, withAdmin: WithAdmin): void {
  const command = parent
    .command('waivers')
    .description('Show all waivers, those that are over too.')
    .action(async (options: CommonOptions) => {
      const waivers = await withAdmin((admin) => admin.listWaivers());
      const rows = waivers.map(({ rule, party, until, in_force: inForce, reason }) => [
        ...[rule, party, until, inForce ? 'yes' : 'over', reason],
      ]);
      const words =
        rows.length === 0 ? 'No waivers.' : table(['RULE', 'PARTY', 'UNTIL', 'IN FORCE', 'REASON'], rows);
      answer(context, options, waivers, words);
    });
  finish(command, 'nap quality waivers');
}
