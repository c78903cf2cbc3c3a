import { expect } from 'chai';
import fc from 'fast-check';
import {
  CredentialsError,
  readCredentials,
  usualTokenForm,
  writeCredentials,
} from '../../../../server/ocpi/credentials/credentials-object.ts';

const business_details = { name: 'Tandem', website: 'https://tandem.example' };
const flat = {
  token: 'token-b',
  url: 'https://cpo.example/ocpi/versions',
  party_id: 'tnm',
  country_code: 'nl',
  business_details,
};
const role = { role: 'CPO', party_id: 'TNM', country_code: 'NL', business_details };
const withRoles = { token: flat.token, url: flat.url, roles: [role] };
const OWNER = { countryCode: 'NL', partyId: 'TNM' };

describe('the credentials object', () => {
  const problemsOf = (version: string, body: unknown) => {
    try {
      readCredentials(version, body, 'CPO');
      return [];
    } catch (error) {
      expect(error).to.be.instanceOf(CredentialsError);
      return (error as CredentialsError).problems;
    }
  };

  it('is flat in 2.1.1, where the role goes without saying', () => {
    const read = readCredentials('2.1.1', flat, 'CPO');
    expect(read.roles).to.deep.equal([{ role: 'CPO', owner: OWNER, business_details }]);
    expect(problemsOf('2.1.1', withRoles).join()).to.contain('country_code').and.contain('party_id');
  });

  it('has roles in 2.2.1 and 2.3.0', () => {
    for (const version of ['2.2.1', '2.3.0']) {
      const read = readCredentials(version, { ...withRoles, unknown: 1 }, 'CPO');
      expect(read).to.deep.equal({
        ...{ token: 'token-b', url: flat.url, hubPartyId: null },
        roles: [{ role: 'CPO', owner: OWNER, business_details }],
      });
    }
  });

  it('CRED-16: 2.3.0 has no role HUB, but hub_party_id; 2.2.1 passes that over', () => {
    const hub = { ...withRoles, hub_party_id: 'dehub' };
    expect(readCredentials('2.3.0', hub, 'HUB').hubPartyId).to.equal('DEHUB');
    expect(readCredentials('2.2.1', hub, 'HUB').hubPartyId).to.equal(null);
    expect(problemsOf('2.3.0', { ...hub, hub_party_id: 'HUB' }).join()).to.contain('hub_party_id');
    const asRole = { ...withRoles, roles: [{ ...role, role: 'HUB' }] };
    expect(problemsOf('2.3.0', asRole).join()).to.contain('roles[0].role');
    expect(problemsOf('2.2.1', asRole)).to.deep.equal([]);
  });

  it('CRED-02: ours is written as the version has it', () => {
    const own = {
      token: 'c',
      url: 'https://nap.example/ocpi/versions',
      party: OWNER,
      businessDetails: { name: 'N' },
    };
    const who = { party_id: 'TNM', country_code: 'NL', business_details: { name: 'N' } };
    expect(writeCredentials('2.1.1', own)).to.deep.equal({ token: 'c', url: own.url, ...who });
    for (const version of ['2.2.1', '2.3.0']) {
      const roles = [{ role: 'NAP', ...who }];
      expect(writeCredentials(version, own)).to.deep.equal({ token: 'c', url: own.url, roles });
    }
  });

  it('AUTH-03, AUTH-04: tokens go raw in 2.1.1 and encoded since', () => {
    expect(['2.1.1', '2.2.1', '2.3.0'].map(usualTokenForm)).to.deep.equal(['raw', 'base64', 'base64']);
  });

  it('CRED-13: whatever comes is read or refused with problems, none of which holds the token', () => {
    const anything = fc.oneof(
      fc.anything(),
      fc.record({
        token: fc.oneof(fc.string(), fc.constant('secret token of the partner')),
        url: fc.oneof(fc.webUrl(), fc.string()),
        roles: fc.array(fc.oneof(fc.anything(), fc.constant(role))),
        hub_party_id: fc.oneof(fc.string(), fc.constant('DEHUB')),
      }),
    );
    fc.assert(
      fc.property(anything, fc.constantFrom('2.1.1', '2.2.1', '2.3.0'), (body, version) => {
        expect(problemsOf(version, body).join()).not.to.contain('secret token');
      }),
    );
  });
});
