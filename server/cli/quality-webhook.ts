/** `nap quality webhook` */
import type { Command } from 'commander';
import { answer, type CommandContext, type CommonOptions, finish, type WithAdmin } from './context.ts';
import { fields } from './table.ts';
import { usageError } from './usage-error.ts';

interface WebhookOptions extends CommonOptions {
  readonly url?: string;
  readonly remove?: boolean;
}

export function addQualityWebhook(parent: Command, context: CommandContext, withAdmin: WithAdmin): void {
  const command = parent
    .command('webhook')
    .description(
      'Where findings of a connection’s parties are told as they open and close; shows how it goes.',
    )
    .argument('<connection>', 'as in "nap connection list"')
    .option('--url <url>', 'tell them here from now on; prints the secret of the signature, once')
    .option('--remove', 'tell nobody any more')
    .action(async (connection: string, options: WebhookOptions) => {
      const { url, remove } = options;
      if (url !== undefined && remove) throw usageError('either --url or --remove');
      if (remove) {
        const removed = await withAdmin((admin) => admin.removeWebhook(connection));
        answer(context, options, removed, `Removed the webhook of ${removed.removed}`);
      } else if (url === undefined) {
        const shown = await withAdmin((admin) => admin.showWebhook(connection));
        answer(context, options, shown, fields({ ...shown }));
      } else {
        const set = await withAdmin((admin) => admin.setWebhook(connection, { url }));
        const words = `${fields({ ...set })}\n\nGive the secret to whoever checks the signature. It is not shown again.`;
        answer(context, options, set, words);
      }
    });
  finish(
    command,
    'nap quality webhook tandem --url https://tandem.example/findings\nnap quality webhook tandem',
  );
}
