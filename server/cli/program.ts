/**
 * The `nap` command: its subcommands, and what all have in common.
 *
 * With `--json` standard output has exactly one JSON value, also when something went wrong (`{"error"}`); progress
 * and messages are on standard error. Exit codes: 0 success, 1 failure, 2 wrong usage.
 */
import { Command, CommanderError } from 'commander';
import { toAdminError } from '../admin/admin-error.ts';
import { ConfigError } from '../config.ts';
import { VERSION } from '../version.ts';
import { addConnectionAdd } from './connection-add.ts';
import { addConnectionList } from './connection-list.ts';
import { addConnectionRemove } from './connection-remove.ts';
import { addConnectionRotate } from './connection-rotate.ts';
import { addConnectionSet } from './connection-set.ts';
import { addConnectionShow } from './connection-show.ts';
import type { CommandContext } from './context.ts';
import { addExportBuild } from './export-build.ts';
import { addMigrate } from './migrate.ts';
import { adminOpener } from './open-admin.ts';
import { addOperatorsFind } from './operators-find.ts';
import { addOperatorsImport } from './operators-import.ts';
import { addOperatorsList } from './operators-list.ts';
import { addServe } from './serve.ts';
import { addSourceAdd } from './source-add.ts';
import { addSourceList } from './source-list.ts';
import { addSourceRemove } from './source-remove.ts';
import { addSourceRun } from './source-run.ts';
import { addSourceSet } from './source-set.ts';
import { addStatus } from './status.ts';

const SUCCESS = 0;
const FAILURE = 1;
const WRONG_USAGE = 2;

/**
 * Runs one command line.
 *
 * @param words as typed after `nap`
 * @returns the exit code
 */
export async function runProgram(words: readonly string[], context: CommandContext): Promise<number> {
  try {
    await buildProgram(context).parseAsync([...words], { from: 'user' });
    return context.exitCode;
  } catch (error) {
    return fail(error, words.includes('--json'), context);
  }
}

function buildProgram(context: CommandContext): Command {
  const withAdmin = adminOpener(context);
  const program = new Command('nap')
    .description('National Access Point: charging data of operators in, open data and OCPI out.')
    .version(VERSION, '-V, --version', 'print the version of this software')
    // So that a subcommand may have a --version of its own.
    .enablePositionalOptions()
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeOut: context.print, writeErr: context.say })
    .showHelpAfterError('(--help shows how it is used)')
    .addHelpText(
      'after',
      '\nExample:\n  nap connection add tandem --role CPO --party NL-TNM --static\n  nap serve',
    );

  addServe(program, context);
  addMigrate(program, context);

  const connection = program.command('connection').description('Platforms that speak OCPI with us.');
  for (const add of [addConnectionAdd, addConnectionList, addConnectionShow])
    add(connection, context, withAdmin);
  for (const add of [addConnectionSet, addConnectionRotate, addConnectionRemove])
    add(connection, context, withAdmin);
  connection.addHelpText(
    'after',
    '\nExample:\n  nap connection add tandem --role CPO --party NL-TNM --static',
  );

  const source = program.command('source').description('What is pulled on a schedule.');
  for (const add of [addSourceAdd, addSourceList, addSourceSet, addSourceRun, addSourceRemove])
    add(source, context, withAdmin);
  source.addHelpText('after', '\nExample:\n  nap source run powergo');

  const operators = program
    .command('operators')
    .description('Who is who: official registers of operator IDs.');
  for (const add of [addOperatorsImport, addOperatorsFind, addOperatorsList])
    add(operators, context, withAdmin);
  operators.addHelpText('after', "\nExample:\n  nap operators find 'NL*TNM'");

  const files = program.command('export').description('Files of open data.');
  addExportBuild(files, context, withAdmin);
  files.addHelpText('after', '\nExample:\n  nap export build');

  addStatus(program, context, withAdmin);
  return program;
}

function fail(error: unknown, isJson: boolean, context: CommandContext): number {
  if (error instanceof CommanderError) {
    // Help and version were asked for and have been printed.
    if (error.exitCode === 0) return SUCCESS;
    // The message has been printed too.
    if (isJson) printError(context, 'usage', error.message.replace(/^error: /, ''));
    return WRONG_USAGE;
  }
  const known = toAdminError(error);
  const message = error instanceof Error ? error.message : String(error);
  if (isJson) printError(context, known?.code ?? 'failed', message);
  context.say(`nap: ${message}\n`);
  return known?.code === 'usage' || error instanceof ConfigError ? WRONG_USAGE : FAILURE;
}

function printError(context: CommandContext, code: string, message: string): void {
  context.print(`${JSON.stringify({ error: { code, message } })}\n`);
}
