import { expect } from 'chai';
import { AFIR_ITEMS } from '../../../ingest/afir-items.ts';
import { makeFleet } from '../../simulator/fleet.ts';
import type { Evse, Location } from '../../simulator/wire.ts';
import { buildEvse, buildLocation } from '../../support/builders.ts';
import { authorization, type OcpiResponse, send } from '../../support/ocpi-client.ts';
import { startTestServer, type TestConnection, type TestServer } from '../../support/server.ts';

const PARTIES = [
  { country_code: 'NL', party_id: 'TNM', name: 'Simulated Charging' },
  { country_code: 'BE', party_id: 'KBL', name: 'Kabelkouter Laden' },
];

// biome-ignore lint/suspicious/noExplicitAny: answers of any shape.
type Json = any;

/** Faults that are planted, by the Location's place among those of the first party. */
const NULL_ISLAND = [3, 4, 5, 6, 7];
const MALFORMED = [10, 11, 12];
const UNPUBLISHED = [20, 21, 22, 23];
/** What is wrong with the unpublished ones: too few decimals. */
const PADDED = 'repair:coordinates-padded';

function plantedFleet(): Location[] {
  const { locations } = makeFleet({ seed: 4, locations: 240, parties: PARTIES });
  const own = locations.filter(({ party_id: party }) => party === 'TNM');
  for (const place of NULL_ISLAND) {
    (own[place] as Location).coordinates = { latitude: '0.00000', longitude: '0.00000' };
  }
  for (const place of MALFORMED) ((own[place] as Location).evses?.[0] as Evse).evse_id = 'garbage';
  for (const place of UNPUBLISHED) {
    const location = own[place] as Location;
    location.publish = false;
    location.address = `Secret street ${place}`;
    location.coordinates = { latitude: '52.1', longitude: '5.1' };
  }
  for (const location of locations) location.last_updated = new Date().toISOString();
  return locations;
}

describe('server/quality', () => {
  let server: TestServer;
  let cpo: TestConnection;
  let fleet: Location[];

  before(async () => {
    server = await startTestServer();
    cpo = await server.addConnection('cpo', { parties: ['NL-TNM', 'BE-KBL'] });
    fleet = plantedFleet();
    for (const location of fleet) {
      const { country_code: country, party_id: party, id } = location;
      const { status } = await cpo.client.put(
        `/ocpi/2.2.1/receiver/locations/${country}/${party}/${id}`,
        location,
      );
      expect(status).to.equal(201);
    }
  });
  after(() => server.stop());

  const call = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    send(server.url, method, path, { headers });
  const json = ({ text }: OcpiResponse): Json => JSON.parse(text);
  const read = async (path: string, headers?: Record<string, string>) => json(await call(path, headers));
  const own = async (path: string) => read(path, { Authorization: authorization(cpo.token) });
  const party = (report: Json, id: string) => report.parties.find((one: Json) => one.party_id === id);

  const isInUse = ({ status }: Evse) => status !== 'REMOVED';
  const shown = (id: string) =>
    fleet.filter((one) => one.party_id === id && one.publish && one.evses?.some(isInUse));
  const evsesOf = (locations: Location[]) => locations.flatMap(({ evses }) => (evses ?? []).filter(isInUse));

  /** Every page of a list. */
  async function allFindings(path: string, headers: Record<string, string> = {}): Promise<Json[]> {
    const found: Json[] = [];
    let next: string | null = `${server.url}${path}`;
    while (next !== null) {
      const page: Json = await read(next.slice(server.url.length), headers);
      found.push(...page.findings);
      next = page.next;
    }
    return found;
  }

  it('counts objects, and findings by rule, exactly', async () => {
    const report = await read('/quality');
    expect(report.parties.map((one: Json) => one.party_id)).to.deep.equal(['KBL', 'TNM']);
    for (const id of ['TNM', 'KBL']) {
      const locations = shown(id);
      const evses = evsesOf(locations);
      expect(party(report, id), id).to.include({
        locations: locations.length,
        evses: evses.length,
        connectors: evses.flatMap(({ connectors }) => connectors).length,
      });
      const withoutId = evses.filter(({ evse_id: evseId }) => evseId === undefined).length;
      expect(party(report, id).findings['ID-07'] ?? 0, id).to.equal(withoutId);
    }
    expect(party(report, 'TNM').findings).to.include({
      'coordinates-null-island': NULL_ISLAND.length,
      'ID-01': MALFORMED.length,
    });
    expect(party(report, 'KBL').findings).not.to.have.any.keys('coordinates-null-island', 'ID-01');
    const rule = report.rules.find(({ id }: Json) => id === 'coordinates-null-island');
    expect(rule).to.include({ severity: 'error', open: NULL_ISLAND.length }).and.to.have.property('title');
  });

  it('tells the coverage of each AFIR item as the share of public Locations that say it', async () => {
    const report = await read('/quality');
    const locations = shown('TNM');
    const share = (said: (location: Location) => boolean) =>
      Number((locations.filter(said).length / locations.length).toFixed(4));
    const { coverage, findings } = party(report, 'TNM');
    expect(Object.keys(coverage)).to.have.members(AFIR_ITEMS.map(({ id }) => id));
    expect(coverage.A5).to.equal(share((location) => 'help_phone' in location));
    expect(coverage.A13).to.equal(1);
    const isIdentified = (location: Location) => evsesOf([location]).every(({ evse_id: evseId }) => evseId);
    expect(coverage.B1).to.equal(share(isIdentified));
    expect(findings['AFIR-A5']).to.equal(locations.filter((location) => !('help_phone' in location)).length);
  });

  it('lists every finding of a party once, page by page, missing AFIR items among them', async () => {
    const page = await read('/quality/nl-tnm?limit=7');
    expect(page.findings).to.have.length(7);
    const all = await allFindings('/quality/NL-TNM?limit=97');
    const counts: Record<string, number> = {};
    for (const { rule } of all) counts[rule] = (counts[rule] ?? 0) + 1;
    expect(counts).to.deep.equal(page.findings_by_rule);
    const keys = all.map(({ rule, object, path }) => JSON.stringify([rule, object, path]));
    expect(new Set(keys).size).to.equal(all.length);
    const malformed = all.find(({ rule }) => rule === 'ID-01');
    expect(malformed.object).to.include({ evse_id: 'garbage', tariff_id: null });
    expect(malformed).to.include({ severity: 'error', received: '"garbage"', waived: null });
    expect(malformed.hint).to.be.a('string').and.not.equal('');
    const missing = all.find(({ rule }) => rule === 'AFIR-A5');
    expect(missing).to.include({ severity: 'info' });
    expect(new Date(missing.first_seen).toISOString()).to.equal(missing.first_seen);
    const [only] = (await read('/quality/NL-TNM?rule=ID-01&limit=1')).findings;
    expect(only.rule).to.equal('ID-01');
    const errors = await allFindings('/quality/NL-TNM?severity=error');
    expect(errors.length).to.equal(all.filter(({ severity }) => severity === 'error').length);
  });

  it('publishes the same findings as a table', async () => {
    const { status, headers, text } = await call('/quality.csv');
    expect(status).to.equal(200);
    expect(headers['content-type']).to.contain('text/csv');
    const rows = text.trimEnd().split('\r\n');
    expect(rows[0]).to.match(
      /^country_code,party_id,rule,severity,location_id,evse_uid,connector_id,tariff_id,evse_id/,
    );
    const both = [...(await allFindings('/quality/NL-TNM')), ...(await allFindings('/quality/BE-KBL'))];
    expect(rows.length - 1).to.equal(both.length);
    const again = await call('/quality.csv', { 'If-None-Match': headers.etag as string });
    expect([again.status, again.text]).to.deep.equal([304, '']);
  });

  it('never shows anything of a Location with publish: false, except to its owner', async () => {
    const hidden = fleet.filter(({ publish }) => !publish);
    const openly = [
      (await call('/quality')).text,
      (await call('/quality.csv')).text,
      JSON.stringify(await allFindings('/quality/NL-TNM')),
    ];
    for (const text of openly.slice(1)) expect(text).not.to.contain(PADDED);
    for (const { id, address } of hidden) {
      for (const text of openly) {
        expect(text).not.to.contain(`"${id}"`);
        expect(text).not.to.contain(`,${id},`);
        expect(text).not.to.contain(address);
      }
    }
    const mine = await own('/quality/mine');
    expect(party(mine, 'TNM').locations - shown('TNM').length).to.be.at.least(hidden.length - 1);
    const headers = { Authorization: authorization(cpo.token) };
    const found = await allFindings('/quality/mine?limit=500', headers);
    const told = found.filter(({ rule }) => rule === PADDED).map(({ object }) => object.location_id);
    expect(told.sort()).to.deep.equal(hidden.map(({ id }) => id).sort());
    const one = await own('/quality/mine/NL-TNM');
    expect(one.findings_by_rule[PADDED]).to.equal(UNPUBLISHED.length);
    expect(one.findings_by_rule).to.deep.equal(party(mine, 'TNM').findings);
  });

  it('tells owners what was refused, with the reasons, and nobody else', async () => {
    const wrong = { ...buildLocation({ id: 'REFUSED' }), coordinates: 'somewhere' };
    const { body } = await cpo.client.put('/ocpi/2.2.1/receiver/locations/NL/TNM/REFUSED', wrong);
    expect(body.status_code).to.equal(2001);
    const [refused] = (await own('/quality/mine')).rejected;
    expect(refused).to.include({
      country_code: 'NL',
      party_id: 'TNM',
      object_id: 'REFUSED',
      reason: 'invalid',
    });
    expect(refused.problems[0].path).to.contain('coordinates');
    expect(refused).not.to.have.property('document');
    const other = await server.addConnection('other', { parties: ['DE-ABC'] });
    const theirs = await read('/quality/mine', { Authorization: authorization(other.token) });
    expect(theirs.rejected).to.deep.equal([]);
    expect(theirs.parties.map((one: Json) => [one.party_id, one.locations])).to.deep.equal([['ABC', 0]]);
  });

  it('asks for a token where it must, and answers mistakes with problem documents', async () => {
    const problems: [string, number, Record<string, string>][] = [
      ['/quality/mine', 401, {}],
      ['/quality/mine', 401, { Authorization: 'Token nobody' }],
      ['/quality/mine/DE-ABC', 404, { Authorization: authorization(cpo.token) }],
      ['/quality/NL-ZZZ', 404, {}],
      ['/quality/nobody', 404, {}],
      ['/quality/NL-TNM?limit=0', 400, {}],
      ['/quality/NL-TNM?after=x', 400, {}],
      ['/quality/NL-TNM?page=2', 400, {}],
      ['/quality/NL-TNM?severity=fatal', 400, {}],
      ['/quality/evse/nothing', 400, {}],
    ];
    for (const [path, status, headers] of problems) {
      const answer = await call(path, headers);
      expect(answer.status, path).to.equal(status);
      expect(answer.headers['content-type'], path).to.contain('application/problem+json');
      expect(json(answer).detail, path).to.be.a('string');
    }
    expect((await call('/quality', {}, 'POST')).status).to.equal(405);
  });

  it('is for pages of any origin, and answers 304 and gzip', async () => {
    const whole = await call('/quality');
    expect(whole.headers['access-control-allow-origin']).to.equal('*');
    expect(whole.headers['content-type']).to.contain('application/json');
    expect(whole.headers['last-modified']).to.be.a('string');
    expect(whole.headers['nap-sequence']).to.equal(String(json(whole).sequence));
    const again = await call('/quality', { 'If-None-Match': whole.headers.etag as string });
    expect([again.status, again.text]).to.deep.equal([304, '']);
    const one = await call('/quality/NL-TNM');
    const unchanged = await call('/quality/NL-TNM', { 'If-None-Match': one.headers.etag as string });
    expect(unchanged.status).to.equal(304);
    const packed = await call('/quality', { 'Accept-Encoding': 'gzip' });
    expect(packed.headers['content-encoding']).to.equal('gzip');
    expect(packed.headers.etag).not.to.equal(whole.headers.etag);
    expect((await call('/quality', {}, 'OPTIONS')).status).to.equal(204);
    const mine = await call('/quality/mine', { Authorization: authorization(cpo.token) });
    expect(mine.headers).not.to.have.property('access-control-allow-origin');
    expect(mine.headers['cache-control']).to.equal('private, no-store');
  });

  it('knows everything of one EVSE ID, in any spelling', async () => {
    const location = buildLocation({
      id: 'TWICE',
      evses: [
        buildEvse({ uid: 'X', evse_id: 'NL*TNM*E77*1' }),
        buildEvse({ uid: 'Y', evse_id: 'NLTNME771' }),
      ],
    });
    await cpo.client.put('/ocpi/2.2.1/receiver/locations/NL/TNM/TWICE', location);
    const hidden = buildLocation({ id: 'HIDDEN', publish: false, evses: location.evses });
    await cpo.client.put('/ocpi/2.2.1/receiver/locations/NL/TNM/HIDDEN', hidden);
    for (const spelling of ['NL*TNM*E77*1', 'nltnme771', 'NL-TNM-E771', 'NL%2ATNM%2AE771']) {
      const { evses, ...about } = await read(`/quality/evse/${spelling}`);
      expect(about, spelling).to.deep.include({ compact_id: 'NLTNME771', kind: 'evse' });
      expect(about.operator).to.deep.equal({ country_code: 'NL', operator_id: 'TNM', registrations: [] });
      expect(evses.map((evse: Json) => [evse.location_id, evse.evse_uid])).to.deep.equal([
        ['TWICE', 'X'],
        ['TWICE', 'Y'],
      ]);
    }
    expect((await read('/quality/evse/NL*TNM*E99999999')).evses).to.deep.equal([]);
  });

  it('shows what was mended at once, and the score never falls by it', async () => {
    const broken = fleet.filter(({ party_id: id }) => id === 'TNM')[NULL_ISLAND[0] as number] as Location;
    const before = await read('/quality/NL-TNM');
    const mended = {
      ...broken,
      coordinates: { latitude: '52.08944', longitude: '5.11028' },
      last_updated: new Date().toISOString(),
    };
    const url = `/ocpi/2.2.1/receiver/locations/NL/TNM/${broken.id}`;
    expect((await cpo.client.put(url, mended)).status).to.equal(200);
    const after = await read('/quality/NL-TNM');
    expect(after.findings_by_rule['coordinates-null-island']).to.equal(
      before.findings_by_rule['coordinates-null-island'] - 1,
    );
    expect(after.score).to.be.at.least(before.score);
    expect(after.sequence).to.be.greaterThan(before.sequence);
  });

  it('keeps the figures of the day once a party, however often they are taken', async () => {
    const { keepQualityDay } = await import('../../../server/quality/quality-days.ts');
    const { createQualityDayStore } = await import('../../../db/registry/quality-day-store.ts');
    const { reports, database, clock } = server.services;
    const days = createQualityDayStore(database);
    const yesterday = () => new Date(clock().getTime() - 86_400_000);
    await keepQualityDay({ reports, days, clock: yesterday });
    await keepQualityDay({ reports, days, clock });
    await keepQualityDay({ reports, days, clock });
    const page = await read('/quality/NL-TNM');
    expect(page.trend).to.have.length(2);
    const last = page.trend.at(-1);
    expect(last.day).to.equal(clock().toISOString().slice(0, 10));
    expect(last).to.deep.include({
      ...{ locations: page.locations, evses: page.evses, score: page.score },
      ...{ findings: page.findings_by_rule, coverage: page.coverage },
    });
  });

  it('says since when a party is silent whose platform has stopped, and to the operator which that is', async () => {
    const { knex } = server.database;
    expect(party(await read('/quality'), 'TNM').silent_since).to.equal(null);
    const heard = new Date(Date.now() - 8 * 86_400_000);
    await knex('connection').where({ id: cpo.connection.id }).update({ last_contact_at: heard });
    const { reports, admin } = server.services;
    const { parties } = await reports.report('public', null);
    expect(parties.map(({ silent_since: since }) => since)).to.deep.equal([
      heard.toISOString(),
      heard.toISOString(),
    ]);
    expect((await admin.status()).silent).to.deep.equal([
      { kind: 'connection', name: 'cpo', last_heard_at: heard.toISOString(), parties: ['BE-KBL', 'NL-TNM'] },
    ]);
  });
});
