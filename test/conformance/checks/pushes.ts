/** RT-11, ENV-19: what the platform pushes to navigation providers. */
import { expect } from 'chai';
import type { PartnerRequest } from '../../support/recording-partner.ts';
import { type Check, check } from '../check.ts';
import { expectAnswer, expectDone } from '../expectations.ts';
import { T1, T2 } from '../objects.ts';
import { type Guest, withGuest } from './handshakes.ts';

/** Milliseconds for a push to come, a partner's absence and a platform's patience included. */
const PUSH_LIMIT_MS = 30_000;

/** Where pushes of a party's Location come in. */
const receiverOf = (
  guest: Guest,
  { country_code, party_id }: { country_code: string; party_id: string },
  id: string,
) => `${guest.partner.endpoint('locations', 'RECEIVER')}/${country_code}/${party_id}/${id}`;

export const pushChecks: readonly Check[] = [
  check('RT-11 ENV-19', ['cpo', 'invite', 'startPushes'], async ({ cpo, invite, startPushes, version }) => {
    await withGuest({ invite, version }, { wish: { role: 'NSP' } }, async (guest) => {
      expectAnswer((await guest.register()).response, 200, 1000);
      await startPushes();
      const id = await cpo.stored();
      const url = receiverOf(guest, cpo.party, id);
      const [put] = (await guest.partner.waitFor('PUT', url, 1, PUSH_LIMIT_MS)) as [PartnerRequest];
      expect(put.json).to.deep.equal(await cpo.own('locations', [id]));
      expect(put.headers['ocpi-from-party-id'])
        .to.match(/^[A-Z0-9]{3}$/)
        .and.not.equal(cpo.party.party_id);
      const ids = guest.partner.requests.map(({ headers }) => headers['x-request-id']);
      expect(new Set(ids).size).to.equal(ids.length);
      expect(put.headers['x-correlation-id']).to.match(/\S/);
    });
  }),

  check('RT-11', ['cpo', 'invite', 'startPushes'], async ({ cpo, invite, startPushes, version }) => {
    await withGuest({ invite, version }, { wish: { role: 'NSP' } }, async (guest) => {
      expectAnswer((await guest.register()).response, 200, 1000);
      await startPushes();
      const id = await cpo.stored();
      const url = receiverOf(guest, cpo.party, id);
      await guest.partner.waitFor('PUT', url, 1, PUSH_LIMIT_MS);
      const undo = guest.partner.override('*', guest.partner.endpoint('locations', 'RECEIVER'), {
        status: 503,
      });
      for (const [name, last_updated] of [
        ['First', T1],
        ['Second', T2],
      ] as const) {
        expectDone(await cpo.patch('locations', [id], { name, last_updated }));
        await guest.partner.waitFor('*', url, guest.partner.requestsTo('*', url).length, PUSH_LIMIT_MS);
      }
      undo();
      const sofar = guest.partner.requestsTo('*', url).length;
      await guest.partner.waitFor('*', url, sofar + 1, PUSH_LIMIT_MS);
      const { country_code, party_id } = cpo.party;
      // The present state, not what it was in between.
      expect(guest.partner.received('locations', country_code, party_id, id)).to.include({ name: 'Second' });
      const after = guest.partner.requestsTo('*', url).slice(sofar);
      expect(after.some(({ text }) => text.includes('First'))).to.equal(false);
    });
  }),
];
