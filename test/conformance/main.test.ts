import { expect } from 'chai';
import { buildLocation } from '../support/builders.ts';
import { type RecordingPartner, startRecordingPartner } from '../support/recording-partner.ts';
import { main } from './main.ts';

/** A row as `--json` prints it. */
interface PrintedRow {
  readonly id: string;
  readonly state: string;
  readonly versions: Readonly<Record<string, { readonly state: string; readonly reason?: string }>>;
}

describe('npm run conformance', () => {
  let partner: RecordingPartner;

  beforeEach(async () => {
    const locations = ['A', 'B', 'C'].map((id) => buildLocation({ id, country_code: 'DE', party_id: 'ABC' }));
    partner = await startRecordingPartner({ role: 'NAP', versions: ['2.2.1'], objects: { locations } });
  });
  afterEach(() => partner.stop());

  async function run(...options: string[]): Promise<{ code: number; text: string }> {
    const lines: string[] = [];
    const code = await main(options, (text) => void lines.push(text));
    return { code, text: lines.join('\n') };
  }

  const examine = (...options: string[]) =>
    run('--url', partner.versionsUrl, '--token', partner.token, ...options);

  async function rowsOf(...options: string[]): Promise<{ code: number; rows: PrintedRow[] }> {
    const { code, text } = await examine('--json', ...options);
    return { code, rows: JSON.parse(text).rows };
  }

  const stateOf = (rows: readonly PrintedRow[], id: string) => rows.find((row) => row.id === id)?.state;

  it('examines any platform by its versions URL and a token, and ends with 0 when no row failed', async () => {
    const { code, text } = await examine('--row', 'VER');
    expect(code, text).to.equal(0);
    expect(text)
      .to.match(/^[ ·]+✔[ ·]+VER-01 +MUST/m)
      .and.match(/2\.1\.1 is not offered/);
    expect(text).to.match(/\d+ passed, 0 failed, \d+ different, \d+ not covered, of 10 rows$/);
  });

  it('ends with 1 when a row failed, and says what came', async () => {
    const data = [{ version: '2.2.1', url: `${partner.url}/ocpi/2.2.1` }];
    const body = { status_code: 1000, timestamp: 'yesterday', data };
    partner.override('GET', partner.versionsUrl, { body });
    const { code, text } = await examine('--row', 'ENV-02');
    expect(code).to.equal(1);
    expect(text)
      .to.match(/✘[ ·]+ENV-02/)
      .and.match(/2\.2\.1 failed: .*yesterday/);
  });

  it('calls what only this project has decided a difference, and no failure', async () => {
    // It takes the token raw and in Base64, but with a line break in it nobody has decided that for others.
    const { code, rows } = await rowsOf('--section', 'authorization');
    expect(stateOf(rows, 'AUTH-06')).to.equal('different');
    expect(stateOf(rows, 'AUTH-01')).to.equal('passed');
    expect(code).to.equal(0);
  });

  it('says of what it cannot examine why', async () => {
    const { rows } = await rowsOf('--row', 'CRED');
    const reasons = rows.flatMap(({ versions }) => Object.values(versions).map(({ reason }) => reason));
    expect(reasons).to.include.members(['needs registration tokens', '2.3.0 is not offered']);
    expect(rows.every(({ state }) => state === 'not covered')).to.equal(true);
  });

  it('writes nothing unless a party is named', async () => {
    await examine('--version', '2.2.1');
    const writes = partner.requests.filter(
      ({ method, path }) => method === 'PUT' && path.includes('/receiver/'),
    );
    expect(writes.filter(({ status }) => status !== 401)).to.deep.equal([]);
    await examine('--version', '2.2.1', '--party', 'DE-ABC', '--row', 'LR-01');
    expect(partner.requestsTo('PUT', '/ocpi/2.2.1/receiver/locations/DE/ABC/CONF-')).not.to.have.length(0);
  });

  it('ends with 2 and the usage when it is called wrongly', async () => {
    for (const options of [
      ['--url', 'http://127.0.0.1:1/versions'],
      ['--url', 'nowhere', '--token', 'x'],
      ['--party', 'DE-ABC'],
      ['--version', '9.9'],
      ['--row', 'XYZ-01'],
      ['--nonsense'],
    ]) {
      const { code, text } = await run(...options);
      expect(code, options.join(' ')).to.equal(2);
      expect(text).to.include('Usage: npm run conformance');
    }
  });
});
