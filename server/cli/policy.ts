/** `nap policy set` and `nap policy list` */
import type { Command } from 'commander';
import { POLICY_ACTIONS } from '../admin/quality-service.ts';
import { answer, type CommandContext, type CommonOptions, finish, type WithAdmin } from './context.ts';
import { fields, table } from './table.ts';

export function addPolicySet(parent: Command, context: CommandContext, withAdmin: WithAdmin): void {
  const command = parent
    .command('set')
    .description('Say what is done about objects that break a rule; it holds at once.')
    .argument('<rule>', 'as in "nap quality"')
    .argument('<action>', POLICY_ACTIONS.join(', '))
    .option('--party <party>', 'for this party only; otherwise for all that have none of their own')
    .action(async (rule: string, action: string, options: CommonOptions & { party?: string }) => {
      const { party } = options;
      const policy = await withAdmin((admin) => admin.setPolicy({ rule, action, party }));
      answer(context, options, policy, fields({ ...policy }));
    });
  finish(command, 'nap policy set ID-03 --party NL-TNM withhold\nnap policy set ID-07 reject');
}

export function addPolicyList(parent: Command, context: CommandContext, withAdmin: WithAdmin): void {
  const command = parent
    .command('list')
    .description('Show what was decided. A rule that is not here is noted, and nothing more.')
    .action(async (options: CommonOptions) => {
      const policies = await withAdmin((admin) => admin.listPolicies());
      const rows = policies.map(({ rule, party, action, set_at: setAt }) => [
        rule,
        party ?? 'all',
        action,
        setAt,
      ]);
      const words =
        rows.length === 0
          ? 'No policies: every rule is noted.'
          : table(['RULE', 'PARTY', 'ACTION', 'SET AT'], rows);
      answer(context, options, policies, words);
    });
  finish(command, 'nap policy list');
}
