/**
 * Every version in, every version out, over HTTP: simulated CPOs push their fleets in one version each, or are pulled
 * in it, and a navigation provider crawls all of it in each. Everything that comes out is held against the strictest
 * reader of its version.
 */
import { expect } from 'chai';
import { OCPI_VERSIONS, type OcpiVersion } from '../../../../db/ocpi-version.ts';
import { type CpoPlatform, startCpoPlatform } from '../../../simulator/cpo-platform.ts';
import { type Fleet, makeFleet } from '../../../simulator/fleet.ts';
import { type Crawl, crawlModule } from '../../../simulator/navigation-provider.ts';
import { startPusher } from '../../../simulator/pusher.ts';
import { inWords } from '../../../simulator/version-words.ts';
import type { Location, Tariff } from '../../../simulator/wire.ts';
import { closedCheck } from '../../../support/closed-schemas.ts';
import type { Data } from '../../../support/ocpi-client.ts';
import { startTestServer, type TestServer } from '../../../support/server.ts';

/** Which list of versions a partner uses. */
const LISTS: Readonly<Record<OcpiVersion, { pushes: string; reads: string }>> = {
  '2.1.1': { pushes: '/ocpi/emsp/versions', reads: '/ocpi/cpo/versions' },
  '2.2.1': { pushes: '/ocpi/versions', reads: '/ocpi/versions' },
  '2.3.0': { pushes: '/ocpi/versions', reads: '/ocpi/versions' },
};

/** The same ids for every CPO: nothing may mix (LS-13, LS-14). */
function fleetOf(party_id: string): Fleet {
  const now = new Date('2026-06-07T12:00:00Z');
  const one = { country_code: 'NL', party_id, name: `Charging ${party_id}` };
  const fleet = makeFleet({ seed: 4, locations: 24, parties: [one], now });
  const shared = (id: string) => id.replace(party_id, 'SAME');
  for (const tariff of fleet.tariffs) tariff.id = shared(tariff.id);
  for (const location of fleet.locations) {
    location.id = shared(location.id);
    for (const { connectors } of location.evses) {
      for (const connector of connectors) {
        if (connector.tariff_ids) connector.tariff_ids = connector.tariff_ids.map(shared);
      }
    }
  }
  return fleet;
}

const CPOS = [
  { how: 'pushed', version: '2.1.1', party: 'P21' },
  { how: 'pushed', version: '2.2.1', party: 'P22' },
  { how: 'pushed', version: '2.3.0', party: 'P23' },
  { how: 'pulled', version: '2.1.1', party: 'Q21' },
  { how: 'pulled', version: '2.2.1', party: 'Q22' },
  { how: 'pulled', version: '2.3.0', party: 'Q23' },
] as const;

describe('every OCPI version in, every version out', () => {
  let server: TestServer;
  const platforms: CpoPlatform[] = [];
  const fleets = new Map(CPOS.map(({ party }) => [party as string, fleetOf(party)]));
  const crawls = new Map<OcpiVersion, Record<'locations' | 'tariffs', Crawl>>();

  before(async () => {
    server = await startTestServer({ config: { allowPrivateUrls: true } });
    for (const { how, version, party } of CPOS) {
      const fleet = fleets.get(party) as Fleet;
      if (how === 'pushed') await push(version, party, fleet);
      else await pull(version, party, fleet);
    }
    const { token } = await server.addConnection('provider', { role: 'NSP', parties: ['NL-NAV'] });
    for (const version of OCPI_VERSIONS) {
      const crawl = (module: 'locations' | 'tariffs') =>
        crawlModule(`${server.url}${LISTS[version].reads}`, module, {
          token,
          version,
          tokenForm: version === '2.1.1' ? 'raw' : 'base64',
          parameters: { limit: 25 },
        });
      crawls.set(version, { locations: await crawl('locations'), tariffs: await crawl('tariffs') });
    }
  });
  after(async () => {
    for (const platform of platforms) await platform.close();
    await server.stop();
  });

  async function push(version: OcpiVersion, party: string, fleet: Fleet): Promise<void> {
    const { token } = await server.addConnection(party, { version, parties: [`NL-${party}`] });
    const pusher = await startPusher({
      versionsUrl: `${server.url}${LISTS[version].pushes}`,
      token,
      tokenForm: version === '2.1.1' ? 'raw' : 'base64',
      version,
      fleet,
      phases: ['tariffs', 'locations', 'statuses'],
      statusChanges: 12,
    });
    await pusher.finished;
    expect(pusher.statistics.refusals, party).to.deep.equal([]);
    expect(pusher.statistics.acknowledged).to.equal(fleet.locations.length + fleet.tariffs.length + 12);
  }

  async function pull(version: OcpiVersion, party: string, fleet: Fleet): Promise<void> {
    const tokenForm = version === '2.1.1' ? 'raw' : 'base64';
    const platform = await startCpoPlatform({ fleet, version, tokenForm, extraVersions: ['2.0', '2.2'] });
    platforms.push(platform);
    const { admin } = server.services;
    const { versionsUrl: url, token } = platform;
    await admin.addSource({ name: party, url, token, parties: `NL-${party}` });
    const report = await admin.runSource(party, { full: true });
    const received = fleet.locations.length + fleet.tariffs.length;
    expect(report).to.include({ state: 'complete', received, created: received, rejected: 0, failed: 0 });
    const [source] = (await admin.listSources()).filter(({ name }) => name === party);
    expect(source?.version).to.equal(version);
  }

  /** What a CPO's Location is called in a version. */
  const idIn = (version: OcpiVersion, party: string, id: string) =>
    version === '2.1.1' ? `NL${party}-${id}` : id;
  const ownerOf = (version: OcpiVersion, object: Data): string =>
    version === '2.1.1' ? object.id.slice(2, 5) : object.party_id;

  for (const out of OCPI_VERSIONS) {
    it(`LS-11: every Location and Tariff that a list of ${out} returns is valid in ${out}`, () => {
      const check = closedCheck(out);
      for (const module of ['locations', 'tariffs'] as const) {
        const { objects, ended } = (crawls.get(out) as Record<typeof module, Crawl>)[module];
        expect(ended).to.equal('last-page');
        expect(objects.length).to.be.above(0);
        for (const object of objects) {
          expect(check(module, object), JSON.stringify(object).slice(0, 200)).to.deep.equal([]);
        }
      }
    });

    it(`LS-06, LS-13, LS-14: a crawl of ${out} has every object of every CPO once, all ids distinct`, () => {
      for (const module of ['locations', 'tariffs'] as const) {
        const { objects, totalCount } = (crawls.get(out) as Record<typeof module, Crawl>)[module];
        expect(totalCount).to.equal(objects.length);
        const keys = objects.map((object) => `${ownerOf(out, object)}/${(object as Data).id}`);
        expect(new Set(keys).size).to.equal(objects.length);
        for (const { party } of CPOS) {
          const own = objects.filter((object) => ownerOf(out, object) === party);
          const expected = (fleets.get(party) as Fleet)[module].map(({ id }) => idIn(out, party, id));
          expect(
            own.map((object) => (object as Data).id),
            `${party} ${module}`,
          ).to.have.members(expected);
        }
      }
    });

    for (const { how, version, party } of CPOS) {
      it(`CV: what ${party} ${how === 'pushed' ? 'pushed' : 'offered'} in ${version} says the same in ${out}`, () => {
        const { locations } = crawls.get(out) as Record<'locations', Crawl>;
        for (const location of (fleets.get(party) as Fleet).locations) {
          const id = idIn(out, party, location.id);
          const served: Data = locations.objects.find(
            (object) => (object as Data).id === id && ownerOf(out, object) === party,
          );
          expectSameFacts(location, served, { from: version, to: out, party });
        }
      });
    }

    it(`CV-07: what came in ${out} goes out in it as it came`, () => {
      const party = CPOS.find(({ how, version }) => how === 'pulled' && version === out)?.party as string;
      const { locations, tariffs } = crawls.get(out) as Record<'locations' | 'tariffs', Crawl>;
      const fleet = fleets.get(party) as Fleet;
      const came: Data[] = [...fleet.locations, ...fleet.tariffs].map((object) =>
        expectedOf(out, party, object),
      );
      const gone: Data[] = [...locations.objects, ...tariffs.objects].filter(
        (object) => ownerOf(out, object) === party,
      );
      for (const [index, object] of gone.entries()) {
        expect(without(out, object), `${party} ${object.id}`).to.deep.equal(without(out, came[index]));
      }
      expect(gone).to.have.length(came.length);
    });
  }

  /**
   * What 2.1.1 may leave unsaid and the registry says once it is known: the time zone, and that a place which has
   * regular hours is not open around the clock.
   */
  function without(version: OcpiVersion, object: Data): Data {
    if (version !== '2.1.1' || !object.opening_times) return object;
    const { time_zone: _timeZone, opening_times, ...rest } = object;
    const { twentyfourseven, ...hours } = opening_times;
    return { ...rest, opening_times: twentyfourseven === true ? opening_times : hours };
  }

  /** What came, with the ids that 2.1.1 gets. */
  function expectedOf(version: OcpiVersion, party: string, object: Location | Tariff): Data {
    const words: Data = structuredClone(inWords(version, object));
    if (version !== '2.1.1') return words;
    words.id = idIn(version, party, words.id);
    for (const evse of words.evses ?? []) {
      for (const connector of evse.connectors) {
        if (connector.tariff_id) connector.tariff_id = idIn(version, party, connector.tariff_id);
      }
    }
    return words;
  }
});

/** What every version can say of a Location, whichever it came in. */
function expectSameFacts(
  location: Location,
  served: Data,
  { from, to, party }: { from: OcpiVersion; to: OcpiVersion; party: string },
): void {
  const isOld = from === '2.1.1' || to === '2.1.1';
  const seconds = (time: string) => (isOld ? time.slice(0, 19) : time);
  const time = (value: string) => seconds(value.replace(/Z$/, ''));
  expect(served, location.id).to.include({
    name: location.name,
    city: location.city,
    country: location.country,
    address: location.address.slice(0, isOld ? 45 : undefined),
  });
  if (to !== '2.1.1') expect(served).to.include({ publish: true, time_zone: location.time_zone });
  expect(Number(served.coordinates.latitude)).to.be.closeTo(Number(location.coordinates.latitude), 0.000001);
  expect(served.evses.map(({ uid }: Data) => uid)).to.deep.equal(location.evses.map(({ uid }) => uid));
  // CV-14. A PATCH of 2.1.1 says no time: what it changed is as of its receipt.
  if (!(from === '2.1.1' && party.startsWith('P'))) {
    expect(time(served.last_updated)).to.equal(time(location.last_updated));
  }
  for (const [index, evse] of location.evses.entries()) {
    const out: Data = served.evses[index];
    expect(out).to.include({ status: evse.status });
    expect(out.evse_id).to.equal(evse.evse_id);
    for (const [place, connector] of evse.connectors.entries()) {
      const plug: Data = out.connectors[place];
      expect(plug).to.include({ id: connector.id, standard: connector.standard, format: connector.format });
      expect(plug.max_voltage ?? plug.voltage).to.equal(connector.max_voltage);
      expect(plug.max_amperage ?? plug.amperage).to.equal(connector.max_amperage);
      const tariffs = plug.tariff_ids ?? (plug.tariff_id === undefined ? undefined : [plug.tariff_id]);
      const named =
        to === '2.1.1' ? connector.tariff_ids?.map((id) => `NL${party}-${id}`) : connector.tariff_ids;
      expect(tariffs).to.deep.equal(named);
    }
  }
}
