// The command line as a person or a script meets it.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect } from 'chai';
import { FAULTS } from './faults.ts';
import { crawlModule } from './navigation-provider.ts';

const MAIN = new URL('main.ts', import.meta.url).pathname;

function start(...args: string[]): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
}

async function finish(child: ChildProcess): Promise<{ code: number | null; output: string }> {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output };
}

describe('simulator: command line', () => {
  it('lists every option and every fault with --help', async () => {
    const { code, output } = await finish(start('--help'));
    expect(code).to.equal(0);
    for (const [name, { sentence }] of Object.entries(FAULTS))
      expect(output).to.include(name).and.include(sentence);
  });

  it('exits 2 on wrong usage', async () => {
    expect((await finish(start('--fault', 'nonsense'))).code).to.equal(2);
    expect((await finish(start('--no-serve'))).code).to.equal(2);
  });

  it('serves a fleet that can be crawled, and ends cleanly on SIGTERM', async () => {
    const child = start(
      '--json',
      '--locations',
      '25',
      '--party',
      'NL-TNM=Name',
      '--page-size',
      '7',
      '--churn',
      '0.1',
    );
    const ended = finish(child);
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    const [line] = (await once(lines, 'line')) as [string];
    const printed = JSON.parse(line) as { versions_url: string; token: string };
    const { objects, ended: end } = await crawlModule(printed.versions_url, 'locations', {
      token: printed.token,
    });
    expect(end).to.equal('last-page');
    expect(objects).to.have.length(25);
    expect(objects[0]).to.deep.include({ party_id: 'TNM', operator: { name: 'Name' } });
    child.kill('SIGTERM');
    expect((await ended).code).to.equal(0);
  });
});
