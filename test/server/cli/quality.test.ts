import { expect } from 'chai';
import { buildEvse, buildLocation } from '../../support/builders.ts';
import { OcpiClient } from '../../support/ocpi-client.ts';
import { type CommandRig, openCommandRig } from './command.ts';

const DAY_MS = 86_400_000;
const NULL_ISLAND = { latitude: '0.00000', longitude: '0.00000' };

// biome-ignore lint/suspicious/noExplicitAny: answers of any shape.
type Json = any;

describe('nap quality and nap policy', () => {
  let rig: CommandRig;
  let url: string;
  let cpo: OcpiClient;
  const root = '/ocpi/2.2.1/receiver/locations/NL/TNM';

  before(async () => {
    rig = await openCommandRig();
    url = rig.server.url as string;
    const words = ['connection', 'add', 'cpo', '--role', 'CPO', '--party', 'NL-TNM', '--static', '--json'];
    cpo = new OcpiClient(url, (await rig.nap(...words)).json().token);
    await put('FINE', { evses: [buildEvse({ evse_id: 'NL*TNM*E1' })] });
    await put('NOWHERE', { coordinates: NULL_ISLAND, evses: [buildEvse({ evse_id: 'NL*TNM*E2' })] });
  });
  after(() => rig.stop());

  const put = (id: string, overrides = {}) => cpo.put(`${root}/${id}`, buildLocation({ id, ...overrides }));
  const web = async (path: string): Promise<Json> => (await fetch(`${url}${path}`)).json();
  const rule = 'coordinates-null-island';
  const openCount = async () => (await web('/quality/NL-TNM')).findings_by_rule[rule] ?? 0;
  const day = (offset: number) => new Date(Date.now() + offset * DAY_MS).toISOString().slice(0, 10);
  const downloaded = async () => {
    await rig.server.services.snapshots.build();
    const { features } = await web('/data/locations.geojson');
    return features.map(({ properties }: Json) => properties.location_id).sort();
  };

  it('shows all parties, and one with its findings, as /quality does', async () => {
    const { code, json } = await rig.nap('quality', '--json');
    expect(code).to.equal(0);
    const { parties, rules } = await web('/quality');
    const ageless = ({ status_age: _age, ...party }: Json) => party;
    expect(json().parties.map(ageless)).to.deep.equal(parties.map(ageless));
    expect(json().rules).to.deep.equal(rules);
    const party = (await rig.nap('quality', '--party', 'nl-tnm', '--rule', rule, '--json')).json();
    expect(party.findings.map(({ object }: Json) => object.location_id)).to.deep.equal(['NOWHERE']);
    expect((await rig.nap('quality')).stdout)
      .to.match(/^NL-TNM/m)
      .and.to.contain(rule);
    expect((await rig.nap('quality', '--party', 'NL-TNM')).stdout).to.contain('NOWHERE');
    expect((await rig.nap('quality', '--rule', rule)).code).to.equal(2);
  });

  it('a waiver holds until the end of its day: the finding is shown, and does not count', async () => {
    const score = (await web('/quality/NL-TNM')).score;
    const words = ['quality', 'waive', rule, '--party', 'NL-TNM', '--reason', 'a buoy'];
    const waived = await rig.nap(...words, '--until', day(0), '--json');
    expect(waived.json()).to.include({ rule, party: 'NL-TNM', until: day(0), in_force: true });
    expect(await openCount()).to.equal(0);
    const page = await web(`/quality/NL-TNM?rule=${rule}`);
    expect(page.waived).to.deep.equal({ [rule]: 1 });
    expect(page.findings[0].waived).to.deep.equal({ until: day(0), reason: 'a buoy' });
    expect(page.score).to.be.greaterThan(score);
    await rig.database.knex('waiver').update({ until: day(-1) });
    await rig.nap('quality', 'waive', 'ID-07', '--party', 'NL-TNM', '--reason', 'x', '--until', day(9));
    expect(await openCount()).to.equal(1);
    expect((await web(`/quality/NL-TNM?rule=${rule}`)).findings[0].waived).to.equal(null);
    const over = await rig.nap(...words, '--until', day(-1));
    expect([over.code, over.stderr]).to.deep.equal([2, `nap: until: ${day(-1)} is over already\n`]);
    const list = (await rig.nap('quality', 'waivers', '--json')).json();
    expect(list.map(({ in_force: inForce }: Json) => inForce)).to.deep.equal([true, false]);
    expect((await rig.nap('quality', 'waive', 'ID-07', '--party', 'NL-TNM', '--end')).code).to.equal(0);
  });

  it('refuses rules that there are not, with the nearest names', async () => {
    const waive = ['--party', 'NL-TNM', '--reason', 'x', '--until', day(1)];
    const wrong: [string[], string][] = [
      [['quality', 'waive', 'coordinates-nul-island', ...waive], rule],
      [['policy', 'set', 'ID-7', 'off'], 'ID-07'],
      [['policy', 'set', 'AFIR-A5', 'reject'], 'never acted upon'],
      [['policy', 'set', 'ID-07', 'forbid'], 'off, note, withhold, reject'],
      [['quality', 'waive', 'ID-07', ...waive.slice(0, 4), '--until', '2027-02-30'], 'must be a day'],
    ];
    for (const [words, reason] of wrong) {
      const { code, stderr } = await rig.nap(...words);
      expect(code, words.join(' ')).to.equal(2);
      expect(stderr).to.contain(reason);
    }
  });

  it('withhold takes out of everything public what breaks a rule, at once, and note brings it back', async () => {
    expect(await downloaded()).to.deep.equal(['FINE', 'NOWHERE']);
    const set = await rig.nap('policy', 'set', rule, '--party', 'NL-TNM', 'withhold', '--json');
    expect(set.json()).to.include({ rule, party: 'NL-TNM', action: 'withhold', rechecked: 1 });
    expect(await downloaded()).to.deep.equal(['FINE']);
    expect((await web('/quality/NL-TNM')).locations).to.equal(1);
    const mine = await cpo.get('/quality/mine');
    expect((mine.body as Json).parties[0]).to.include({ locations: 2 });
    expect((mine.body as Json).parties[0].findings[rule]).to.equal(1);
    await rig.nap('policy', 'set', rule, '--party', 'NL-TNM', 'note');
    expect(await downloaded()).to.deep.equal(['FINE', 'NOWHERE']);
  });

  it('reject refuses what breaks a rule, with the reason over OCPI and for its owner', async () => {
    await rig.nap('policy', 'set', rule, 'reject');
    await rig.nap('policy', 'set', rule, '--party', 'NL-TNM', 'reject');
    await rig.server.services.quality.policies.refresh();
    const { body } = await put('NEW', { coordinates: NULL_ISLAND });
    expect(body.status_code).to.equal(2001);
    expect(JSON.stringify(body)).to.contain(rule);
    const { rejected } = (await cpo.get('/quality/mine')).body as Json;
    expect(rejected[0]).to.include({ object_id: 'NEW', reason: 'invalid' });
    expect(rejected[0].problems[0].rule).to.equal(rule);
    const list = (await rig.nap('policy', 'list', '--json')).json();
    expect(list.map(({ party, action }: Json) => [party, action])).to.deep.equal([
      [null, 'reject'],
      ['NL-TNM', 'reject'],
    ]);
  });

  it('off closes the findings of a rule, and what it misses is found again afterwards', async () => {
    await rig.nap('policy', 'set', rule, '--party', 'NL-TNM', 'off');
    expect(await openCount()).to.equal(0);
    await rig.nap('policy', 'set', rule, '--party', 'NL-TNM', 'note');
    expect(await openCount()).to.equal(1);
  });

  it('gives a connection a webhook, with its secret once', async () => {
    const set = await rig.nap(
      'quality',
      'webhook',
      'cpo',
      '--url',
      'https://cpo.example/hook?key=1',
      '--json',
    );
    expect(set.json().secret).to.be.a('string');
    const shown = await rig.nap('quality', 'webhook', 'cpo', '--json');
    expect(shown.json()).to.include({ connection: 'cpo', failures: 0 }).and.not.to.have.property('secret');
    expect(shown.stdout).not.to.contain('key=1');
    expect((await rig.nap('quality', 'webhook', 'cpo', '--remove')).code).to.equal(0);
    expect((await rig.nap('quality', 'webhook', 'cpo')).code).to.equal(1);
    expect((await rig.nap('quality', 'webhook', 'nobody', '--url', 'https://x.example')).code).to.equal(1);
  });
});
