/**
 * LS, TS: Locations and Tariffs as they are given out. The lists hold what other checks have pushed as well, so
 * each check looks for its own objects among them.
 */
import { expect } from 'chai';
import type { Built } from '../../support/builders.ts';
import { type Check, check, NotCovered } from '../check.ts';
import { expectAnswer, expectDone } from '../expectations.ts';
import { T1 } from '../objects.ts';
import { rowOf } from '../rows.ts';
import { problemsOf } from '../schemas.ts';
import { nextOf, type Speaker } from '../speaker.ts';
import { listedObjectChecks } from './listed-objects.ts';
import { named, now } from './listing.ts';

const MODULES = ['locations', 'tariffs'] as const;
type ListModule = (typeof MODULES)[number];

const store = (cpo: Speaker, module: ListModule, overrides = {}) =>
  module === 'locations' ? cpo.stored(overrides) : cpo.storedTariff(overrides);

/** Stores so many objects of its own, and gives back their ids with the moment before. */
async function series(
  cpo: Speaker,
  module: ListModule,
  length: number,
): Promise<{ since: string; ids: string[] }> {
  const since = await now();
  const ids: string[] = [];
  for (let index = 0; index < length; index += 1) ids.push(await store(cpo, module));
  return { since, ids };
}

/** The given ids in the order in which a list has them. */
function order(objects: readonly Built[], ids: readonly string[]): string[] {
  return objects.flatMap((object) => ids.filter((id) => named(id)(object)));
}

/** One check for each of the two lists; rows of Tariffs are those of Locations (TS-01). */
function both(
  row: string,
  run: (given: { version: string; cpo: Speaker; provider: Speaker; module: ListModule }) => Promise<void>,
): Check[] {
  return MODULES.map((module) => ({
    ...check(module === 'locations' ? row : `${row} TS-01`, ['cpo', 'provider'], (given) =>
      run({ ...given, module }),
    ),
    // TS-01 holds in every version, but each rule of it only where it is one.
    versions: rowOf(row).versions,
  }));
}

export const listChecks: readonly Check[] = [
  check('LS-01 LS-02', ['cpo', 'connect'], async ({ cpo, connect }) => {
    // By the object's own clock, which is the letter of the rule.
    const literal = await connect({ role: 'NSP', clock: 'object' });
    const ids: string[] = [];
    for (const second of ['01', '02', '03']) {
      ids.push(await cpo.stored({ last_updated: `2025-01-01T00:00:${second}Z`, evses: [] }));
    }
    const query = '?date_from=2025-01-01T00:00:02Z&date_to=2025-01-01T00:00:03Z';
    const { objects } = await literal.crawl('locations', query);
    expect(order(objects, ids)).to.deep.equal([ids[1]]);
  }),

  check('LS-01', ['cpo', 'provider'], async ({ cpo, provider }) => {
    // D-1: by the registry's clock, an update that arrives late is still found.
    const since = await now();
    const id = await cpo.stored({ last_updated: '2025-01-01T00:00:00Z', evses: [] });
    const until = await now();
    const found = await provider.crawl('locations', `?date_from=${since}&date_to=${until}`);
    expect(found.objects.find(named(id))?.last_updated).to.equal('2025-01-01T00:00:00Z');
    const later = await provider.crawl('locations', `?date_from=${until}`);
    expect(later.objects.find(named(id))).to.equal(undefined);
  }),

  check('LS-03', ['cpo', 'provider'], async ({ cpo, provider, version }) => {
    const id = await cpo.stored();
    const since = await now();
    const field = version === '2.1.1' ? 'amperage' : 'max_amperage';
    expectDone(await cpo.patch('locations', [id, 'E1', '1'], { [field]: 63, last_updated: T1 }));
    const { objects } = await provider.crawl('locations', `?date_from=${since}`);
    const location = objects.find(named(id));
    expect(location?.evses.map((evse: Built) => evse.connectors[0][field])).to.deep.equal([63, 16]);
  }),

  ...both('LS-04', async ({ cpo, provider, module }) => {
    await series(cpo, module, 3);
    const page = await provider.list(module, '?limit=2');
    expectAnswer(page, 200, 1000);
    expect(page.body.data).to.have.length(2);
    const second = await provider.list(module, '?offset=1&limit=1');
    expect(second.body.data[0]).to.deep.equal(page.body.data[1]);
  }),

  ...both('LS-05', async ({ cpo, provider, module }) => {
    const { since, ids } = await series(cpo, module, 5);
    const { pages, objects } = await provider.crawl(module, `?limit=2&date_from=${since}`, () =>
      // What comes meanwhile neither shifts nor repeats what was there.
      store(cpo, module).then(() => undefined),
    );
    expect(order(objects, ids)).to.deep.equal(ids);
    expect(pages.length).to.be.above(2);
    for (const page of pages.slice(0, -1)) {
      const next = new URL(nextOf(page) as string);
      expect(next.searchParams.get('limit')).to.equal('2');
      expect(Number(next.searchParams.get('offset'))).to.be.above(0);
      expect(next.searchParams.get('date_from')).to.equal(since);
    }
    expect(pages.at(-1)?.headers.link).to.equal(undefined);
  }),

  ...both('LS-06', async ({ cpo, provider, module }) => {
    const { since } = await series(cpo, module, 3);
    const { pages, objects } = await provider.crawl(module, `?limit=1&date_from=${since}`);
    const totals = pages.map(({ headers }) => headers['x-total-count']);
    expect([...new Set(totals)]).to.deep.equal([String(objects.length)]);
    const none = await provider.list(module, '?date_from=2099-01-01T00:00:00Z');
    expect(none.headers['x-total-count']).to.equal('0');
  }),

  ...both('LS-07', async ({ provider, module }) => {
    const limits: (string | undefined)[] = [];
    for (const query of ['', '?limit=1', '?limit=1000000']) {
      limits.push((await provider.list(module, query)).headers['x-limit']);
    }
    expect(limits[0]).to.match(/^[1-9]\d*$/);
    expect(new Set(limits).size, limits.join(', ')).to.equal(1);
  }),

  ...both('LS-08', async ({ cpo, provider, module }) => {
    const { ids } = await series(cpo, module, 3);
    const [first] = ids as [string];
    const object =
      module === 'locations'
        ? cpo.location({ id: first, last_updated: T1 })
        : cpo.tariff({ id: first, last_updated: T1 });
    expectDone(await cpo.put(module, [first], object));
    const { objects } = await provider.crawl(module);
    expect(order(objects, ids)).to.deep.equal(ids);
    expect(order(objects.slice(-3), ids)).to.deep.equal(ids);
  }),

  ...both('LS-09', async ({ provider, module }) => {
    for (const query of ['offset=999999999', 'date_from=2027-01-01T00:00:00Z&date_to=2026-01-01T00:00:00Z']) {
      const page = await provider.list(module, `?${query}`);
      expectAnswer(page, 200, 1000);
      expect([page.body.data, page.headers.link]).to.deep.equal([[], undefined]);
    }
    for (const query of [
      'limit=0',
      'limit=ten',
      'limit=1.5',
      'offset=-1',
      'date_from=x',
      'date_to=2026-13-01T00:00:00Z',
    ]) {
      expectAnswer(await provider.list(module, `?${query}`), 200, 2001);
    }
  }),

  ...both('LS-10', async ({ provider, module }) => {
    for (const moment of [
      '2026-06-01T12:00:00',
      '2026-06-01T12:00:00Z',
      '2026-06-01T12:00:00.5',
      '2026-06-01T12:00:00.123Z',
    ]) {
      expectAnswer(await provider.list(module, `?limit=1&date_from=${moment}`), 200, 1000);
    }
    for (const moment of ['2026-06-01T12:00:00+00:00', '2026-06-01T12:00:00%2B00:00', '2026-06-01']) {
      expectAnswer(await provider.list(module, `?date_from=${moment}`), 200, 2001);
    }
  }),

  check('LS-11 TS-01', ['provider'], async ({ provider, version }) => {
    for (const [module, kind] of [
      ['locations', 'location'],
      ['tariffs', 'tariff'],
    ] as const) {
      const { objects } = await provider.crawl(module);
      if (objects.length === 0) throw new NotCovered(`the platform gives out no ${module}`);
      for (const object of objects) expect(problemsOf(version, kind, object), object.id).to.deep.equal([]);
    }
  }),

  ...listedObjectChecks,
];
