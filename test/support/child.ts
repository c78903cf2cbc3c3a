/**
 * Child processes for tests that need a real one: to hold a lock, to be killed, to start at the same time.
 * A child is a TypeScript file of test/support/children; it tells what it does in lines on its output.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A child process under a test's control. */
export interface Child {
  /** Lines that it has printed so far. */
  lines: string[];
  /** Resolves with the first line that starts so; rejects when the child ends without one. */
  line(start: string): Promise<string>;
  /** Sends `SIGKILL` and waits until it is gone. */
  kill(): Promise<void>;
  /** Waits for its end and returns its exit code. */
  ended(): Promise<number | null>;
}

/** Starts test/support/children/NAME.ts with the given arguments and additions to the environment. */
export function startChild(
  name: string,
  commandLine: string[] = [],
  environment: Record<string, string> = {},
): Child {
  const file = fileURLToPath(new URL(`./children/${name}.ts`, import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', file, ...commandLine], {
    // Without coverage: tsx compiles the same file differently here, and the two counts do not add up.
    env: { ...process.env, NODE_V8_COVERAGE: '', ...environment },
    // Where `tsx` is found.
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return controlOf(name, child);
}

function controlOf(name: string, child: ChildProcess): Child {
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  let closed = false;
  const wake = () => {
    for (const look of [...waiting]) look();
  };
  if (!child.stdout) throw new Error(`${name} has no output`);
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    wake();
  });
  child.once('close', () => {
    closed = true;
    wake();
  });
  const line = (start: string) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const found = lines.find((candidate) => candidate.startsWith(start));
        if (found === undefined && !closed) return;
        waiting.delete(look);
        if (found !== undefined) resolve(found);
        else reject(new Error(`${name} ended without "${start}". It printed:\n${lines.join('\n')}`));
      };
      waiting.add(look);
      look();
    });
  const gone = async () => {
    if (!closed) await once(child, 'close');
  };
  return {
    lines,
    line,
    kill: async () => {
      child.kill('SIGKILL');
      await gone();
    },
    ended: async () => {
      await gone();
      return child.exitCode;
    },
  };
}
