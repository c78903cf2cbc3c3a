import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { discoverRegisters } from '../../../ingest/operators/discover-registers.ts';
import { failureOf } from '../../support/failure.ts';

const REGISTER = `{ authority: 'NAME', title: 'A register', countries: ['NL'], read: async function* () {} }`;

describe('The discovery of registers', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nap-discover-'));
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function discover(files: Record<string, string>) {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    return discoverRegisters(pathToFileURL(`${folder}/`));
  }
  const exporting = (name: string) => `export const register = ${REGISTER.replace('NAME', name)};`;

  it('finds what is compiled by its folder, and passes by declarations and source maps', async () => {
    const registers = await discover({
      'b.js': `export const helper = 1; ${exporting('b-register')}`,
      'a.js': exporting('a'),
      'a.d.ts': 'this is no code',
      'a.js.map': '{}',
    });
    expect([...registers.keys()]).to.deep.equal(['a', 'b-register']);
  });

  it('refuses a file without a register, two of one name, and a name that nobody could type', async () => {
    const none = await failureOf(discover({ 'none.js': 'export const a = 1;' }));
    expect(none.message).to.match(/^none\.js exports 0/);
    await rm(join(folder, 'none.js'));
    const twice = await failureOf(discover({ 'a.js': exporting('same'), 'b.js': exporting('same') }));
    expect(twice.message).to.match(/two files .* of same$/);
    // A module is loaded once by its name, so this one has another.
    for (const file of ['a.js', 'b.js']) await rm(join(folder, file));
    const odd = await failureOf(discover({ 'c.js': exporting('My list') }));
    expect(odd.message).to.include('"My list"');
  });
});
