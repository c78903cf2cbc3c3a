import { expect } from 'chai';
import fc from 'fast-check';
import { type ClientInfoReading, readClientInfo } from '../../ingest/client-info.ts';
import { buildClientInfo } from '../support/hub.ts';

const NOW = new Date('2026-06-10T12:00:00Z');
const VERSIONS = ['2.2.1', '2.3.0'] as const;

describe('ingest/client-info', () => {
  const paths = (reading: ClientInfoReading) =>
    'problems' in reading ? reading.problems.map(({ path }) => path) : [];

  for (const version of VERSIONS) {
    it(`${version}: reads every role and status, the party in any case, and lets unknown fields be`, () => {
      for (const role of ['CPO', 'EMSP', 'NAP', 'NSP', 'OTHER', 'SCSP']) {
        for (const status of ['CONNECTED', 'OFFLINE', 'PLANNED', 'SUSPENDED']) {
          const value = buildClientInfo('de-abc', {
            role,
            status,
            last_updated: '2026-06-01T12:00:00',
            more: 1,
          });
          expect(readClientInfo(value, version, NOW)).to.deep.equal({
            info: {
              owner: { countryCode: 'DE', partyId: 'ABC' },
              role,
              status,
              lastUpdated: new Date('2026-06-01T12:00:00Z'),
            },
            findings: [],
          });
        }
      }
    });

    it(`HCI-03: ${version}: names each required field that is missing or null, but last_updated`, () => {
      for (const field of ['country_code', 'party_id', 'role', 'status']) {
        for (const nothing of [undefined, null]) {
          const reading = readClientInfo(buildClientInfo('DE-ABC', { [field]: nothing }), version, NOW);
          expect(paths(reading)).to.deep.equal([field]);
        }
      }
      const undated = readClientInfo(buildClientInfo('DE-ABC', { last_updated: null }), version, NOW);
      expect(undated).to.have.nested.property('info.lastUpdated').that.deep.equals(NOW);
      expect(undated).to.have.nested.property('findings[0].rule', 'HCI-03');
    });

    it(`${version}: takes anything at all without throwing, and says what is wrong with it`, () => {
      fc.assert(
        fc.property(fc.jsonValue(), (value) => {
          const reading = readClientInfo(value, version, NOW);
          expect(reading).to.have.property('problems').that.is.not.empty;
        }),
      );
    });
  }

  it('CRED-16: 2.3.0 has no role HUB, 2.2.1 has', () => {
    const hub = buildClientInfo('DE-HUB', { role: 'HUB' });
    expect(readClientInfo(hub, '2.2.1', NOW)).to.have.nested.property('info.role', 'HUB');
    expect(paths(readClientInfo(hub, '2.3.0', NOW))).to.deep.equal(['role']);
  });
});
