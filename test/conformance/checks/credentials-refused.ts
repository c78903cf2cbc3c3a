/** CRED-10 to CRED-13, CRED-16, CRED-22, CRED-23: registrations that must fail, and leave the way open for the next. */
import { expect } from 'chai';
import type { OverrideAnswer } from '../../support/recording-partner.ts';
import { type Check, check } from '../check.ts';
import { expectAnswer } from '../expectations.ts';
import { type Guest, withGuest } from './handshakes.ts';

const MEGABYTE = 1024 * 1024;

/** What a partner may answer when it is called back. */
const NONSENSE: Readonly<Record<string, OverrideAnswer>> = {
  'an error of the server': { status: 500 },
  'no JSON': { body: '<html>busy</html>' },
  'another status code': { body: { status_code: 2000, timestamp: '2026-06-01T12:00:00Z', data: [] } },
  'data of another kind': { body: { status_code: 1000, timestamp: '2026-06-01T12:00:00Z', data: 'none' } },
  'half a body': { body: { status_code: 1000, data: [] }, delivery: 'reset' },
  'a body without an end': { delivery: 'endless', ceiling: 200 * MEGABYTE },
  'a redirect to another host': { status: 302, headers: { Location: 'http://127.0.0.1:9/versions' } },
};

/** The token of the invitation still opens the door, and now the registration goes through. */
async function expectNextTryToSucceed({ register }: Guest): Promise<void> {
  expectAnswer((await register()).response, 200, 1000);
}

export const refusedCredentialsChecks: readonly Check[] = [
  check('CRED-10', ['invite'], async (given) => {
    await withGuest(given, {}, async (guest) => {
      const { partner, register, version } = guest;
      for (const [what, answer] of Object.entries(NONSENSE)) {
        for (const path of ['/ocpi/versions', `/ocpi/${version}`]) {
          const undo = partner.override('GET', path, answer);
          const { status, body, text } = (await register()).response;
          undo();
          expect(status, `${what} at ${path}`).to.equal(200);
          expect(body?.status_code, `${what} at ${path}: ${text}`).to.equal(3001);
        }
      }
      await expectNextTryToSucceed(guest);
    });
  }),

  check('CRED-10', ['invite'], async (given) => {
    await withGuest(given, {}, async (guest) => {
      const closed = await guest.register({ url: 'http://127.0.0.1:9/versions' });
      expectAnswer(closed.response, 200, 3001);
      const unknown = await guest.register({ token: 'a-token-that-it-does-not-know' });
      expectAnswer(unknown.response, 200, 3001);
      await expectNextTryToSucceed(guest);
    });
  }),

  check('CRED-10', ['invite'], async (given) => {
    await withGuest(given, {}, async (guest) => {
      const undo = guest.partner.override('GET', '/ocpi/versions', { delivery: 'never' });
      expectAnswer((await guest.register()).response, 200, 3001);
      undo();
      await expectNextTryToSucceed(guest);
    });
  }),

  check('CRED-11', ['invite'], async (given) => {
    await withGuest(given, {}, async (guest) => {
      guest.partner.versions = ['2.0', '1.9.9'];
      expectAnswer((await guest.register()).response, 200, 3002);
      guest.partner.versions = [guest.version];
      await expectNextTryToSucceed(guest);
    });
  }),

  check('CRED-12', ['invite'], async (given) => {
    await withGuest(given, {}, async (guest) => {
      const { modules } = guest.partner;
      guest.partner.modules = ['tariffs/SENDER'];
      expectAnswer((await guest.register()).response, 200, 3003);
      guest.partner.modules = modules;
      await expectNextTryToSucceed(guest);
    });
    for (const wish of [{ pushOnly: true }, { role: 'NSP' }]) {
      await withGuest(given, { wish }, async (guest) => {
        guest.partner.modules = [];
        await expectNextTryToSucceed(guest);
      });
    }
  }),

  check('CRED-13', ['invite'], async (given) => {
    await withGuest(given, {}, async (guest) => {
      const { partner, register, version } = guest;
      const { roles } = partner.credentials(version, 'some-token');
      const wrong: Record<string, unknown>[] = [
        { token: undefined },
        { token: '' },
        { token: 'x'.repeat(65) },
        { token: 'with a blank' },
        { url: undefined },
        { url: 'not a url' },
        { url: 'ftp://example.com/versions' },
      ];
      if (version === '2.1.1') wrong.push({ party_id: undefined }, { country_code: 'DEU' });
      else wrong.push({ roles: undefined }, { roles: [] }, { roles: [...roles, ...roles] });
      for (const changes of wrong) {
        const { status, body, text } = (await register(changes)).response;
        expect([status, body.status_code], `${JSON.stringify(changes)}: ${text}`).to.deep.equal([200, 2001]);
      }
      expect(partner.requests).to.deep.equal([]);
      await expectNextTryToSucceed(guest);
    });
  }),

  check('CRED-16', ['invite'], async (given) => {
    await withGuest(given, { wish: { role: 'HUB' } }, async (guest) => {
      const [role] = guest.partner.credentials(guest.version, 'some-token').roles;
      const asHub = await guest.register({ roles: [{ ...role, role: 'HUB' }] });
      expectAnswer(asHub.response, 200, 2001);
      expect(guest.partner.requests).to.deep.equal([]);
      const { response } = await guest.register();
      expectAnswer(response, 200, 1000);
    });
  }),

  check('CRED-22', ['invite'], async (given) => {
    await withGuest(given, {}, async (guest) => {
      const { partner, register, version } = guest;
      const { roles, ...flat } = partner.credentials(version, 'some-token');
      const foreign = { country_code: 'FR', party_id: 'ZZZ' };
      const changes =
        version === '2.1.1' ? { ...flat, ...foreign } : { roles: [{ ...roles[0], ...foreign }] };
      const { token: _token, ...claimed } = changes as Record<string, unknown>;
      expectAnswer((await register(claimed)).response, 200, 2001);
      await expectNextTryToSucceed(guest);
    });
  }),

  check('CRED-23', ['inviteGuarded'], async ({ inviteGuarded, version }) => {
    await withGuest({ invite: inviteGuarded, version }, {}, async (guest) => {
      // Its own address is one of our network, like these.
      const inside = ['http://169.254.169.254/latest/meta-data', 'http://[::1]:8080/versions'];
      for (const url of [guest.partner.versionsUrl, ...inside]) {
        const { status, body, text } = (await guest.register({ url })).response;
        expect([status, body.status_code], `${url}: ${text}`).to.deep.equal([200, 3001]);
      }
      expect(guest.partner.requests).to.deep.equal([]);
      expect(await guest.knock(guest.invitation.token)).to.equal(200);
    });
  }),
];
