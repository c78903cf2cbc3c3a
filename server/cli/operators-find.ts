/** `nap operators find` */
import type { Command } from 'commander';
import { answer, type CommandContext, type CommonOptions, finish, type WithAdmin } from './context.ts';
import { table } from './table.ts';

export function addOperatorsFind(parent: Command, context: CommandContext, withAdmin: WithAdmin): void {
  const command = parent
    .command('find')
    .description('Who an operator ID, or the operator of an EVSE ID, is in the official registers.')
    .argument('<id>', 'in any spelling: NL*TNM, nl-tnm, NLTNM, +49*823, NL*TNM*E123')
    .action(async (id: string, options: CommonOptions) => {
      const found = await withAdmin((admin) => admin.findOperators(id));
      const rows = found.map((one) => [
        `${one.country_code}*${one.operator_id}`,
        ...[one.role, one.status, one.name, one.authority],
        ...[one.first_seen.slice(0, 10), one.last_seen.slice(0, 10)],
      ]);
      const header = ['ID', 'ROLE', 'STATUS', 'NAME', 'AUTHORITY', 'FIRST SEEN', 'LAST SEEN'];
      const none = `${id} is in no register that was imported. "nap operators list" shows which were.`;
      answer(context, options, found, rows.length === 0 ? none : table(header, rows));
    });
  finish(command, "nap operators find 'NL*TNM'\nnap operators find 'NL*TNM*E123'");
}
