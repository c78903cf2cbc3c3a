/** The `nap` command as a process: standard streams and exit code. */
import { runProgram } from './program.ts';

const streams = [process.stdout, process.stderr];
for (const stream of streams) {
  // Whoever reads may be gone (`nap status | head`); the command does its work all the same.
  stream.on('error', () => undefined);
}

const code = await runProgram(process.argv.slice(2), {
  environment: undefined,
  print: (text) => process.stdout.write(text),
  say: (text) => process.stderr.write(text),
  isTerminal: process.stderr.isTTY === true,
  exitCode: 0,
});
for (const stream of streams) {
  await new Promise<void>((resolve) => stream.write('', () => resolve()));
}
// A timer or socket that is left over must not keep a finished command alive.
process.exit(code);
