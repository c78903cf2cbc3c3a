import { writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { type RegisterServer, startRegisterServer } from '../../support/operator-register.ts';
import { type CommandRig, openCommandRig } from './command.ts';

const HEAD = 'country_code,operator_id,role,status,name,website,authority';
const ROWS = [
  'NL,F1R,CPO,ACTIVE,First Charging,https://first.example,idro',
  'NL,F1R,EMSP,RESERVED,First Mobility,,idro',
  'DE,823,CPO,SUSPENDED,,,bundes',
  'SE,ALEG,CPO,ACTIVE,Four letters,,se',
];

/** As others rely on it: design, section 7. */
const FOUND_FIELDS = [
  ...['country_code', 'operator_id', 'role', 'status', 'name', 'authority', 'first_seen', 'last_seen'],
];

describe('nap operators', () => {
  let rig: CommandRig;
  let register: RegisterServer;
  before(async () => {
    rig = await openCommandRig();
    register = await startRegisterServer();
  });
  afterEach(() => rig.database.truncate());
  after(async () => {
    await register.close();
    await rig.stop();
  });

  async function importTable(rows = ROWS, ...words: string[]) {
    const path = join(rig.directory, 'table.csv.gz');
    await writeFile(path, gzipSync([HEAD, ...rows].join('\n')));
    const from = relative(process.cwd(), path);
    return rig.nap('operators', 'import', from, '--authority', 'table', ...words);
  }

  it('imports a table by a relative path while the server runs, and says what was wrong with a row', async () => {
    const { code, json } = await importTable(ROWS, '--json');
    expect(code).to.equal(0);
    expect(json()).to.deep.include({
      ...{ authority: 'table', state: 'imported', received: 4, entries: 3, created: 3, malformed: 1 },
      ...{ updated: 0, unchanged: 0, delisted: 0, problem: null },
      findings: [
        {
          place: 'line 5',
          message: 'is no operator ID: two letters for the country and three letters or digits are wanted',
          received: 'SE*ALEG',
        },
      ],
    });
    const again = await importTable();
    expect(again.stdout)
      .to.match(/^AUTHORITY +STATE +RECEIVED/)
      .and.match(/^table +imported +4 +3 +0 +0 +3/m)
      .and.contain('line 5: is no operator ID');
  });

  it('finds an operator by its ID or an EVSE ID in any spelling', async () => {
    await importTable();
    const wanted = (await rig.nap('operators', 'find', 'NL*F1R', '--json')).json();
    expect(wanted).to.have.length(2);
    expect(Object.keys(wanted[0])).to.include.members(FOUND_FIELDS);
    expect(wanted[0]).to.deep.include({
      ...{ country_code: 'NL', operator_id: 'F1R', role: 'CPO', status: 'ACTIVE' },
      ...{ name: 'First Charging', authority: 'idro' },
    });
    expect(new Date(wanted[0].first_seen).toISOString()).to.equal(wanted[0].first_seen);
    for (const spelling of ['nl-f1r', 'NLF1R', 'NL F1R', 'NL*F1R*E123', 'nlf1re123*4', 'NL*F1R*P1']) {
      expect((await rig.nap('operators', 'find', spelling, '--json')).json(), spelling).to.deep.equal(wanted);
    }
    for (const spelling of ['+49*823', 'DE*823', '+49*823*1234*5678']) {
      const found = (await rig.nap('operators', 'find', spelling, '--json')).json();
      expect(
        found.map(({ status }: { status: string }) => status),
        spelling,
      ).to.deep.equal(['SUSPENDED']);
    }
    const { stdout } = await rig.nap('operators', 'find', 'NL*F1R');
    expect(stdout).to.match(/^NL\*F1R +EMSP +RESERVED +First Mobility +idro/m);
  });

  it('answers with an empty list for who is in no register, and with 2 for what is no ID', async () => {
    const none = await rig.nap('operators', 'find', 'NL*ZZZ', '--json');
    expect([none.code, none.json()]).to.deep.equal([0, []]);
    expect((await rig.nap('operators', 'find', 'NL*ZZZ')).stdout).to.contain('is in no register');
    const wrong = await rig.nap('operators', 'find', 'nobody', '--json');
    expect(wrong.code).to.equal(2);
    expect(wrong.json().error.message).to.contain('neither an operator ID');
  });

  it('ends with 1 and the reason when a list is refused or cannot be read, and takes it with --force', async () => {
    await importTable();
    const less = [ROWS[0] as string, ROWS[2] as string];
    const refused = await importTable(less);
    expect(refused.code).to.equal(1);
    expect(refused.stdout).to.contain('1 of the 2 entries of idro would be gone').and.contain('--force');
    expect((await rig.nap('operators', 'find', 'NLF1R', '--json')).json()).to.have.length(2);
    const failed = await rig.nap('operators', 'import', '/nowhere.csv', '--authority', 'table', '--json');
    expect([failed.code, failed.json().state]).to.deep.equal([1, 'failed']);
    const forced = await importTable(less, '--force', '--json');
    expect(forced.json()).to.include({ state: 'imported', delisted: 1 });
    const found = (await rig.nap('operators', 'find', 'NLF1R', '--json')).json();
    expect(found.map(({ status }: { status: string }) => status)).to.deep.equal(['ACTIVE', 'DELISTED']);
  });

  it('refuses with 2 what cannot be asked for', async () => {
    const wrong: [string[], string][] = [
      [['/x.csv'], '--authority'],
      [['/x.csv', '--authority', 'ministry'], 'afirev, austria, bdew, benelux, eipa, evroam, table'],
      [['/x.csv', '--authority', 'table', '--schedule', '@daily'], 'only a URL'],
      [['https://x.example', '--authority', 'table', '--schedule', 'at times'], 'schedule'],
    ];
    for (const [words, reason] of wrong) {
      const { code, stderr } = await rig.nap('operators', 'import', ...words);
      expect(code, words.join(' ')).to.equal(2);
      expect(stderr).to.contain(reason);
    }
  });

  it('reads a URL again by its schedule, until it is told not to', async () => {
    let body = [HEAD, ...ROWS].join('\n');
    register.answer = () => ({ body });
    const from = ['operators', 'import', register.url, '--authority', 'table'];
    expect((await rig.nap(...from, '--schedule', '* * * * * *')).code).to.equal(0);
    const [table] = (await rig.nap('operators', 'list', '--json'))
      .json()
      .filter(({ authority }: { authority: string }) => authority === 'table');
    expect(table.schedules).to.deep.equal([{ url: register.url, schedule: '* * * * * *' }]);
    body = body.replace('First Charging', 'Renamed');
    // On a database server the command is another process, of which the server takes note within a minute.
    await rig.server.services.scheduler.refresh();
    const name = async () => (await rig.nap('operators', 'find', 'NLF1R', '--json')).json()[0].name;
    while ((await name()) !== 'Renamed') await new Promise((resolve) => setTimeout(resolve, 100));
    expect((await rig.nap(...from, '--schedule', 'never')).code).to.equal(0);
    // Else the server imports each second for up to a minute more, whatever the next test is about.
    await rig.server.services.scheduler.refresh();
    expect(await rig.database.knex('operator_register')).to.deep.equal([]);
  });

  it('does not keep the schedule of a URL that cannot be read', async () => {
    register.answer = () => ({ body: '<html>' });
    const words = ['operators', 'import', register.url, '--authority', 'afirev', '--schedule', '@daily'];
    expect((await rig.nap(...words)).code).to.equal(1);
    expect(await rig.database.knex('operator_register')).to.deep.equal([]);
  });

  it('lists all registers with their counts, last import and problems', async () => {
    await importTable();
    await importTable([ROWS[0] as string]);
    const list = (await rig.nap('operators', 'list', '--json')).json();
    expect(list.map(({ authority }: { authority: string }) => authority)).to.deep.equal([
      ...['afirev', 'austria', 'bdew', 'benelux', 'eipa', 'evroam', 'table'],
    ]);
    expect(list[0]).to.deep.include({ countries: ['FR'], cpo: 0, last_import: null, last_good_at: null });
    const table = list.at(-1);
    expect(table).to.include({ cpo: 2, emsp: 1, delisted: 0 });
    expect(table.authorities.map(({ authority }: { authority: string }) => authority)).to.deep.equal([
      'bundes',
      'idro',
    ]);
    expect(table.last_import).to.include({ state: 'refused' });
    expect(table.last_good_at).to.be.a('string');
    const { stdout } = await rig.nap('operators', 'list');
    expect(stdout).to.match(/^table +any +2 +1 +0 +refused/m);
    expect(stdout).to.contain('table: 1 of the 2 entries of idro would be gone');
  });
});
