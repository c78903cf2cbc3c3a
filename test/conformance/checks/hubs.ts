/** HCI, and what RT and CRED say of hubs: a hub announces parties, speaks for them, and is pulled. */
import { expect } from 'chai';
import { startRecordingPartner } from '../../support/recording-partner.ts';
import { type Check, check } from '../check.ts';
import { expectAnswer, expectDone } from '../expectations.ts';
import { locationOf, type Party, T0, T1 } from '../objects.ts';
import type { OcpiVersion } from '../rows/row.ts';
import { freshId, Speaker } from '../speaker.ts';
import { withGuest } from './handshakes.ts';
import { named } from './listing.ts';

let parties = 0;

/** A party behind a hub that nobody else has. */
function fresh(): Party {
  parties += 1;
  return { country_code: 'FI', party_id: `B${parties.toString(36).toUpperCase().padStart(2, '0')}` };
}

const clientInfo = (party: Party, changes: object = {}) => ({
  ...party,
  role: 'CPO',
  status: 'CONNECTED',
  last_updated: T0,
  ...changes,
});

/** URL of a party at the platform's HubClientInfo Receiver. */
const urlOf = (hub: Speaker, party: Party) => hub.receiver('hubclientinfo', [], party);

async function announce(hub: Speaker, party: Party, changes: object = {}) {
  return hub.call('PUT', await urlOf(hub, party), { body: clientInfo(party, changes) });
}

/** A push through the hub for a party behind it. */
async function pushFor(hub: Speaker, party: Party, headers: Record<string, string> = {}) {
  const location = locationOf(hub.version, party, { id: freshId() });
  const url = await hub.receiver('locations', [location.id], party);
  return hub.call('PUT', url, { body: location, headers });
}

const from = ({ country_code, party_id }: Party) => ({
  'OCPI-from-country-code': country_code,
  'OCPI-from-party-id': party_id,
});

/** A partner that is a hub and has Locations of a party behind it. */
async function withHubPartner(
  version: OcpiVersion,
  hub: Speaker,
  run: (partner: Awaited<ReturnType<typeof startRecordingPartner>>) => Promise<void>,
): Promise<void> {
  const text = `${hub.party.country_code}-${hub.party.party_id}`;
  const partner = await startRecordingPartner({ role: 'HUB', versions: [version], parties: [text] });
  try {
    await run(partner);
  } finally {
    await partner.stop();
  }
}

export const hubChecks: readonly Check[] = [
  check('HCI-01 HCI-02', ['connect'], async ({ connect }) => {
    const hub = await connect({ role: 'HUB' });
    const party = fresh();
    expectAnswer(await announce(hub, party), 201, 1000);
    expect((await hub.call('GET', await urlOf(hub, party))).body.data).to.deep.equal(clientInfo(party));
    const changes = { status: 'OFFLINE', last_updated: T1 };
    expectAnswer(await announce(hub, party, changes), 200, 1000);
    const { data } = (await hub.call('GET', await urlOf(hub, party))).body;
    expect(data).to.deep.equal(clientInfo(party, changes));
    expectAnswer(await hub.call('GET', await urlOf(hub, fresh())), 404);
  }),

  check('HCI-03', ['connect'], async ({ connect }) => {
    const hub = await connect({ role: 'HUB' });
    const [party, other] = [fresh(), fresh()];
    const url = await urlOf(hub, party);
    expectAnswer(await hub.call('PUT', url, { body: clientInfo(other) }), 200, 2001);
    expectAnswer(await hub.call('GET', url), 404);
    expectAnswer(await announce(hub, party, { last_updated: undefined }), 201, 1000);
    expect((await hub.call('GET', url)).body.data.last_updated > T1).to.equal(true);
  }),

  check('HCI-04', ['connect'], async ({ connect }) => {
    const hub = await connect({ role: 'HUB' });
    const party = fresh();
    await announce(hub, party);
    for (const method of ['POST', 'PATCH', 'DELETE']) {
      const body = method === 'DELETE' ? undefined : clientInfo(party);
      expectAnswer(await hub.call(method, await urlOf(hub, party), { body }), 405, 2000);
    }
    expectAnswer(await hub.call('GET', await urlOf(hub, party)), 200, 1000);
  }),

  check('HCI-05', ['connect', 'cpo'], async ({ connect, cpo }) => {
    const [hub, other] = [await connect({ role: 'HUB' }), await connect({ role: 'HUB' })];
    const party = fresh();
    expectAnswer(await announce(cpo, party), 404);
    await announce(hub, party);
    // What one hub tells is its own.
    expectAnswer(await other.call('GET', await urlOf(other, party)), 404);
  }),

  check('HCI-06', ['connect'], async ({ connect }) => {
    const hub = await connect({ role: 'HUB' });
    const party = fresh();
    await announce(hub, party, { status: 'PLANNED' });
    await announce(hub, party, { status: 'CONNECTED', last_updated: T1 });
    expectAnswer(await pushFor(hub, party), 201, 1000);
  }),

  check('HCI-07', ['invite', 'askHubs'], async ({ invite, askHubs, version }) => {
    const behind = [fresh(), fresh(), fresh()];
    const clients = behind.map((party) => clientInfo(party));
    const options = { role: 'HUB', pageSize: 1, objects: { clients } };
    await withGuest({ invite, version }, { wish: { role: 'HUB' }, partner: options }, async (guest) => {
      const { response, token } = await guest.register();
      expectAnswer(response, 200, 1000);
      await askHubs();
      const list = guest.partner.endpoint('hubclientinfo', 'SENDER');
      const requests = guest.partner.requestsTo('GET', list);
      expect(requests).to.have.length(3);
      for (const { headers } of requests) {
        expect(Object.keys(headers).filter((name) => name.startsWith('ocpi-'))).to.deep.equal([]);
      }
      const { versionsUrl } = guest.invitation;
      const hub = new Speaker({ versionsUrl, token: token as string, version, party: fresh() });
      for (const party of behind) {
        expect((await hub.call('GET', await urlOf(hub, party))).body.data).to.deep.equal(clientInfo(party));
      }
    });
  }),

  check('HCI-08', ['connect'], async ({ connect }) => {
    const hub = await connect({ role: 'HUB' });
    const party = fresh();
    const url = await urlOf(hub, party);
    for (const headers of [{}, from(hub.party)]) {
      for (const response of [
        await hub.call('PUT', url, { headers, body: clientInfo(party) }),
        await hub.call('GET', url, { headers }),
      ]) {
        expectDone(response);
        expect(Object.keys(response.headers).filter((name) => name.startsWith('ocpi-'))).to.deep.equal([]);
      }
    }
  }),

  check('CRED-15', ['connect'], async ({ connect }) => {
    const hub = await connect({ role: 'HUB' });
    const [announced, unknown] = [fresh(), fresh()];
    await announce(hub, announced);
    expectAnswer(await pushFor(hub, announced), 201, 1000);
    expectAnswer(await pushFor(hub, unknown), 404, 2000);
  }),

  check('RT-09', ['connect'], async ({ connect }) => {
    const hub = await connect({ role: 'HUB' });
    const party = fresh();
    await announce(hub, party);
    const response = await pushFor(hub, party, from(hub.party));
    expectAnswer(response, 201, 1000);
    expect(response.headers).to.include({
      'ocpi-to-country-code': hub.party.country_code,
      'ocpi-to-party-id': hub.party.party_id,
    });
    expect(response.headers['ocpi-from-party-id']).to.match(/^[A-Z0-9]{3}$/);
  }),

  check('RT-07', ['connect', 'pull', 'provider'], async ({ connect, pull, provider, version }) => {
    const hub = await connect({ role: 'HUB' });
    const party = fresh();
    await announce(hub, party);
    // Open routing: without a receiver, what the hub passes on is for us.
    expectAnswer(await pushFor(hub, party, from(party)), 201, 1000);
    await withHubPartner(version, hub, async (partner) => {
      const location = locationOf(version, party, { id: freshId() });
      partner.give('locations', location);
      await (await pull(partner, { speaker: hub })).run({ full: true });
      const [list] = partner.requestsTo('GET', partner.endpoint('locations', 'SENDER'));
      expect(list?.headers).to.include({
        'ocpi-to-country-code': hub.party.country_code,
        'ocpi-to-party-id': hub.party.party_id,
      });
      const { objects } = await provider.crawl('locations');
      expect(objects.find(named(location.id))).to.include(party);
    });
  }),

  check('RT-13', ['connect', 'pull', 'provider'], async ({ connect, pull, provider, version }) => {
    const hub = await connect({ role: 'HUB' });
    const party = fresh();
    await announce(hub, party);
    await withHubPartner(version, hub, async (partner) => {
      const location = locationOf(version, party, { id: freshId() });
      partner.give('locations', location);
      const pulling = await pull(partner, { speaker: hub });
      expect((await pulling.run({ full: true })).state).to.equal('complete');
      for (const status_code of [4000, 4001, 4002, 4003]) {
        const body = { status_code, timestamp: T0, data: [] };
        const undo = partner.override('GET', partner.endpoint('locations', 'SENDER'), { body });
        expect((await pulling.run({ full: true })).state, `${status_code}`).not.to.equal('complete');
        undo();
      }
      const { objects } = await provider.crawl('locations');
      const kept = objects.find(named(location.id));
      expect(kept?.evses[0].status).to.equal('AVAILABLE');
    });
  }),
];
