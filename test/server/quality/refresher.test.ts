import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'chai';
import { startRefresher } from '../../../server/quality/refresher.ts';
import { startTestServer, type TestServer } from '../../support/server.ts';

describe('server/quality/refresher', () => {
  let server: TestServer;
  let beside: TestServer;
  before(async () => {
    server = await startTestServer();
    beside = await startTestServer({ beside: server });
  });
  after(async () => {
    await beside.stop();
    await server.stop();
  });

  it('brings a policy of another process into this one, until it is stopped', async () => {
    const owner = { countryCode: 'NL', partyId: 'TNM' };
    const { policies, operators } = beside.services.quality;
    const { logger, admin } = server.services;
    const refresher = startRefresher({ what: [policies, operators], logger, everyMs: 20 });
    await admin.setPolicy({ rule: 'ID-07', action: 'reject' });
    // The test's own limit ends the wait.
    while (policies.actionOf('ID-07', owner) !== 'reject') await delay(10);
    refresher.stop();
    await delay(50);
    await admin.setPolicy({ rule: 'ID-07', action: 'note' });
    await delay(100);
    expect(policies.actionOf('ID-07', owner)).to.equal('reject');
  });
});
