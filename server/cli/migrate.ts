/** `nap migrate` */
import type { Command } from 'commander';
import { connectAdminSocket } from '../admin/socket-client.ts';
import type { Config } from '../config.ts';
import { answer, type CommandContext, type CommonOptions, finish } from './context.ts';
import { commandConfig, commandLogger } from './open-admin.ts';

interface MigrateAnswer {
  engine: 'embedded' | 'server';
  /** Names of the migrations that were applied now. */
  applied: string[];
}

export function addMigrate(program: Command, context: CommandContext): void {
  const command = program
    .command('migrate')
    .description('Bring the database to the newest schema. Safe when several processes do it at once.')
    .action(async (options: CommonOptions) => {
      const config = commandConfig(context);
      const done = await migrateConfigured(config);
      const words =
        done.applied.length === 0
          ? 'The database is at the newest schema already.'
          : `Applied ${done.applied.length}: ${done.applied.join(', ')}.`;
      answer(context, options, done, words);
    });
  finish(command, 'DATABASE_URL=postgres://nap:secret@db:5432/nap nap migrate');
}

async function migrateConfigured(config: Config): Promise<MigrateAnswer> {
  const running = config.databaseUrl === undefined && (await connectAdminSocket(config.dataDirectory));
  if (running) {
    // A server migrates when it starts, and nobody else can have the embedded database open.
    await running.close();
    return { engine: 'embedded', applied: [] };
  }
  const { migrate } = await import('../../db/migrate.ts');
  const { openConfigured } = await import('../compose.ts');
  const logger = commandLogger(config);
  const database = await openConfigured(config, logger);
  try {
    const { applied } = await migrate(database, { logger });
    return { engine: database.engine, applied };
  } finally {
    await database.close();
  }
}
