import { expect } from 'chai';
import { makeFleet } from '../../../simulator/fleet.ts';
import { startPusher } from '../../../simulator/pusher.ts';
import { startTestServer, type TestServer } from '../../../support/server.ts';
import { OgcClient } from './ogc-client.ts';

const OWNER = { country_code: 'NL', party_id: 'TNM', name: 'Pusher' };

describe('OGC API Features: a walk along next while pushes go on', () => {
  let server: TestServer;
  before(async () => {
    server = await startTestServer();
  });
  after(() => server.stop());

  for (const [collection, limit] of [
    ['locations', 7],
    ['evses', 13],
  ] as const) {
    it(`holds each of the ${collection} that was there from beginning to end, once`, async () => {
      const ogc = new OgcClient(server.url);
      const { token } = await server.addConnection(`cpo-${collection}`, { parties: ['NL-TNM'] });
      const versionsUrl = `${server.url}/ocpi/versions`;
      const fleet = makeFleet({ seed: 21, locations: 100, parties: [OWNER] });
      const first = await startPusher({ versionsUrl, token, fleet, concurrency: 8, phases: ['locations'] });
      await first.finished;
      const before = await ogc.ids(`/collections/${collection}/items?limit=1000`);

      const more = makeFleet({ seed: 22, locations: 40, parties: [OWNER] });
      for (const location of more.locations) location.id = `NEW-${location.id}`;
      const pushers = [
        await startPusher({ versionsUrl, token, fleet, rate: 150, phases: ['statuses'] }),
        await startPusher({ versionsUrl, token, fleet: more, rate: 40, phases: ['locations'] }),
      ];
      const walked = await ogc.ids(`/collections/${collection}/items?limit=${limit}`);
      await Promise.all(pushers.map((pusher) => pusher.stop()));
      const after = new Set(await ogc.ids(`/collections/${collection}/items?limit=1000`));

      expect(new Set(walked).size, 'nothing twice').to.equal(walked.length);
      const stayed = before.filter((id) => after.has(id));
      expect(stayed).to.have.length.greaterThan(0);
      expect(
        stayed.filter((id) => !walked.includes(id)),
        'nothing missing',
      ).to.deep.equal([]);
      for (const pusher of pushers) expect(pusher.statistics.acknowledged).to.be.greaterThan(0);
      await server.services.connections.remove(
        (await server.services.connections.findByName(`cpo-${collection}`))?.id as number,
      );
    });
  }
});
