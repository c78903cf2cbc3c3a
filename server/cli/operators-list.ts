/** `nap operators list` */
import type { Command } from 'commander';
import type { OperatorRegisterView } from '../admin/service.ts';
import { answer, type CommandContext, type CommonOptions, finish, type WithAdmin } from './context.ts';
import { table } from './table.ts';

export function addOperatorsList(parent: Command, context: CommandContext, withAdmin: WithAdmin): void {
  const command = parent
    .command('list')
    .description('Show the registers that can be read, how much they list, and how their last import ended.')
    .action(async (options: CommonOptions) => {
      const registers = await withAdmin((admin) => admin.listOperators());
      answer(context, options, registers, registerWords(registers));
    });
  finish(command, 'nap operators list');
}

function registerWords(registers: readonly OperatorRegisterView[]): string {
  const rows = registers.map((register) => [
    register.authority,
    register.countries.join(',') || 'any',
    ...[register.cpo, register.emsp, register.delisted],
    register.last_import?.state,
    register.last_good_at,
    register.schedules.map(({ schedule }) => schedule).join(', ') || null,
    register.title,
  ]);
  const header = [
    ...['AUTHORITY', 'COUNTRIES', 'CPO', 'EMSP', 'DELISTED', 'LAST IMPORT', 'LAST GOOD', 'SCHEDULE', 'WHO'],
  ];
  return [table(header, rows), ...registers.flatMap(problemsOf)].join('\n');
}

function problemsOf({ authority, last_import: last }: OperatorRegisterView): string[] {
  if (!last) return [];
  if (last.problem !== null) return [`${authority}: ${last.problem}`];
  if (last.malformed === 0) return [];
  return [`${authority}: ${last.malformed} of ${last.received} rows had a fault (--json shows them)`];
}
