/** What a subcommand is given: its surroundings, as the process or a test sets them. */
import type { Command } from 'commander';
import type { AdminService } from '../admin/service.ts';

export interface CommandContext {
  /** Settings; undefined: those of this process. */
  readonly environment: Readonly<Record<string, string | undefined>> | undefined;
  /** What was asked for. */
  readonly print: (text: string) => void;
  /** What a person should know beside it: progress, hints, faults. */
  readonly say: (text: string) => void;
  /** Progress may be written over itself. */
  readonly isTerminal: boolean;
  /** The exit code, when it is not 0 although nothing was thrown. */
  exitCode: number;
}

/** Options that every subcommand has. */
export interface CommonOptions {
  readonly json?: boolean;
}

/** Adds `--json` and an example to a subcommand. */
export function finish(command: Command, example: string): Command {
  return command
    .option('--json', 'print exactly one JSON value on standard output')
    .addHelpText('after', `\nExample:\n${example.replace(/^/gm, '  ')}`);
}

/** Prints the one JSON value, or the words for people. */
export function answer(context: CommandContext, options: CommonOptions, value: unknown, words: string): void {
  context.print(options.json ? `${JSON.stringify(value)}\n` : `${words}\n`);
}

/** Does something with the admin service, wherever it is, and lets it go. */
export type WithAdmin = <T>(work: (admin: AdminService) => Promise<T>) => Promise<T>;
