/** CRED, as the platform answers a handshake; and what follows from it for tokens. */
import { expect } from 'chai';
import { type Check, check } from '../check.ts';
import { expectAnswer } from '../expectations.ts';
import { Speaker } from '../speaker.ts';
import { withGuest } from './handshakes.ts';

/** AUTH-11. */
const TOKEN = /^[\x21-\x7e]{1,64}$/;
const TIMES_REPEATED = 2;

/** A party as objects name it. */
const partyOf = (text: string) => ({ country_code: text.slice(0, 2), party_id: text.slice(3) });

export const credentialsChecks: readonly Check[] = [
  check('CRED-01', ['invite'], async (given) => {
    await withGuest(given, {}, async ({ partner, register, version, knock }) => {
      const { response, ownToken, token } = await register();
      expectAnswer(response, 200, 1000);
      // All that came, came before the answer.
      const calls = partner.requests.map((request) => `${request.method} ${request.path} ${request.token}`);
      expect(calls).to.deep.equal([`GET /ocpi/versions ${ownToken}`, `GET /ocpi/${version} ${ownToken}`]);
      expect(await knock(token as string)).to.equal(200);
    });
  }),

  check('CRED-02', ['invite'], async (given) => {
    await withGuest(given, {}, async ({ register, invitation, version }) => {
      const { response, ownToken } = await register();
      const { data } = response.body;
      expect(data.token).to.match(TOKEN).and.not.equal(ownToken);
      expect(data.url).to.equal(invitation.versionsUrl);
      const shown = version === '2.1.1' ? data : data.roles[0];
      expect(shown.country_code).to.match(/^[A-Z]{2}$/);
      expect(shown.party_id).to.match(/^[A-Z0-9]{3}$/);
      expect(`${shown.country_code}-${shown.party_id}`).not.to.equal(invitation.party);
      expect(shown.business_details.name).to.match(/\S/);
      if (version === '2.1.1') expect(data).not.to.have.property('roles');
      else expect(data.roles.map(({ role }: { role: string }) => role)).to.include('NAP');
    });
  }),

  check('CRED-03', ['invite'], async (given) => {
    await withGuest(given, {}, async ({ partner, register, call, version }) => {
      const { credentialsUrl, token } = await register();
      const body = partner.credentials(version, 'another-token-of-length-24');
      expectAnswer(await call('POST', credentialsUrl, token as string, body), 405, 2000);
    });
  }),

  check('CRED-04', ['invite'], async (given) => {
    await withGuest(given, {}, async ({ partner, invitation, credentialsUrl, call, version }) => {
      const url = await credentialsUrl();
      const body = partner.credentials(version, 'another-token-of-length-24');
      for (const method of ['PUT', 'DELETE']) {
        const sent = method === 'PUT' ? body : undefined;
        expectAnswer(await call(method, url, invitation.token, sent), 405);
        expectAnswer(await call(method, url, 'nobody-has-this-token', sent), 401);
      }
    });
  }),

  check('CRED-05', ['invite'], async (given) => {
    await withGuest(given, {}, async ({ partner, register, call, version }) => {
      const { credentialsUrl, token } = await register();
      partner.clear();
      const renewed = 'renewed-token-of-length-24';
      partner.acceptToken(renewed, true);
      const body = partner.credentials(version, renewed);
      const response = await call('PUT', credentialsUrl, token as string, body);
      expectAnswer(response, 200, 1000);
      expect(response.body.data.token).to.match(TOKEN).and.not.equal(token);
      const calls = partner.requests.map((request) => `${request.path} ${request.token}`);
      expect(calls).to.deep.equal([`/ocpi/versions ${renewed}`, `/ocpi/${version} ${renewed}`]);
    });
  }),

  check('CRED-06', ['invite'], async (given) => {
    await withGuest(given, {}, async ({ partner, register, call, knock, version }) => {
      const { credentialsUrl, token } = await register();
      const renewed = 'renewed-token-of-length-24';
      const put = () => call('PUT', credentialsUrl, token as string, partner.credentials(version, renewed));
      // The partner does not know the token that it gives.
      expectAnswer(await put(), 200, 3001);
      expect(await knock(token as string), 'after a PUT that failed').to.equal(200);
      partner.acceptToken(renewed, true);
      const { body } = await put();
      expect(await knock(token as string), 'the old token').to.equal(401);
      expect(await knock(body.data.token), 'the new token').to.equal(200);
    });
  }),

  check('CRED-07', ['invite'], async (given) => {
    await withGuest(given, {}, async ({ partner, register, call, knock }) => {
      const { credentialsUrl, token } = await register();
      partner.clear();
      expectAnswer(await call('DELETE', credentialsUrl, token as string), 200, 1000);
      expect(await knock(token as string)).to.equal(401);
      expectAnswer(await call('DELETE', credentialsUrl, token as string), 401);
      expect(partner.requests).to.deep.equal([]);
    });
  }),

  check('CRED-08 AUTH-16', ['invite'], async (given) => {
    await withGuest(given, {}, async ({ invitation, credentialsUrl, register, call }) => {
      const url = await credentialsUrl();
      for (let time = 0; time < TIMES_REPEATED; time += 1) {
        const before = await call('GET', url, invitation.token);
        expectAnswer(before, 200, 1000);
        expect(before.body.data).to.include({ token: invitation.token, url: invitation.versionsUrl });
      }
      const { response, token } = await register();
      expectAnswer(response, 200, 1000);
      const after = await call('GET', url, token as string);
      expectAnswer(after, 200, 1000);
      expect(after.body.data).to.deep.equal(response.body.data);
    });
  }),

  check('CRED-09', ['invite'], async (given) => {
    await withGuest(given, {}, async ({ invitation, credentialsUrl, register, call }) => {
      const url = await credentialsUrl();
      expectAnswer(await call('PATCH', url, invitation.token, {}), 405);
      const { token } = await register();
      expectAnswer(await call('PATCH', url, token as string, {}), 405);
    });
  }),

  check('CRED-14', ['invite'], async ({ invite, version }) => {
    // The last letter is the version's, so that no two versions claim one party.
    const parties = ['SE-AA', 'SE-BB'].map((party) => `${party}${version.charAt(2)}`);
    await withGuest(
      { invite, version },
      { wish: { parties }, partner: { parties } },
      async ({ register, invitation }) => {
        const { response, token } = await register();
        expectAnswer(response, 200, 1000);
        for (const party of parties.map(partyOf)) {
          const { versionsUrl } = invitation;
          const cpo = new Speaker({ versionsUrl, token: token as string, version, party });
          const location = cpo.location();
          expectAnswer(await cpo.put('locations', [location.id], location), 201, 1000);
        }
      },
    );
  }),

  check('CRED-24', ['invite'], async (given) => {
    await withGuest(given, {}, async ({ partner, invitation, credentialsUrl, call, version }) => {
      const url = await credentialsUrl();
      const post = (token: string) => {
        partner.acceptToken(token, true);
        return call('POST', url, invitation.token, partner.credentials(version, token));
      };
      const answers = await Promise.all([
        post('first-token-of-length-24'),
        post('second-token-of-length-24'),
      ]);
      const statuses = answers.map(({ status }) => status);
      expect(statuses.filter((status) => status === 200)).to.have.length(1);
      expect(statuses.find((status) => status !== 200)).to.be.oneOf([401, 405]);
    });
  }),

  check('CRED-25', ['invite'], async (given) => {
    await withGuest(given, {}, async ({ partner, register, call, invitation }) => {
      const { response, credentialsUrl, token } = await register();
      const answers = [
        response,
        await call('GET', credentialsUrl, token as string),
        await call('GET', invitation.versionsUrl, token as string),
      ];
      for (const { headers } of [...partner.requests, ...answers]) {
        expect(Object.keys(headers).filter((name) => name.startsWith('ocpi-'))).to.deep.equal([]);
      }
    });
  }),

  check('CRED-26', ['invite'], async (given) => {
    const roles = [
      'CPO',
      'EMSP',
      'NAP',
      'NSP',
      'OTHER',
      'SCSP',
      ...(given.version === '2.2.1' ? ['HUB'] : []),
    ];
    for (const role of roles) {
      const partner = role === 'HUB' ? { role } : {};
      // As a CPO it needs Locations; whoever else it is, it may have none.
      await withGuest(given, { wish: { role, pushOnly: true }, partner }, async ({ register }) => {
        const { response } = await register();
        expectAnswer(response, 200, 1000);
      });
    }
  }),

  check('AUTH-11', ['invite'], async (given) => {
    await withGuest(given, {}, async ({ invitation, register }) => {
      expect(invitation.token).to.match(TOKEN);
      expect((await register()).token).to.match(TOKEN);
    });
  }),

  check('AUTH-12', ['invite'], async (given) => {
    await withGuest(given, {}, async ({ invitation, register, knock }) => {
      const { token } = await register();
      expect(await knock(invitation.token)).to.equal(401);
      expect(await knock(token as string)).to.equal(200);
    });
  }),

  check('VER-05', ['invite'], async (given) => {
    for (const roles of [['RECEIVER'], ['SENDER'], ['RECEIVER', 'SENDER']]) {
      await withGuest(given, {}, async ({ partner, register, version }) => {
        const url = partner.endpoint('credentials', 'SENDER');
        const endpoints = [
          ...roles.map((role) => ({ identifier: 'credentials', role, url })),
          ...['locations', 'tariffs'].map((identifier) => ({
            identifier,
            role: 'SENDER',
            url: partner.endpoint(identifier, 'SENDER'),
          })),
        ];
        partner.override('GET', `/ocpi/${version}`, {
          body: { status_code: 1000, timestamp: '2026-06-01T12:00:00Z', data: { version, endpoints } },
        });
        expectAnswer((await register()).response, 200, 1000);
      });
    }
  }),
];
