import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { expect } from 'chai';
import { startCpoPlatform } from '../../simulator/cpo-platform.ts';
import { buildLocation, buildLocation211, buildTariff } from '../../support/builders.ts';
import { type CommandRig, openCommandRig } from './command.ts';

/** As others rely on it: design, section 7. */
const REPORT_FIELDS = [
  ...['source', 'state', 'received', 'created', 'updated', 'unchanged', 'stale', 'rejected', 'failed'],
  ...['removed', 'findings', 'seconds'],
];

describe('nap source', () => {
  let rig: CommandRig;
  before(async () => {
    rig = await openCommandRig();
  });
  afterEach(() => rig.database.truncate());
  after(() => rig.stop());

  async function feed(name: string, objects: object[]): Promise<string> {
    const path = join(rig.directory, name);
    await writeFile(path, JSON.stringify(objects));
    return path;
  }

  it('adds a file by a relative path, runs it, and reports exactly the fields that others rely on', async () => {
    const path = await feed('feed.json', [
      buildLocation({ id: 'A' }),
      buildLocation({ id: 'B' }),
      { id: 'C' },
    ]);
    const add = ['source', 'add', 'feed', '--kind', 'ocpi-file', '--url', relative(process.cwd(), path)];
    const added = await rig.nap(...add, '--party', 'NL-TNM', '--schedule', '@hourly', '--json');
    expect(added.json()).to.deep.include({
      name: 'feed',
      url: path,
      parties: ['NL-TNM'],
      schedule: '@hourly',
    });
    expect(added.stderr).to.contain('nap source run feed');
    const { code, json } = await rig.nap('source', 'run', 'feed', '--full', '--json');
    expect(code).to.equal(0);
    const { problem: _problem, ...report } = json();
    expect(Object.keys(report)).to.have.members(REPORT_FIELDS);
    expect(report).to.include({ source: 'feed', state: 'complete', received: 3, created: 2, rejected: 1 });
    const again = (await rig.nap('source', 'run', 'feed', '--json')).json();
    expect(again).to.include({ received: 3, unchanged: 2, rejected: 1, created: 0 });
    expect((await rig.nap('status', '--json')).json()).to.include({ locations: 2 });
  });

  it('takes a file of OCPI 2.1.1 for the party that it is told, and refuses a version that is not spoken', async () => {
    const path = await feed('old.json', [buildLocation211()]);
    const add = ['source', 'add', 'old', '--kind', 'ocpi-file', '--url', path, '--party', 'NL-OLD'];
    const refused = await rig.nap(...add, '--version', '2.0');
    expect(refused.code).to.equal(2);
    expect(refused.stderr).to.contain('2.1.1, 2.2.1, 2.3.0');
    const added = await rig.nap(...add, '--version', '2.1.1', '--json');
    expect(added.json()).to.include({ version: '2.1.1' });
    const report = (await rig.nap('source', 'run', 'old', '--full', '--json')).json();
    expect(report).to.include({ state: 'complete', received: 1, created: 1 });
    const row = await rig.database.knex('location').first();
    expect(row).to.include({ country_code: 'NL', party_id: 'OLD', source_version: '2.1.1' });
    expect(JSON.parse(row.document).evses[0].connectors[0]).to.include({ max_voltage: 230 });
  });

  it('pulls a platform over OCPI with its token', async () => {
    const platform = await startCpoPlatform({
      locations: [buildLocation()],
      tariffs: [buildTariff()],
      token: 'secret-of-the-cpo',
    });
    try {
      const url = platform.versionsUrl;
      await rig.nap('source', 'add', 'cpo', '--url', url, '--token', 'secret-of-the-cpo');
      const { code, stdout } = await rig.nap('source', 'run', 'cpo');
      expect(stdout)
        .to.match(/^SOURCE +STATE +RECEIVED/)
        .and.match(/^cpo +complete +2 +2 /m);
      expect(code).to.equal(0);
    } finally {
      await platform.close();
    }
  });

  it('PC-10: marks one whose token is refused, and pulls it again once the token is set right', async () => {
    const platform = await startCpoPlatform({ locations: [buildLocation()], token: 'secret-of-the-cpo' });
    try {
      await rig.nap('source', 'add', 'cpo', '--url', platform.versionsUrl, '--token', 'mistyped');
      const refused = await rig.nap('source', 'run', 'cpo', '--json');
      expect([refused.code, refused.json().state]).to.deep.equal([1, 'failed']);
      expect((await rig.nap('source', 'list')).stdout).to.match(/^cpo .*token refused/m);
      const set = [
        'source',
        'set',
        'cpo',
        '--token',
        'secret-of-the-cpo',
        '--strictness',
        'reject',
        '--json',
      ];
      expect((await rig.nap(...set)).json()).to.include({ broken_at: null, strictness: 'reject' });
      expect((await rig.nap('source', 'run', 'cpo', '--json')).json()).to.include({ state: 'complete' });
      expect((await rig.nap('source', 'set', 'cpo')).code).to.equal(2);
    } finally {
      await platform.close();
    }
  });

  it('ends with 1 and the reason when a run is not complete', async () => {
    await rig.nap('source', 'add', 'gone', '--kind', 'ocpi-file', '--url', '/nowhere/feed.json');
    const { code, json } = await rig.nap('source', 'run', 'gone', '--json');
    expect(code).to.equal(1);
    expect(json()).to.include({ state: 'failed', received: 0 });
    expect((await rig.nap('source', 'list')).stdout).to.match(/gone +ocpi-file +any +failed/);
    expect((await rig.nap('source', 'list', '--json')).json()[0].last_error).to.contain('/nowhere/feed.json');
  });

  it('is held, and removes nothing, when too much would vanish', async () => {
    const many = Array.from({ length: 10 }, (_, i) => buildLocation({ id: `L${i}` }));
    const path = await feed('shrinking.json', many);
    await rig.nap('source', 'add', 'feed', '--kind', 'ocpi-file', '--url', path, '--shrink-limit', '0.5');
    await rig.nap('source', 'run', 'feed');
    await feed('shrinking.json', many.slice(0, 2));
    const held = await rig.nap('source', 'run', 'feed', '--full', '--json');
    expect(held.code).to.equal(1);
    expect(held.json()).to.include({ state: 'held', received: 2, removed: 0 });
  });

  it('speaks with the voice of a connection, which must be there', async () => {
    const missing = await rig.nap(
      'source',
      'add',
      'x',
      '--url',
      'https://x.example/',
      '--connection',
      'nobody',
    );
    expect(missing.code).to.equal(1);
    expect(missing.stderr).to.contain('There is no connection nobody');
    await rig.nap('connection', 'add', 'tandem', '--role', 'CPO', '--party', 'NL-TNM', '--static');
    const path = await feed('own.json', [buildLocation()]);
    const add = ['source', 'add', 'own', '--kind', 'ocpi-file', '--url', path];
    expect((await rig.nap(...add, '--connection', 'tandem', '--json')).json()).to.include({
      connection: 'tandem',
    });
    expect((await rig.nap('source', 'run', 'own', '--json')).json()).to.include({ created: 1, rejected: 0 });
    await rig.nap('source', 'add', 'foreign', '--kind', 'ocpi-file', '--url', path);
    expect((await rig.nap('source', 'run', 'foreign', '--json')).json()).to.include({ rejected: 1 });
  });

  it('removes one, with its schedule, and leaves what it brought', async () => {
    const path = await feed('feed.json', [buildLocation()]);
    await rig.nap('source', 'add', 'feed', '--kind', 'ocpi-file', '--url', path);
    await rig.nap('source', 'run', 'feed');
    expect((await rig.nap('source', 'remove', 'feed')).stdout).to.contain('Removed the source feed');
    expect((await rig.nap('source', 'remove', 'feed')).code).to.equal(1);
    const status = (await rig.nap('status', '--json')).json();
    expect(status).to.deep.include({ locations: 1, sources: [] });
  });

  it('refuses with 2 what could not be pulled, and shows where the mistake is', async () => {
    const wrong: [string[], string][] = [
      [['--kind', 'pigeon', '--url', 'https://x.example'], 'ocpi, ocpi-file'],
      [[], '--url'],
      [['--url', 'https://x.example', '--schedule', 'now and then'], 'schedule'],
      [['--url', 'https://x.example', '--shrink-limit', 'half'], 'shrink_limit'],
    ];
    for (const [words, reason] of wrong) {
      const { code, stderr } = await rig.nap('source', 'add', 'x', ...words);
      expect(code, words.join(' ')).to.equal(2);
      expect(stderr).to.contain(reason);
    }
  });
});
