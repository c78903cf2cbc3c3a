import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';

const run = promisify(execFile);
const LAUNCHER = resolve(import.meta.dirname, '../../../server/cli/nap.sh');

/** Stands where the compiled command stands, and says how it was started. */
const ECHO = 'console.log(JSON.stringify({ node: process.execArgv, words: process.argv.slice(2) }));';

describe('nap as it is installed', () => {
  let directory: string;

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nap launcher-'));
    await mkdir(join(directory, 'package/server/cli'), { recursive: true });
    await mkdir(join(directory, 'package/dist/server/cli'), { recursive: true });
    await copyFile(LAUNCHER, join(directory, 'package/server/cli/nap.sh'));
    await writeFile(join(directory, 'package/dist/server/cli/nap.js'), ECHO);
    // As npm links it.
    await symlink('package/server/cli/nap.sh', join(directory, 'nap'));
  });
  after(() => rm(directory, { recursive: true }));

  it('starts node with a larger young generation, and hands on each word as it is', async () => {
    const { stdout } = await run(join(directory, 'nap'), ['source', 'add', 'a name', "it's *", '']);
    expect(JSON.parse(stdout)).to.deep.equal({
      node: ['--max-semi-space-size=32'],
      words: ['source', 'add', 'a name', "it's *", ''],
    });
  });
});
