import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { discoverFormats } from '../../exports/discover.ts';

const FORMAT = `{ name: 'NAME', module: 'tariffs', open: () => '', write: () => '', close: () => '', separator: '' }`;

async function failure(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => expect.fail('nothing failed'),
    (error: Error) => error.message,
  );
}

describe('discovery of export formats', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nap-discover-'));
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function discover(files: Record<string, string>) {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    return discoverFormats(pathToFileURL(`${folder}/`));
  }

  it('finds a compiled format by its folder and passes by declarations and source maps', async () => {
    const formats = await discover({
      'b.js': `export const helper = 1; export const b = ${FORMAT.replace('NAME', 'b.json')};`,
      'a.js': `export const a = ${FORMAT.replace('NAME', 'a.json')};`,
      'a.d.ts': 'this is no code',
      'a.js.map': '{}',
    });
    expect(formats.map(({ name }) => name)).to.deep.equal(['a.json', 'b.json']);
  });

  it('refuses a file without a format, naming it', async () => {
    expect(await failure(discover({ 'none.js': 'export const a = 1;' }))).to.match(/^none\.js exports 0/);
  });

  it('refuses two formats of one name', async () => {
    const text = `export const a = ${FORMAT.replace('NAME', 'same.json')};`;
    expect(await failure(discover({ 'a.js': text, 'b.js': text }))).to.match(/two files .* same\.json$/);
  });

  it('refuses a name that is no part of an address', async () => {
    const text = `export const a = ${FORMAT.replace('NAME', '../a')};`;
    expect(await failure(discover({ 'a.js': text }))).to.include('"../a"');
  });
});
