import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect } from 'chai';

const CASES = join(import.meta.dirname, '../support/bench-cases');

describe('a run of benchmarks', () => {
  /** Where it may keep what it needs. */
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nap-bench-test-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  it('leaves nothing behind of a case that fails after it started a process, and tells why', async () => {
    const run = start('throws-in-open');
    expect(await run.code).to.equal(1);
    expect(run.said()).to.include('throws-in-open could not be measured: what it needs is not there');
    await expectNothingLeft(run.said());
  });

  it('leaves nothing behind when it is broken off, also by a signal that comes twice', async () => {
    const run = start('asks-for-ever');
    await run.saying('asks');
    run.child.kill('SIGINT');
    await setTimeout(20);
    run.child.kill('SIGINT');
    expect(await run.code).to.equal(1);
    expect(run.said()).to.include('asks-for-ever could not be measured: stopped by SIGINT');
    await expectNothingLeft(run.said());
  });

  function start(name: string) {
    const command = ['--import', 'tsx', 'test/bench/main.ts', '--short', '--cases', CASES, name];
    const child: ChildProcess = spawn(process.execPath, command, {
      cwd: join(import.meta.dirname, '../..'),
      // Without coverage: see `startChild`.
      env: { ...process.env, TMPDIR: folder, NODE_V8_COVERAGE: '' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ended = once(child, 'close').then(([code]) => code as number | null);
    let said = '';
    child.stderr?.on('data', (text) => (said += text));
    return {
      child,
      code: ended,
      said: () => said,
      async saying(line: string): Promise<void> {
        while (!said.split('\n').includes(line)) {
          const more = once(child.stderr as NodeJS.ReadableStream, 'data');
          await Promise.race([more, ended.then(() => Promise.reject(new Error(said)))]);
        }
      },
    };
  }

  /** Neither the server that the case started nor a file. */
  async function expectNothingLeft(said: string): Promise<void> {
    const origin = /serves at (\S+)/.exec(said)?.[1] as string;
    const answer = await fetch(origin).catch((error: Error) => error);
    expect(answer, origin).to.be.instanceOf(TypeError);
    const left = (await readdir(folder)).filter((name) => name.startsWith('nap-'));
    expect(left).to.deep.equal([]);
  }
});
