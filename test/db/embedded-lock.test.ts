/** The exclusive lock on a data directory, with real processes. */
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { DataDirectoryLockedError, lockDataDirectory } from '../../db/embedded-lock.ts';
import { startChild } from '../support/child.ts';
import { failureOf } from '../support/failure.ts';

describe('The lock on a data directory', () => {
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nap-lock-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it('is held once, and free again after its release', async () => {
    const lock = await lockDataDirectory(directory);
    expect(await failureOf(lockDataDirectory(directory))).to.be.instanceOf(DataDirectoryLockedError);
    await lock.release();
    await lock.release();
    await (await lockDataDirectory(directory)).release();
    expect(await readdir(directory)).to.deep.equal([]);
  });

  it('is refused to a second process with the directory and the ways out', async () => {
    const lock = await lockDataDirectory(directory);
    const line = await startChild('lock-data-directory', [directory]).line('refused');
    expect(line).to.include(directory);
    expect(line).to.include('NAP_DATA_DIR');
    expect(line).to.include('`nap` command');
    await lock.release();
  });

  it('is free at once when its process was killed', async () => {
    const child = startChild('lock-data-directory', [directory]);
    await child.line('held');
    expect(await failureOf(lockDataDirectory(directory))).to.be.instanceOf(DataDirectoryLockedError);
    await child.kill();
    await (await lockDataDirectory(directory)).release();
    expect(await readdir(directory)).to.deep.equal([]);
  });

  it('goes to one of many that ask at the same moment', async () => {
    for (let round = 0; round < 10; round += 1) {
      const asked = await Promise.allSettled(Array.from({ length: 8 }, () => lockDataDirectory(directory)));
      const winners = asked.filter((result) => result.status === 'fulfilled');
      expect(winners).to.have.length(1);
      for (const { value } of winners) await value.release();
    }
  });

  it('goes to one of several processes that start at the same moment', async () => {
    const children = Array.from({ length: 4 }, () => startChild('lock-data-directory', [directory]));
    const lines = await Promise.all(children.map((child) => child.line('')));
    expect(lines.filter((line) => line === 'held')).to.have.length(1);
    await Promise.all(children.map((child) => child.kill()));
  });

  it('works in a directory whose path is longer than a socket address', async () => {
    const deep = join(directory, 'x'.repeat(120), 'y'.repeat(120));
    await mkdir(deep, { recursive: true });
    const lock = await lockDataDirectory(deep);
    expect(await failureOf(lockDataDirectory(deep))).to.be.instanceOf(DataDirectoryLockedError);
    await lock.release();
  });
});
