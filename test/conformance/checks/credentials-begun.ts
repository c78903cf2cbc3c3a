/** CRED, as the platform begins a handshake and renews it. */
import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { callUrl } from '../../support/handshake.ts';
import {
  type PartnerRequest,
  type RecordingPartner,
  startRecordingPartner,
} from '../../support/recording-partner.ts';
import { type Check, check } from '../check.ts';
import type { OcpiVersion } from '../rows/row.ts';

/** AUTH-11. */
const TOKEN = /^[\x21-\x7e]{1,64}$/;
let parties = 0;

/** A partner that waits to be approached. */
async function withHost(
  version: OcpiVersion,
  run: (partner: RecordingPartner, party: string) => Promise<void>,
): Promise<void> {
  parties += 1;
  const party = `NO-H${parties.toString(36).toUpperCase().padStart(2, '0')}`;
  const partner = await startRecordingPartner({
    versions: [version],
    parties: [party],
    token: `host-token-${randomUUID().slice(0, 8)}`,
    callsBack: true,
  });
  try {
    await run(partner, party);
  } finally {
    await partner.stop();
  }
}

const credentialsOf = (partner: RecordingPartner) => partner.endpoint('credentials', 'SENDER');

export const begunCredentialsChecks: readonly Check[] = [
  check('CRED-17', ['approach'], async ({ approach, version }) => {
    await withHost(version, async (partner, party) => {
      partner.modules = ['tariffs/SENDER'];
      expect((await approach(partner, { party })).agreed).to.equal(false);
      expect(partner.requestsTo('GET', `/ocpi/${version}`)).not.to.have.length(0);
      expect(partner.requestsTo('POST', credentialsOf(partner))).to.deep.equal([]);
    });
  }),

  check('CRED-18', ['approach'], async ({ approach, version }) => {
    await withHost(version, async (partner, party) => {
      expect((await approach(partner, { party })).agreed).to.equal(true);
      expect(partner.callbacks.map(({ status }) => status)).to.deep.equal([200, 200]);
      const [post] = partner.requestsTo('POST', credentialsOf(partner));
      expect(post?.token).to.equal(partner.token);
      const steps = partner.requests.slice(0, 3).map(({ method, path }) => `${method} ${path}`);
      expect(steps).to.deep.equal([
        'GET /ocpi/versions',
        `GET /ocpi/${version}`,
        `POST /ocpi/${version}/credentials`,
      ]);
    });
  }),

  check('CRED-19', ['approach'], async ({ approach, version }) => {
    await withHost(version, async (partner, party) => {
      for (const instead of [
        { body: { status_code: 3001, timestamp: '2026-06-01T12:00:00Z' } },
        { status: 500 },
        { body: '<html>' },
        { delivery: 'reset', body: '{}' },
      ] as const) {
        partner.clear();
        const undo = partner.override('POST', credentialsOf(partner), instead);
        expect((await approach(partner, { party })).agreed).to.equal(false);
        undo();
        const [post] = partner.requestsTo('POST', credentialsOf(partner));
        const { url, token } = (post as PartnerRequest).json;
        // What it gave out and nobody took is worth nothing.
        expect((await callUrl('GET', url, { token, version })).status).to.equal(401);
      }
      expect((await approach(partner, { party })).agreed).to.equal(true);
    });
  }),

  check('CRED-21', ['approach'], async ({ approach, version }) => {
    await withHost(version, async (partner, party) => {
      const { rotate } = await approach(partner, { party });
      const [first] = partner.credentialsGiven;
      await rotate();
      expect(partner.requestsTo('PUT', credentialsOf(partner))).to.have.length(1);
      const [, second] = partner.credentialsGiven;
      const knock = async (token = '') =>
        (await callUrl('GET', second?.url ?? '', { token, version })).status;
      expect([await knock(first?.token), await knock(second?.token)]).to.deep.equal([401, 200]);
    });
  }),

  check('CRED-07', ['approach'], async ({ approach, version }) => {
    await withHost(version, async (partner, party) => {
      const { remove } = await approach(partner, { party });
      const [given] = partner.credentialsGiven;
      await remove();
      expect(partner.requestsTo('DELETE', credentialsOf(partner))).to.have.length(1);
      const { url = '', token = '' } = given ?? {};
      expect((await callUrl('GET', url, { token, version })).status).to.equal(401);
    });
  }),

  check('CRED-25', ['approach'], async ({ approach, version }) => {
    await withHost(version, async (partner, party) => {
      await approach(partner, { party });
      for (const { headers, path } of partner.requests) {
        if (path.includes('/sender/')) continue;
        expect(Object.keys(headers).filter((name) => name.startsWith('ocpi-'))).to.deep.equal([]);
      }
    });
  }),

  check('AUTH-11', ['approach'], async ({ approach, version }) => {
    await withHost(version, async (partner, party) => {
      await approach(partner, { party });
      expect(partner.credentialsGiven[0]?.token).to.match(TOKEN);
    });
  }),
];
