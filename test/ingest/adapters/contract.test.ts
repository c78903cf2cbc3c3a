import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { discoverAdapters } from '../../../ingest/discover.ts';
import { sourceProblems } from '../../../ingest/source-check.ts';
import { type CpoPlatform, startCpoPlatform } from '../../simulator/cpo-platform.ts';
import { makeFleet } from '../../simulator/fleet.ts';
import { failureOf } from '../../support/failure.ts';
import { drive } from './drive.ts';

const fleet = makeFleet({ seed: 3, locations: 12, now: new Date('2026-06-07T12:00:00Z') });
const FOLDER = new URL('../../../ingest/adapters/', import.meta.url);
const adapters = await discoverAdapters();

/** Settings with which each kind can pull the simulator; a new adapter adds its own here. */
const SETTINGS: Record<string, (platform: CpoPlatform) => { url: string; token: string | null }> = {
  ocpi: (platform) => ({ url: platform.versionsUrl, token: platform.token }),
  'ocpi-file': (platform) => ({ url: platform.files.locations, token: null }),
};

describe('every adapter', () => {
  let platform: CpoPlatform;

  beforeEach(async () => {
    platform = await startCpoPlatform({ fleet, pageSize: 5 });
  });

  afterEach(() => platform.close());

  it('is found by its folder: one a file, by kind', async () => {
    const files = (await readdir(FOLDER)).map((file) => file.replace(/\.ts$/, ''));
    expect([...adapters.keys()].sort()).to.deep.equal(files.sort());
  });

  for (const [kind, adapter] of adapters) {
    const settings = () => (SETTINGS[kind] as (typeof SETTINGS)[string])(platform);

    it(`${kind}: says what it is, and takes the settings that it can pull`, () => {
      expect(adapter.description).to.match(/^[A-Z].*\.$/);
      expect(adapter.validateOptions({ ...settings(), options: {} })).to.deep.equal([]);
      expect(adapter.modulesOf({ ...settings(), options: {} })).to.include('locations');
    });

    it(`${kind}: says what is missing or unknown in its settings`, () => {
      const problems = adapter.validateOptions({ url: null, options: { colour: 'blue' } });
      expect(problems.join(' '))
        .to.match(/"colour"/)
        .and.to.match(/--url/);
    });

    it(`${kind}: gives every object as it is, and a verdict`, async () => {
      const { objects, verdict } = await drive(adapter, settings());
      expect(objects.locations).to.deep.equal(fleet.locations);
      expect(verdict).to.include({ isBroken: false });
      expect(verdict.problems).to.deep.equal([]);
      for (const module of verdict.modules) expect(module).to.include({ state: 'complete', isWhole: true });
    });

    it(`${kind}: puts a partner’s fault into the verdict`, async () => {
      platform.faults.add({ fault: 'notFound' });
      const { verdict } = await drive(adapter, settings());
      expect(verdict.problems.join()).to.contain('HTTP 404');
      expect(verdict.modules.filter(({ isWhole }) => isWhole)).to.deep.equal([]);
    });

    it(`${kind}: ends with the caller’s reason when it is told to stop`, async () => {
      const controller = new AbortController();
      platform.faults.add({ fault: 'slow', never: true });
      setTimeout(() => controller.abort(new Error('enough')), 50);
      const error = await failureOf(drive(adapter, { ...settings(), signal: controller.signal }));
      expect(error.message).to.equal('enough');
    });
  }
});

describe('the loader of adapters', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nap-adapters-'));
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
  });

  afterEach(() => rm(folder, { recursive: true }));

  const load = () => discoverAdapters(pathToFileURL(`${folder}/`));
  const code = (name: string, kind: string) =>
    `export const ${name} = { kind: '${kind}', description: 'A way.', validateOptions: () => [], modulesOf: () => [], pull() {} };`;

  it('takes compiled files and passes over maps and declarations', async () => {
    await writeFile(join(folder, 'one.js'), code('one', 'one'));
    await writeFile(join(folder, 'one.js.map'), '{}');
    await writeFile(join(folder, 'one.d.ts'), 'export {}');
    expect([...(await load()).keys()]).to.deep.equal(['one']);
  });

  it('names the file that exports no adapter, or more than one', async () => {
    await writeFile(join(folder, 'none.js'), 'export const none = 1;');
    expect((await failureOf(load())).message).to.equal(
      'none.js exports 0 adapters: it must export exactly one',
    );
  });

  it('refuses two of one kind', async () => {
    await writeFile(join(folder, 'a.js'), code('a', 'same'));
    await writeFile(join(folder, 'b.js'), code('b', 'same'));
    expect((await failureOf(load())).message).to.contain('an adapter of kind same');
  });
});

describe('the check of a source', () => {
  it('tells all that is wrong at once', () => {
    const problems = sourceProblems(
      {
        kind: 'ocpi',
        url: 'ftp://x',
        options: { to: 'NLTNM', tokenForm: 'hex' },
        schedule: 'often',
        fullSchedule: '0 25 * * *',
        shrinkLimit: 2,
      },
      adapters,
    );
    expect(problems).to.have.length(6);
    expect(problems.join('\n'))
      .to.contain('"ftp://x" is no http or https URL')
      .and.to.contain('"often" is no schedule')
      .and.to.contain("such as '*/15 * * * *'")
      .and.to.contain('"0 25 * * *" is no schedule')
      .and.to.contain('not "NLTNM"')
      .and.to.contain('base64 or raw')
      .and.to.contain('from 0 to 1');
  });

  it('names the kinds that there are', () => {
    expect(sourceProblems({ kind: 'ftp' }, adapters)).to.deep.equal([
      'There is no kind "ftp"; known are ocpi, ocpi-file.',
    ]);
  });

  it('takes a schedule with seconds, and a named one', () => {
    const settings = { kind: 'ocpi', url: 'https://cpo.example/versions' };
    expect(sourceProblems({ ...settings, schedule: '*/10 * * * * *' }, adapters)).to.deep.equal([]);
    expect(sourceProblems({ ...settings, fullSchedule: '@daily' }, adapters)).to.deep.equal([]);
  });
});
