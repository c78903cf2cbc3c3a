/** PC: the platform as a client that pulls from a partner, which records and misbehaves. */
import { expect } from 'chai';
import { type RecordingPartner, startRecordingPartner } from '../../support/recording-partner.ts';
import { type Check, check } from '../check.ts';
import { expectDone } from '../expectations.ts';
import { locationOf, type Party, T1, T2, T3, tariffOf } from '../objects.ts';
import type { OcpiVersion } from '../rows/row.ts';
import { freshId, type Speaker } from '../speaker.ts';
import { named } from './listing.ts';

const ENVELOPE = { status_code: 1000, timestamp: '2026-06-01T12:00:00Z' };
let parties = 0;

/** A partner of its own with so many Locations, for the time of a check. */
async function withPartner(
  version: OcpiVersion,
  length: number,
  run: (partner: RecordingPartner, ids: string[], party: Party, text: string) => Promise<void>,
): Promise<void> {
  parties += 1;
  const party = { country_code: 'FR', party_id: `P${parties.toString(36).toUpperCase().padStart(2, '0')}` };
  const ids = Array.from({ length }, () => freshId());
  const text = `${party.country_code}-${party.party_id}`;
  const partner = await startRecordingPartner({
    parties: [text],
    versions: [version],
    pageSize: 2,
    objects: { locations: ids.map((id) => locationOf(version, party, { id })) },
  });
  try {
    await run(partner, ids, party, text);
  } finally {
    await partner.stop();
  }
}

/** Which of the ids the platform gives out with an EVSE that is there. */
async function shown(provider: Speaker, ids: readonly string[]): Promise<string[]> {
  const { objects } = await provider.crawl('locations');
  return ids.filter((id) =>
    objects.some(
      (one) => named(id)(one) && one.evses.some((evse: { status: string }) => evse.status !== 'REMOVED'),
    ),
  );
}

const listOf = (partner: RecordingPartner) => partner.endpoint('locations', 'SENDER');

export const pullClientChecks: readonly Check[] = [
  check('PC-01', ['pull', 'provider'], async ({ pull, provider, version }) => {
    await withPartner(version, 3, async (partner, ids, party, text) => {
      await (await pull(partner, { party: text })).run();
      expect(await shown(provider, ids)).to.deep.equal(ids);
      const lists = partner.requestsTo('GET', listOf(partner));
      expect(lists).to.have.length(2);
      for (const { headers, token } of lists) {
        expect(token).to.equal(partner.token);
        if (version === '2.1.1') continue;
        expect(headers['x-request-id']).to.match(/\S/);
        expect(headers['ocpi-to-country-code']).to.equal(party.country_code);
        expect(headers['ocpi-to-party-id']).to.equal(party.party_id);
        expect(headers['ocpi-from-party-id']).to.match(/^[A-Z0-9]{3}$/);
      }
      expect(partner.requestsTo('GET', partner.endpoint('tariffs', 'SENDER'))).to.have.length(1);
    });
  }),

  check('PC-02', ['pull', 'provider'], async ({ pull, provider, version }) => {
    await withPartner(version, 2, async (partner, ids, party, text) => {
      const data = ids.map((id) => locationOf(version, party, { id }));
      partner.override('GET', listOf(partner), ({ query }) => {
        const page = Number(query.get('opaque') ?? 0);
        const next = `${listOf(partner)}?opaque=${page + 1}&s=a%2Fb%20c`;
        const headers: Record<string, string> =
          page === 0
            ? { Link: `<https://example.com/other>; rel="prev", <${next}>; title="x"; rel=next` }
            : {};
        return { headers, body: { ...ENVELOPE, data: data.slice(page, page + 1) } };
      });
      await (await pull(partner, { party: text })).run();
      expect(await shown(provider, ids)).to.deep.equal(ids);
      const [, second] = partner.requestsTo('GET', listOf(partner));
      expect(second?.query.toString()).to.equal('opaque=1&s=a%2Fb+c');
    });
  }),

  check('PC-02', ['pull', 'provider'], async ({ pull, provider, version }) => {
    await withPartner(version, 3, async (partner, ids, party, text) => {
      const data = ids.map((id) => locationOf(version, party, { id }));
      partner.override('GET', listOf(partner), ({ query }) => {
        const offset = Number(query.get('offset') ?? 0);
        const headers = { 'X-Total-Count': '3', 'X-Limit': '2' };
        return { headers, body: { ...ENVELOPE, data: data.slice(offset, offset + 2) } };
      });
      await (await pull(partner, { party: text })).run();
      expect(await shown(provider, ids)).to.deep.equal(ids);
    });
  }),

  check('PC-03', ['pull'], async ({ pull, version }) => {
    for (const target of ['self', 'http://127.0.0.1:9/elsewhere']) {
      await withPartner(version, 1, async (partner, _ids, _party, text) => {
        const next = target === 'self' ? listOf(partner) : target;
        partner.override('GET', listOf(partner), {
          headers: { Link: `<${next}>; rel="next"`, 'X-Total-Count': '9' },
          body: { ...ENVELOPE, data: [] },
        });
        const { state } = await (await pull(partner, { party: text })).run({ full: true });
        expect(state, target).not.to.equal('complete');
        expect(partner.requestsTo('GET', listOf(partner)).length).to.be.below(10);
      });
    }
  }),

  check('PC-04', ['pull', 'provider'], async ({ pull, provider, version }) => {
    await withPartner(version, 5, async (partner, ids, party, text) => {
      const gone = locationOf(version, party, { id: ids[0] });
      let pages = 0;
      partner.override('GET', listOf(partner), () => {
        pages += 1;
        // After the first page its first object leaves, and the rest moves up by one.
        if (pages === 2) partner.withdraw('locations', gone);
        return undefined;
      });
      await (await pull(partner, { party: text })).run();
      expect(await shown(provider, ids.slice(1))).to.deep.equal(ids.slice(1));
    });
  }),

  check('PC-05', ['pull', 'provider'], async ({ pull, provider, version }) => {
    await withPartner(version, 2, async (partner, ids, party, text) => {
      const bad = { ...locationOf(version, party, { id: freshId() }), coordinates: 'nowhere' };
      partner.give('locations', bad);
      const pulling = await pull(partner, { party: text });
      const { received } = await pulling.run();
      expect(received).to.equal(3);
      expect(await shown(provider, ids)).to.deep.equal(ids);
      partner.override('GET', listOf(partner), { body: '{"data":[{' });
      const { state } = await pulling.run({ full: true });
      expect(state).not.to.equal('complete');
      expect(await shown(provider, ids)).to.deep.equal(ids);
    });
  }),

  check('PC-06', ['pull', 'provider'], async ({ pull, provider, version }) => {
    await withPartner(version, 10, async (partner, ids, party, text) => {
      const pulling = await pull(partner, { party: text });
      await pulling.run({ full: true });
      partner.withdraw('locations', locationOf(version, party, { id: ids[0] }));
      await pulling.run();
      expect(await shown(provider, ids), 'an incremental pull removes nothing').to.deep.equal(ids);
      await pulling.run({ full: true });
      expect(await shown(provider, ids), 'a full one does').to.deep.equal(ids.slice(1));
      // A page that is missing: nothing is removed.
      partner.withdraw('locations', locationOf(version, party, { id: ids[1] }));
      const undo = partner.override('GET', listOf(partner), ({ query }) =>
        query.has('offset') ? { status: 404 } : undefined,
      );
      await pulling.run({ full: true });
      expect(await shown(provider, ids), 'half of one does not').to.deep.equal(ids.slice(1));
      undo();
      for (const id of ids.slice(2, 8)) partner.withdraw('locations', locationOf(version, party, { id }));
      const { state } = await pulling.run({ full: true });
      expect([state, await shown(provider, ids)], 'too many at once').to.deep.equal(['held', ids.slice(1)]);
    });
  }),

  check('PC-06', ['pull', 'provider'], async ({ pull, provider, version }) => {
    await withPartner(version, 1, async (partner, _ids, party, text) => {
      const tariffs = Array.from({ length: 10 }, () => freshId());
      for (const id of tariffs) partner.give('tariffs', tariffOf(version, party, { id }));
      const pulling = await pull(partner, { party: text });
      await pulling.run({ full: true });
      partner.withdraw('tariffs', tariffOf(version, party, { id: tariffs[0] }));
      await pulling.run({ full: true });
      const { objects } = await provider.crawl('tariffs');
      expect(tariffs.filter((id) => objects.some(named(id)))).to.deep.equal(tariffs.slice(1));
    });
  }),

  check('PC-07', ['pull'], async ({ pull, version }) => {
    await withPartner(version, 1, async (partner, _ids, _party, text) => {
      const pulling = await pull(partner, { party: text });
      const started = Date.now();
      await pulling.run();
      partner.clear();
      await pulling.run();
      const [list] = partner.requestsTo('GET', listOf(partner));
      const from = Date.parse(list?.query.get('date_from') ?? '');
      // Some overlap, but nothing like everything.
      expect(from).to.be.within(started - 86_400_000, started - 1);
    });
  }),

  check('PC-08', ['pull', 'provider'], async ({ pull, provider, version }) => {
    await withPartner(version, 1, async (partner, ids, _party, text) => {
      const foreign = locationOf(version, { country_code: 'FR', party_id: 'ZZZ' }, { id: freshId() });
      partner.give('locations', foreign);
      await (await pull(partner, { party: text })).run();
      expect(await shown(provider, [...ids, foreign.id])).to.deep.equal(ids);
    });
  }),

  check('PC-09', ['pull'], async ({ pull, version }) => {
    await withPartner(version, 1, async (partner, _ids, _party, text) => {
      const pulling = await pull(partner, { party: text });
      partner.override('GET', listOf(partner), { delayMs: 500, body: { ...ENVELOPE, data: [] } });
      const both = await Promise.allSettled([pulling.run(), pulling.run()]);
      expect(both.map(({ status }) => status)).to.have.members(['fulfilled', 'rejected']);
      expect(partner.requestsTo('GET', listOf(partner))).to.have.length(1);
    });
  }),

  check('PC-10', ['pull', 'provider'], async ({ pull, provider, version }) => {
    await withPartner(version, 1, async (partner, ids, _party, text) => {
      const pulling = await pull(partner, { party: text });
      await pulling.run();
      for (const instead of [{ body: { ...ENVELOPE, status_code: 2001, data: [] } }, { status: 404 }]) {
        const undo = partner.override('GET', listOf(partner), instead);
        expect((await pulling.run({ full: true })).state).not.to.equal('complete');
        undo();
      }
      partner.refuseToken(partner.token);
      partner.clear();
      expect((await pulling.run({ full: true })).state).to.equal('failed');
      // Once in each form at most: no guessing.
      expect(partner.requests.length).to.be.below(3);
      expect(await shown(provider, ids)).to.deep.equal(ids);
      partner.acceptToken(partner.token);
      expect((await pulling.run({ full: true })).state).to.equal('complete');
    });
  }),

  check('PC-12', ['pull', 'download'], async ({ pull, download, version }) => {
    await withPartner(version, 1, async (partner, ids, party, text) => {
      await (await pull(partner, { party: text })).run();
      const { data } = JSON.parse((await download('locations.ocpi.json')).text);
      expect(data.find((one: { id: string }) => one.id === ids[0])).to.include(party);
    });
  }),

  check('PC-13', ['pull', 'provider'], async ({ pull, provider, version }) => {
    await withPartner(version, 1, async (partner, ids, party, text) => {
      const pulling = await pull(partner, { party: text });
      await pulling.run();
      const undo = partner.override('*', '/', { status: 503 });
      expect((await pulling.run()).state).not.to.equal('complete');
      undo();
      const missed = locationOf(version, party, {
        id: freshId(),
        last_updated: new Date().toISOString().replace(/\.\d+/, ''),
      });
      partner.give('locations', missed);
      expect((await pulling.run()).state).to.equal('complete');
      expect(await shown(provider, [...ids, missed.id])).to.deep.equal([...ids, missed.id]);
    });
  }),

  check('PC-14', ['pull', 'provider'], async ({ pull, provider, version }) => {
    await withPartner(version, 0, async (partner, _ids, party, text) => {
      const location = locationOf(version, party, {
        id: freshId(),
        publish: undefined,
        time_zone: undefined,
      });
      delete location.evses[0].connectors[0].last_updated;
      partner.give('locations', location);
      await (await pull(partner, { party: text })).run();
      const { objects } = await provider.crawl('locations');
      const kept = objects.find(named(location.id));
      expect(kept?.evses[0].connectors[0].last_updated).to.match(/Z$/);
      if (version !== '2.1.1') expect(kept).to.include({ publish: true, time_zone: 'Europe/Amsterdam' });
    });
  }),
];

/** PC-11 needs a voice that both pushes and is pulled: a source of a connection. */
export const mergeChecks: readonly Check[] = [
  check('PC-11', ['connect', 'pull', 'provider'], async ({ connect, pull, provider, version }) => {
    const cpo = await connect({});
    const { country_code, party_id } = cpo.party;
    const id = await cpo.stored({ last_updated: T1 });
    const party = `${country_code}-${party_id}`;
    const partner = await startRecordingPartner({ versions: [version], parties: [party] });
    try {
      const evses = [cpo.evse({ uid: 'E1', status: 'CHARGING', last_updated: T2 }), cpo.evse({ uid: 'E2' })];
      partner.give('locations', cpo.location({ id, name: 'Pulled', evses, last_updated: T2 }));
      expectDone(await cpo.patch('locations', [id, 'E2'], { status: 'BLOCKED', last_updated: T3 }));
      await (await pull(partner, { speaker: cpo, party })).run();
      const { objects } = await provider.crawl('locations');
      const statuses = objects.find(named(id))?.evses.map(({ status }: { status: string }) => status);
      expect(statuses).to.deep.equal(['CHARGING', 'BLOCKED']);
    } finally {
      await partner.stop();
    }
  }),
];
