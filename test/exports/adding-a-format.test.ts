import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { discoverFormats } from '../../exports/discover.ts';
import type { LocationFormat } from '../../exports/format.ts';
import { buildEvse } from '../support/builders.ts';
import { publicLocation, readWritten } from './formats/objects.ts';

const PAGE = new URL('../../docs/adding-a-format.md', import.meta.url);
const FORMATS = new URL('../../exports/formats/', import.meta.url);

describe('docs/adding-a-format.md', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nap-format-'));
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  });
  after(() => rm(folder, { recursive: true }));

  it('has an example that is found and writes what it says', async () => {
    const [, example = ''] = /```ts\n([\s\S]*?)```/.exec(readFileSync(PAGE, 'utf8')) ?? [];
    const inPlace = example.replace(
      /from '(\.\.[^']+)'/g,
      (_, path) => `from '${new URL(path, FORMATS).href}'`,
    );
    await writeFile(join(folder, 'evse-ids-csv.ts'), inPlace);
    const [format] = await discoverFormats(pathToFileURL(`${folder}/`));
    expect(format?.name).to.equal('evse-ids.csv');
    const evses = [buildEvse({ evse_id: 'NL*TNM*E1', status: 'CHARGING' }), buildEvse({ uid: '2' })];
    const { objects } = await readWritten(format as LocationFormat, [publicLocation({ evses })]);
    expect(objects).to.deep.equal([
      { evse_id: 'NL*TNM*E1', status: 'CHARGING' },
      { evse_id: '', status: 'AVAILABLE' },
    ]);
  });
});
