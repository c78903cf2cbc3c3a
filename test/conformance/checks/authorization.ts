/** AUTH: who may call, and with what header. */
import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { startRecordingPartner } from '../../support/recording-partner.ts';
import { type Check, check } from '../check.ts';
import { expectAnswer, expectDone, expectEnvelope } from '../expectations.ts';
import type { Speaker } from '../speaker.ts';

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** GET versions with a header of one's own. */
function knock(caller: Speaker, authorization: string | undefined) {
  return caller.call('GET', caller.identity.versionsUrl, { headers: { Authorization: authorization } });
}

/** One URL of every kind that the platform offers. */
async function urlsOf(caller: Speaker): Promise<string[]> {
  const endpoints = await caller.endpoints();
  return [caller.identity.versionsUrl, await caller.detailsUrl(), ...endpoints.map(({ url }) => url)];
}

export const authorizationChecks: readonly Check[] = [
  check('AUTH-01', ['caller'], async ({ caller }) => {
    for (const url of await urlsOf(caller)) {
      const response = await caller.call('GET', url, { headers: { Authorization: undefined } });
      expect(response.status, url).to.equal(401);
    }
  }),

  check('AUTH-02', ['caller'], async ({ caller }) => {
    const stranger = caller.withToken(randomBytes(24).toString('hex'));
    for (const url of await urlsOf(caller)) {
      expect((await stranger.call('GET', url)).status, url).to.equal(401);
    }
  }),

  check('AUTH-03', ['caller'], async ({ caller }) => {
    expectAnswer(await knock(caller, `Token ${base64(caller.identity.token)}`), 200, 1000);
  }),

  check('AUTH-03', ['caller'], async ({ caller }) => {
    expectAnswer(await knock(caller, `Token  ${base64(caller.identity.token)}`), 401);
  }),

  check('AUTH-04', ['caller'], async ({ caller }) => {
    expectAnswer(await knock(caller, `Token ${caller.identity.token}`), 200, 1000);
  }),

  check('AUTH-05', ['caller'], async ({ caller }) => {
    for (const sent of [caller.identity.token, base64(caller.identity.token)]) {
      expectAnswer(await knock(caller, `Token ${sent}`), 200, 1000);
    }
  }),

  check('AUTH-06', ['caller'], async ({ caller }) => {
    expectAnswer(await knock(caller, `Token ${base64(`${caller.identity.token}\n`)}`), 200, 1000);
  }),

  check('AUTH-07', ['caller'], async ({ caller }) => {
    const { token } = caller.identity;
    const wrong = ['', 'Token', 'Token ', 'Token =', `Token ${base64(token).slice(0, -1)}!`, 'Token AA==='];
    wrong.push(`Token ${base64(`${token}\0`)}`, `Token ${'x'.repeat(10_000)}`, 'Token \u00ff\u00fe');
    for (const header of wrong) {
      const { status } = await knock(caller, header);
      expect(status, header.slice(0, 40)).to.be.oneOf([401, 431]);
    }
  }),

  check('AUTH-08', ['caller'], async ({ caller }) => {
    const sent = caller.authorization.slice('Token '.length);
    for (const scheme of ['token', 'TOKEN'])
      expectAnswer(await knock(caller, `${scheme} ${sent}`), 200, 1000);
    for (const scheme of ['Bearer', 'Basic', 'Tokens']) {
      expectAnswer(await knock(caller, `${scheme} ${sent}`), 401);
    }
  }),

  check('AUTH-09', ['caller', 'invite'], async ({ caller, invite }) => {
    const invited = caller.withToken((await invite()).token);
    expectAnswer(await invited.call('GET', caller.identity.versionsUrl), 200, 1000);
    expectAnswer(await invited.call('GET', await caller.detailsUrl()), 200, 1000);
    for (const { identifier, role, url } of await caller.endpoints()) {
      if (identifier === 'credentials') continue;
      // A Receiver has nothing at its own URL, but below it.
      const { country_code, party_id } = caller.party;
      const id = identifier === 'hubclientinfo' ? '' : '/1';
      const target = role === 'SENDER' ? url : `${url}/${country_code}/${party_id}${id}`;
      for (const method of ['GET', 'PUT', 'PATCH', 'POST', 'DELETE']) {
        const body = method === 'GET' ? undefined : {};
        expect((await invited.call(method, target, { body })).status, `${method} ${target}`).to.equal(401);
      }
    }
  }),

  check('AUTH-10', ['cpo', 'otherCpo'], async ({ cpo, otherCpo }) => {
    expect(cpo.identity.token).not.to.equal(otherCpo.identity.token);
    const id = await cpo.stored();
    expectAnswer(await cpo.read('locations', [id]), 200, 1000);
    expectAnswer(await otherCpo.read('locations', [id]), 404);
    expectAnswer(await otherCpo.call('GET', await cpo.receiver('locations', [id])), 404);
  }),

  check('AUTH-12', ['connect', 'withdraw'], async ({ connect, withdraw }) => {
    const speaker = await connect({});
    expectDone(await speaker.call('GET', speaker.identity.versionsUrl));
    await withdraw(speaker);
    expectAnswer(await speaker.call('GET', speaker.identity.versionsUrl), 401);
  }),

  check('AUTH-13', ['caller'], async ({ caller, version }) => {
    const headers = { Authorization: 'Token no', 'X-Request-ID': 'one', 'X-Correlation-ID': 'two' };
    const response = await caller.call('GET', caller.identity.versionsUrl, { headers });
    expectAnswer(response, 401, 2000);
    expectEnvelope(response, '401');
    expect(response.headers['www-authenticate']).to.match(/^Token\b/);
    if (version === '2.1.1') return;
    expect(response.headers).to.include({ 'x-request-id': 'one', 'x-correlation-id': 'two' });
  }),

  check('AUTH-15', ['pull'], async ({ pull, version }) => {
    const partner = await startRecordingPartner({ versions: [version], token: 'a-token-of-length-20' });
    try {
      await (await pull(partner)).run();
      const [first] = partner.requests;
      const sent = version === '2.1.1' ? partner.token : base64(partner.token);
      expect(first?.headers.authorization).to.equal(`Token ${sent}`);
    } finally {
      await partner.stop();
    }
  }),
];
