import { expect } from 'chai';
import { makeFleet } from '../simulator/fleet.ts';
import { crawlModule } from '../simulator/navigation-provider.ts';
import { startPusher } from '../simulator/pusher.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

const OWNER = { country_code: 'NL', party_id: 'TNM', name: 'Pusher' };
const SINCE = { date_from: '2020-01-01T00:00:00Z' };

describe('a crawl of the whole registry while pushes go on', () => {
  let server: TestServer;

  before(async () => {
    server = await startTestServer();
  });

  after(() => server.stop());

  for (const parameters of [{ limit: 7 }, { limit: 7, ...SINCE }]) {
    it(`LS-05, LS-06: returns every object once, as many as X-Total-Count says (${Object.keys(parameters)})`, async () => {
      const name = `cpo-${Object.keys(parameters).length}`;
      const { token } = await server.addConnection(name, { parties: ['NL-TNM'] });
      const fleet = makeFleet({ seed: 11, locations: 150, parties: [OWNER] });
      const versionsUrl = `${server.url}/ocpi/versions`;
      const first = await startPusher({ versionsUrl, token, fleet, concurrency: 8, phases: ['locations'] });
      await first.finished;
      const before = new Set(fleet.locations.map((location) => location.id));

      const more = makeFleet({ seed: 12, locations: 60, parties: [OWNER] });
      more.locations.forEach((location) => {
        location.id = `NEW-${location.id}`;
      });
      const pushers = [
        await startPusher({ versionsUrl, token, fleet, rate: 150, phases: ['statuses'] }),
        await startPusher({ versionsUrl, token, fleet: more, rate: 40, phases: ['locations'] }),
      ];
      const crawl = await crawlModule(versionsUrl, 'locations', { token, parameters });
      await Promise.all(pushers.map((pusher) => pusher.stop()));

      expect(crawl.ended).to.equal('last-page');
      const ids = crawl.objects.map((object) => object.id as string);
      expect(new Set(ids).size, 'no object twice').to.equal(ids.length);
      expect(ids.length).to.equal(crawl.totalCount);
      const withEvses = fleet.locations.filter((location) =>
        location.evses.some(({ status }) => status !== 'REMOVED'),
      );
      const wanted = 'date_from' in parameters ? before : new Set(withEvses.map((location) => location.id));
      expect(
        [...wanted].filter((id) => !ids.includes(id)),
        'no object missing',
      ).to.deep.equal([]);
      for (const pusher of pushers) {
        expect(pusher.statistics.acknowledged, 'pushes went on meanwhile').to.be.greaterThan(0);
      }
      await server.services.connections.remove(
        (await server.services.connections.findByName(name))?.id as number,
      );
    });
  }
});
