/** The steps that look at rows which are there already, against rows that are. */
import { expect } from 'chai';
import * as versionStep from '../../../db/migrations/0009-negotiated-version.ts';
import * as tariffStep from '../../../db/migrations/0010-tariff-obstacles.ts';
import * as hashStep from '../../../db/migrations/0021-no-content-hash.ts';
import { tariffObstacles } from '../../../db/registry/tariff-obstacles.ts';
import { buildTariff } from '../../support/builders.ts';
import { openTestDatabase, type TestDatabase } from '../../support/database.ts';

const price = (more: object = {}) => [
  { price_components: [{ type: 'ENERGY', price: 1, step_size: 1, ...more }] },
];
const TARIFFS = {
  PLAIN: { tax_included: 'NO' },
  TAXED: { tax_included: 'YES', elements: price({ vat: 21 }) },
  TAX: { tax_included: 'YES', elements: price() },
  CONDITION: { tax_included: 'NO', elements: [{ ...price()[0], restrictions: { min_current: 16 } }] },
  NULL: { tax_included: 'NO', elements: [{ ...price()[0], restrictions: { min_current: null } }] },
  BOTH: { tax_included: 'YES', elements: [{ ...price()[0], restrictions: { reservation: 'RESERVATION' } }] },
} as const;

describe('migrations of rows that are there already', () => {
  let database: TestDatabase;

  before(async () => {
    database = await openTestDatabase();
  });
  after(() => database.drop());

  it('0008: every stored Tariff gets the obstacles that a write would give it', async () => {
    const { knex } = database;
    await tariffStep.down(knex);
    const documents = Object.entries(TARIFFS).map(([id, more]) => buildTariff({ id, ...more }));
    // More than one batch.
    for (let copy = 0; copy < 100; copy += 1) {
      await knex('tariff').insert(
        documents.map((document, index) => ({
          id: copy * 10 + index + 1,
          country_code: 'NL',
          party_id: 'TNM',
          tariff_id: `${document.id}-${copy}`,
          source_version: '2.3.0',
          document: JSON.stringify(document),
          currency: 'EUR',
          last_updated: new Date(),
          created_at: new Date(),
          received_at: new Date(),
          changed_at: new Date(),
          sequence: 1,
        })),
      );
    }
    await tariffStep.up(knex);
    const rows = await knex('tariff').select('document', 'obstacles');
    expect(rows).to.have.length(600);
    for (const { document, obstacles } of rows) {
      expect(obstacles, document).to.deep.equal(tariffObstacles(JSON.parse(document)));
    }
    expect(rows.filter(({ obstacles }) => obstacles.length > 0)).to.have.length(300);
  });

  it('0020: goes back with rows that are there, which then count as changed once', async () => {
    const { knex } = database;
    await hashStep.down(knex);
    const hashes = await knex('tariff').pluck('content_hash');
    expect(hashes).to.have.length(600);
    expect(hashes.every((hash: Buffer) => hash.length === 0)).to.equal(true);
    await hashStep.up(knex);
    expect(await knex.schema.hasColumn('tariff', 'content_hash')).to.equal(false);
    expect(await knex.schema.hasColumn('location', 'content_hash')).to.equal(false);
  });

  it('0009: a platform speaks what both sides speak from now on; a file keeps its version', async () => {
    const { knex } = database;
    await versionStep.down(knex);
    const usual = { schedule: '@hourly', full_schedule: '@daily' };
    await knex('source').insert([
      { ...usual, name: 'platform', kind: 'ocpi' },
      { ...usual, name: 'file', kind: 'ocpi-file', version: '2.1.1' },
    ]);
    await versionStep.up(knex);
    const versions = await knex('source').orderBy('name').pluck('version');
    expect(versions).to.deep.equal(['2.1.1', null]);
  });
});
