import { expect } from 'chai';
import { buildConnector, buildEvse } from '../support/builders.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { openRuledRegistry, type RuledRegistry } from '../support/registry-rules.ts';

const ID = 'NL*TNM*E1';

describe('rules across objects', () => {
  let database: TestDatabase;
  let registry: RuledRegistry;

  before(async () => {
    database = await openTestDatabase();
  });
  after(() => database.drop());
  beforeEach(async () => {
    await database.truncate();
    registry = await openRuledRegistry(database);
  });

  const evse = (uid: string, overrides: object = {}) => buildEvse({ uid, evse_id: ID, ...overrides });
  const naming = (...tariff_ids: string[]) =>
    buildEvse({ connectors: [buildConnector({ tariff_ids }), buildConnector({ id: '2', tariff_ids: [] })] });

  describe('ID-06', () => {
    const objects = async () => (await registry.ask('ID-06')).map(({ object, part }) => `${object} ${part}`);

    it('ID-06 finds an EVSE ID in two Locations in any spelling, and says which one is stale and why', async () => {
      await registry.location({ id: 'NEW', evses: [evse('a', { last_updated: '2026-06-05T08:00:00Z' })] });
      await registry.location({
        id: 'OLD',
        evses: [evse('b', { evse_id: 'nl-tnm-e1' }), evse('c', { evse_id: 'NL*TNM*E2' })],
      });
      const [fresh, stale, ...more] = await registry.ask('ID-06');
      expect(more).to.deep.equal([]);
      expect(fresh?.object).to.equal('NL-TNM NEW');
      expect(fresh?.message).to.match(
        /^evse_id: is also the ID of NL-TNM OLD, EVSE b\. The other is likely the stale one/,
      );
      expect(stale).to.include({ object: 'NL-TNM OLD', part: 'b', occurrences: 1 });
      expect(stale?.message)
        .to.contain('NL-TNM NEW, EVSE a. This is likely the stale one: its status is of 2026-06-01 12:00:00')
        .and.contain('that of the one that holds of 2026-06-05 08:00:00 UTC');
    });

    it('ID-06 finds nothing where the ID is used again after REMOVED, or is seen by nobody', async () => {
      await registry.location({ id: 'A', evses: [evse('a')] });
      await registry.location({ id: 'B', evses: [evse('b', { status: 'REMOVED' }), buildEvse()] });
      await registry.location({ id: 'C', publish: false, evses: [evse('c')] });
      expect(await objects()).to.deep.equal([]);
    });

    it('ID-06 counts two EVSEs of one Location, and names three of many', async () => {
      await registry.location({ id: 'A', evses: ['a', 'b', 'c', 'd', 'e'].map((uid) => evse(uid)) });
      const found = await registry.ask('ID-06');
      expect(found.map(({ part }) => part)).to.deep.equal(['a', 'b', 'c', 'd', 'e']);
      expect(found[4]?.message).to.contain('EVSE a; NL-TNM A, EVSE b; NL-TNM A, EVSE c and 1 more. This');
    });

    it('ID-06 closes at both when either is mended: removed, given another ID, or withdrawn', async () => {
      for (const mended of [
        { evses: [evse('b', { status: 'REMOVED' }), buildEvse()] },
        { evses: [evse('b', { evse_id: 'NL*TNM*E9' })] },
        { publish: false, evses: [evse('b')] },
      ]) {
        await registry.location({ id: 'A', evses: [evse('a')] });
        await registry.location({ id: 'B', evses: [evse('b')] });
        expect(await objects()).to.deep.equal(['NL-TNM A a', 'NL-TNM B b']);
        await registry.location({ id: 'B', ...mended });
        expect(await objects()).to.deep.equal([]);
      }
    });
  });

  describe('LR-23', () => {
    it('LR-23 finds a uid in use under two Locations of one party, whatever its case', async () => {
      await registry.location({ id: 'A', evses: [buildEvse({ uid: 'X' })] });
      await registry.location({ id: 'B', evses: [buildEvse({ uid: 'x' })] });
      const found = await registry.ask('LR-23');
      expect(found.map(({ object, message }) => [object, message])).to.deep.equal([
        ['NL-TNM A', 'uid: is also that of an EVSE of Location B'],
        ['NL-TNM B', 'uid: is also that of an EVSE of Location A'],
      ]);
      await registry.location({
        id: 'A',
        evses: [buildEvse({ uid: 'X', status: 'REMOVED' }), buildEvse({ uid: 'Y' })],
      });
      expect(await registry.ask('LR-23')).to.deep.equal([]);
    });

    it('LR-23 does not mind the same uid of another party', async () => {
      await registry.location({ id: 'A', evses: [buildEvse({ uid: 'X' })] });
      await registry.location({ id: 'A', party_id: 'GFX', evses: [buildEvse({ uid: 'X' })] });
      expect(await registry.ask('LR-23')).to.deep.equal([]);
    });
  });

  describe('tariff-leads-nowhere', () => {
    const RULE = 'tariff-leads-nowhere';

    it('finds each Connector whose Tariff nobody has sent, once, and counts the Tariffs (LR-24)', async () => {
      await registry.tariff({ id: 'T1' });
      await registry.location({ evses: [naming('t1', 'T2', 'T3')] });
      const found = await registry.ask(RULE);
      expect(found).to.have.length(1);
      expect(found[0]).to.include({ part: 'evse-1/1', occurrences: 2 });
      expect(found[0]?.message).to.equal('tariff_ids: lead nowhere: there is no Tariff T2');
    });

    it('says nothing of parties that send no Tariffs, until they send their first', async () => {
      await registry.location({ evses: [naming('T1', 'T2')] });
      await registry.tariff({ id: 'T1', party_id: 'GFX' });
      expect(await registry.ask(RULE)).to.deep.equal([]);
      await registry.tariff({ id: 'OTHER' });
      expect((await registry.ask(RULE))[0]?.occurrences).to.equal(2);
      await registry.deleteTariff('OTHER');
      expect(await registry.ask(RULE)).to.deep.equal([]);
    });

    it('closes when the Tariff comes, and opens when it is deleted', async () => {
      await registry.tariff({ id: 'OTHER' });
      await registry.location({ evses: [naming('T1')] });
      expect(await registry.ask(RULE)).to.have.length(1);
      await registry.tariff({ id: 'T1' });
      expect(await registry.ask(RULE)).to.deep.equal([]);
      await registry.deleteTariff('T1');
      expect(await registry.ask(RULE)).to.have.length(1);
    });
  });

  describe('tariff-expired', () => {
    const RULE = 'tariff-expired';

    it('finds a Tariff from the moment of its end, while a Connector names it', async () => {
      await registry.tariff({ id: 'T1', end_date_time: '2026-06-11T12:00:00Z' });
      await registry.location({ evses: [naming('T1')] });
      registry.now = new Date('2026-06-11T11:59:59Z');
      expect(await registry.ask(RULE)).to.deep.equal([]);
      registry.now = new Date('2026-06-12T12:00:00Z');
      expect((await registry.ask(RULE)).map(({ object, message }) => [object, message])).to.deep.equal([
        ['NL-TNM T1', 'end_date_time: is over, and 1 Connector names the Tariff'],
      ]);
      await registry.location({ evses: [naming('T2')] });
      expect(await registry.ask(RULE)).to.deep.equal([]);
    });

    it('does not mind one that nobody names, and closes with the Tariff', async () => {
      await registry.tariff({ id: 'T1', end_date_time: '2026-06-01T12:00:00Z' });
      await registry.tariff({ id: 'T2', end_date_time: '2026-06-01T12:00:00Z' });
      await registry.location({ evses: [naming('T2')] });
      expect((await registry.ask(RULE)).map(({ object }) => object)).to.deep.equal(['NL-TNM T2']);
      await registry.deleteTariff('T2');
      expect(await registry.ask(RULE)).to.deep.equal([]);
    });
  });

  describe('ad-hoc-price-missing', () => {
    const RULE = 'ad-hoc-price-missing';
    const both = (id: string) =>
      buildEvse({ connectors: ['1', '2'].map((one) => buildConnector({ id: one, tariff_ids: [id] })) });

    it('counts the Connectors of a Location that lead to no Tariff for paying ad hoc', async () => {
      await registry.tariff({ id: 'T1' });
      await registry.location({ evses: [naming('T1')] });
      const found = await registry.ask(RULE);
      expect(found.map(({ message }) => message)).to.deep.equal([
        'evses: 1 of 2 Connectors lead to no price for paying ad hoc',
      ]);
    });

    it('takes a Tariff of that type or of none, and no other', async () => {
      await registry.location({ evses: [both('T1')] });
      for (const [type, count] of [
        ['AD_HOC_PAYMENT', 0],
        ['REGULAR', 1],
        [undefined, 0],
        ['PROFILE_GREEN', 1],
      ] as const) {
        await registry.tariff({ id: 'T1', type });
        expect(await registry.ask(RULE), type).to.have.length(count);
      }
    });

    it('takes one from its start to its end', async () => {
      await registry.tariff({
        ...{ id: 'T1', start_date_time: '2026-06-11T12:00:00Z', end_date_time: '2026-06-13T12:00:00Z' },
      });
      await registry.location({ evses: [both('T1')] });
      for (const [now, count] of [
        ['2026-06-10T12:00:00Z', 1],
        ['2026-06-11T12:00:00Z', 0],
        ['2026-06-13T12:00:00Z', 1],
      ] as const) {
        registry.now = new Date(now);
        expect(await registry.ask(RULE), now).to.have.length(count);
      }
    });
  });

  describe('status-silent', () => {
    const RULE = 'status-silent';
    const NOW = Date.parse('2026-06-10T12:00:00Z');
    const DAY = 24 * 60 * 60_000;
    const ago = (ms: number) => new Date(NOW - ms).toISOString();

    for (const [status, days] of [
      ['CHARGING', 7],
      ['RESERVED', 2],
      ['BLOCKED', 14],
    ] as const) {
      it(`finds ${status} after more than ${days} days`, async () => {
        await registry.location({
          evses: [
            buildEvse({ uid: 'border', status, last_updated: ago(days * DAY) }),
            buildEvse({ uid: 'over', status, last_updated: ago(days * DAY + 1_000) }),
            buildEvse({ uid: 'free', status: 'AVAILABLE', last_updated: ago(days * DAY + 1_000) }),
          ],
        });
        expect((await registry.ask(RULE)).map(({ part, message }) => [part, message])).to.deep.equal([
          ['over', `status: has not changed for ${days} days`],
        ]);
      });
    }

    it('finds any status after 90 days, while the party updates other Locations', async () => {
      const old = (uid: string, status: string, ms: number) =>
        buildEvse({ uid, status, last_updated: ago(ms) });
      await registry.location({
        last_updated: ago(91 * DAY),
        evses: [
          old('border', 'AVAILABLE', 90 * DAY),
          old('over', 'AVAILABLE', 90 * DAY + 1_000),
          old('planned', 'PLANNED', 91 * DAY),
          old('removed', 'REMOVED', 91 * DAY),
        ],
      });
      expect(await registry.ask(RULE), 'a party that is silent as a whole').to.deep.equal([]);
      await registry.location({ id: 'LOC-2', last_updated: ago(DAY) });
      registry.now = new Date(NOW + DAY);
      expect((await registry.ask(RULE)).map(({ part }) => part)).to.deep.equal(['border', 'over']);
    });
  });
});
