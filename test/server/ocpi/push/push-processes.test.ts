import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { expect } from 'chai';
import type { ClaimingProcess } from '../../../../db/registry/source-claim.ts';
import { buildLocation } from '../../../support/builders.ts';
import { CPO_LOCATIONS, type PushTest, startPushTest, until } from '../../../support/push.ts';

/** A process id that no process has: the largest that Linux gives is 2^22. */
const DEAD_PID = 2 ** 22 + 1;

describe('processes that push', () => {
  let test: PushTest;

  beforeEach(async () => {
    test = await startPushTest();
  });
  afterEach(() => test.stop());

  const put = (id: string) => test.cpo.put(`${CPO_LOCATIONS}/${id}`, buildLocation({ id }));
  /** Another living process, on another machine. */
  const other = (): ClaimingProcess => ({ host: randomUUID(), pid: 1, life: randomUUID() });

  it('go on where the one before ended', async () => {
    const { partner } = await test.addProvider('nsp');
    const first = test.startPusher();
    await put('LOC-1');
    await test.settled();
    await first.stop();
    await put('LOC-2');
    partner.clear();
    test.startPusher({ process: other() });
    await test.settled();
    expect(partner.requests.map(({ path }) => path.split('/').at(-1))).to.deep.equal(['LOC-2']);
    expect(await test.position('nsp')).to.include({ taken: 2 });
  });

  it('never push to one partner both', async function () {
    // The embedded engine admits one process: there every other one is known to be dead.
    if (test.server.database.engine === 'embedded') this.skip();
    const providers = await Promise.all(['one', 'two', 'three'].map((name) => test.addProvider(name)));
    test.startPusher({ process: other() });
    test.startPusher({ process: other() });
    for (let number = 1; number <= 20; number++) await put(`LOC-${number}`);
    await test.settled();
    for (const { partner } of providers) expect(partner.requestsTo('PUT', '/')).to.have.length(20);
  });

  it('take over from one that was killed, and lose nothing that it had not saved', async () => {
    const { partner } = await test.addProvider('nsp');
    const killed: ClaimingProcess = { host: hostname(), pid: DEAD_PID, life: randomUUID() };
    // Saves nothing, as one that is killed at once.
    const first = test.startPusher({ process: killed, pace: { save: 3_600_000 } });
    await put('LOC-1');
    await until(() => partner.received('locations', 'NL', 'TNM', 'LOC-1') !== undefined);
    partner.clear();
    await put('LOC-2');
    await until(() => partner.received('locations', 'NL', 'TNM', 'LOC-2') !== undefined);
    partner.clear();
    const second = test.startPusher();
    await test.settled();
    // At least once: what the first had sent comes again, from where its position was saved.
    expect(partner.requests.map(({ path }) => path.split('/').at(-1)).sort()).to.deep.equal([
      'LOC-1',
      'LOC-2',
    ]);
    // It wakes up and writes its position: not any more.
    await first.stop();
    await second.stop();
    expect(await test.position('nsp')).to.include({ taken: 2, behind: 0 });
  });

  it('break off what a partner does not answer when they stop, and send it to it later', async () => {
    const { partner } = await test.addProvider('nsp');
    const mend = partner.override('*', '/', { delivery: 'never' });
    const first = test.startPusher();
    await put('LOC-1');
    await until(() => partner.requests.length > 0);
    await first.stop();
    expect(await test.position('nsp')).to.include({ taken: 0, failures: 0, behind: 1 });
    mend();
    test.startPusher();
    await test.settled();
    expect(partner.received('locations', 'NL', 'TNM', 'LOC-1')).to.include({ id: 'LOC-1' });
  });
});
