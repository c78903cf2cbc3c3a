import { expect } from 'chai';
import { discoverFormats } from '../../../exports/discover.ts';
import { filesOf } from '../../../exports/view.ts';
import { VERSION } from '../../../server/version.ts';
import { testEngine } from '../../support/database.ts';
import { type CommandRig, openCommandRig, runInProcess } from './command.ts';

const SUBCOMMANDS = [
  ...['serve', 'migrate', 'status', 'export build'],
  ...['add', 'list', 'show', 'set', 'rotate', 'remove'].map((word) => `connection ${word}`),
  ...['add', 'list', 'set', 'run', 'remove'].map((word) => `source ${word}`),
  ...['import', 'find', 'list'].map((word) => `operators ${word}`),
];

describe('the nap command', () => {
  for (const subcommand of SUBCOMMANDS) {
    it(`explains "${subcommand}" with an example, and has --json there`, async () => {
      const { code, stdout } = await runInProcess([...subcommand.split(' '), '--help'], {});
      expect(code).to.equal(0);
      expect(stdout).to.contain(`Usage: nap ${subcommand}`).and.contain('--json').and.contain('Example:\n');
    });
  }

  it('says its version', async () => {
    expect(await runInProcess(['--version'], {})).to.include({ code: 0, stdout: `${VERSION}\n` });
  });

  for (const wrong of [
    ['frobnicate'],
    ['connection'],
    ['connection', 'add'],
    ['connection', 'add', 'x', '--role', 'KING', '--party', 'NL-TNM'],
    ['source', 'run'],
    ['source', 'run', 'x', '--frobnicate'],
    ['status', 'extra'],
    ['serve', '--http-only', '--jobs-only'],
  ]) {
    it(`ends with 2 for the wrong usage "nap ${wrong.join(' ')}"`, async () => {
      const plain = await runInProcess(wrong, {});
      expect(plain).to.include({ code: 2, stdout: '' });
      expect(plain.stderr).not.to.equal('');
      const json = await runInProcess([...wrong, '--json'], {});
      expect(json.code).to.equal(2);
      expect(json.json().error.code).to.equal('usage');
    });
  }

  it('ends with 2 and tells all problems when the settings are wrong', async () => {
    const { code, stderr } = await runInProcess(['status'], { NAP_DATADIR: '/x', PORT: 'y' });
    expect(code).to.equal(2);
    expect(stderr).to.contain('did you mean NAP_DATA_DIR').and.contain('PORT must');
  });

  it('ends with 1, names the setting and keeps the password when there is no database', async () => {
    const { code, stdout, stderr } = await runInProcess(['status', '--json'], {
      DATABASE_URL: 'postgres://nap:hunter2@127.0.0.1:1/nap',
    });
    expect(code).to.equal(1);
    expect(JSON.parse(stdout).error.message).to.contain('DATABASE_URL');
    expect(stdout + stderr).not.to.contain('hunter2');
  });
});

describe('nap beside a running server', () => {
  let rig: CommandRig;
  before(async () => {
    rig = await openCommandRig();
  });
  after(() => rig.stop());

  it('prints one JSON value of status, as others rely on', async () => {
    const { code, json } = await rig.nap('status', '--json');
    expect(code).to.equal(0);
    expect(json()).to.deep.equal({
      engine: testEngine,
      version: VERSION,
      ...{ sequence: 0, locations: 0, evses: 0, connectors: 0, tariffs: 0 },
      sources: [],
      connections: [],
      silent: [],
    });
  });

  it('prints status for people', async () => {
    const { code, stdout } = await rig.nap('status');
    expect(code).to.equal(0);
    expect(stdout)
      .to.match(/^engine +(embedded|server)$/m)
      .and.contain('nap connection add');
  });

  it('migrates, which a running server has done already', async () => {
    const { code, json } = await rig.nap('migrate', '--json');
    expect(code).to.equal(0);
    expect(json()).to.deep.equal({ engine: testEngine, applied: [] });
    expect((await rig.nap('migrate')).stdout).to.contain('newest schema already');
  });

  it('builds files that the server then serves', async () => {
    const built = await rig.nap('export', 'build', '--json');
    expect(built.code).to.equal(0);
    const files = (await discoverFormats()).flatMap(filesOf);
    expect(built.json().map(({ state }: { state: string }) => state)).to.deep.equal(
      Array(files.length).fill('built'),
    );
    const one = await rig.nap('export', 'build', 'locations.geojson');
    expect(one.stdout).to.match(/^locations\.geojson +raw +built/m);
    expect((await fetch(`${rig.server.url}/data/locations.geojson`)).status).to.equal(200);
    const unknown = await rig.nap('export', 'build', 'locations.xls', '--json');
    expect(unknown.code).to.equal(1);
    expect(unknown.json().error.message).to.contain('locations.geojson');
  });
});
