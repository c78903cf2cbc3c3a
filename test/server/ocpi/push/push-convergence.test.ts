import { expect } from 'chai';
import { makeFleet } from '../../../simulator/fleet.ts';
import { crawl } from '../../../simulator/navigation-provider.ts';
import { type Pusher as CpoPusher, startPusher as startCpo } from '../../../simulator/pusher.ts';
import { integerBetween, randomStream } from '../../../simulator/random.ts';
import { type Provider, type PushTest, startPushTest } from '../../../support/push.ts';

const PARTNERS = 20;
const LOCATIONS = 25;
const STATUS_CHANGES = 80;
/** Below the eight after which the pusher goes on without an object that is refused again and again. */
const FAULTS_IN_ROW = 2;

type Fields = Record<string, unknown>;

describe('many providers that are pushed to while statuses change', function () {
  this.timeout(180_000);
  let test: PushTest;
  let cpo: CpoPusher | undefined;

  beforeEach(async () => {
    test = await startPushTest();
  });
  afterEach(async () => {
    await cpo?.stop();
    await test.stop();
  });

  /**
   * A partner's bad days: answers that it gives instead of doing what it is asked. Of one object it refuses fewer in a
   * row than the pusher takes for its last word.
   */
  function trouble({ partner }: Provider, seed: number): () => void {
    const random = randomStream(seed, 'trouble');
    const inRow = new Map<string, number>();
    const faults = [
      { status: 503, headers: { 'Retry-After': '0' } },
      { delivery: 'reset' as const },
      { body: '<html>' },
      { status: 500 },
    ];
    return partner.override('*', '/ocpi', ({ path }) => {
      const before = inRow.get(path) ?? 0;
      const isFault = before < FAULTS_IN_ROW && integerBetween(random, 1, 4) === 1;
      inRow.set(path, isFault ? before + 1 : 0);
      return isFault ? faults[integerBetween(random, 0, faults.length - 1)] : undefined;
    });
  }

  it('hold in the end what the Sender lists show them', async () => {
    const providers: Provider[] = [];
    for (let number = 1; number <= PARTNERS; number++) {
      providers.push(await test.addProvider(`nsp-${number}`, { parties: [`DE-N${10 + number}`] }));
    }
    // Every third has bad days, and one is away until all is over.
    const mend = providers.filter((_, number) => number % 3 === 1).map((one, seed) => trouble(one, seed));
    mend.push((providers[0] as Provider).partner.override('*', '/', { delivery: 'reset' }));
    test.startPusher({ pace: { gather: 50, save: 200, lookAtPartners: 1_000 } });
    const parties = [{ country_code: 'NL', party_id: 'TNM', name: 'Simulated' }];
    cpo = await startCpo({
      versionsUrl: `${test.server.url}/ocpi/versions`,
      token: test.cpoToken,
      fleet: makeFleet({ seed: 11, locations: LOCATIONS, parties, now: new Date('2026-06-01T00:00:00Z') }),
      statusChanges: STATUS_CHANGES,
    });
    await cpo.finished;
    for (const undo of mend) undo();
    await test.settled(120_000, 200);

    for (const { refused, resync } of await test.server.services.pushPositions.list()) {
      expect({ refused, resync }).to.deep.equal({ refused: 0, resync: null });
    }
    for (const module of ['locations', 'tariffs'] as const) {
      const url = `${test.server.url}/ocpi/2.2.1/sender/${module}`;
      const { objects, ended } = await crawl(url, { token: 'token of nsp-1' });
      expect(ended).to.equal('last-page');
      expect(objects.length).to.be.greaterThan(module === 'locations' ? LOCATIONS - 1 : 0);
      for (const { partner, connection } of providers) {
        const kept = objects.map((object) =>
          partner.received(
            module,
            object.country_code as string,
            object.party_id as string,
            object.id as string,
          ),
        );
        expect(kept.map(lifted), connection.name).to.deep.equal(objects.map(lifted));
      }
    }
    const last = providers.at(-1) as Provider;
    expect(last.partner.requestsTo('PATCH', '/').length).to.be.greaterThan(0);
  });
});

/** An object as a Receiver has it that lifts a Location's time to that of its EVSEs (LR-04), in one order. */
function lifted(object: Fields | undefined): unknown {
  if (!object || !Array.isArray(object.evses)) return object;
  const evses = object.evses as (Fields & { uid: string; last_updated: string })[];
  const times = [object.last_updated as string, ...evses.map(({ last_updated }) => last_updated)];
  return {
    ...object,
    evses: [...evses].sort((one, other) => (one.uid < other.uid ? -1 : 1)),
    last_updated: times.sort().at(-1),
  };
}
