/**
 * What of a Tariff older OCPI versions have no words for (`db/registry/tariff-obstacles.ts`), beside the Tariff.
 * Tariffs that are there already are looked at once, here: what a migration does must not change with the code.
 */
import type { Knex } from 'knex';

/** Tariffs in one step: bounds the memory. */
const BATCH = 500;

interface Row {
  id: number;
  document: string;
}

interface Element {
  price_components: { vat?: unknown }[];
  restrictions?: Record<string, unknown> | null;
}

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`alter table tariff add column obstacles text[] not null default '{}'`);
  for (let after = 0; ; ) {
    const { rows } = await knex.raw<{ rows: Row[] }>(
      'select tariff.id, tariff.document from tariff where tariff.id > ? order by tariff.id limit ?',
      [after, BATCH],
    );
    const last = rows.at(-1);
    if (!last) return;
    const found = rows.flatMap(({ id, document }) => {
      const obstacles = obstaclesOf(JSON.parse(document));
      return obstacles.length > 0 ? [{ id, obstacles }] : [];
    });
    if (found.length > 0) {
      await knex.raw(
        `update tariff
            set obstacles = found.obstacles
           from json_to_recordset(?) as found (id bigint, obstacles text[])
          where tariff.id = found.id`,
        [JSON.stringify(found)],
      );
    }
    after = last.id;
  }
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table tariff drop column obstacles');
}

function obstaclesOf({ tax_included, elements }: { tax_included: string; elements: Element[] }): string[] {
  const components = elements.flatMap((element) => element.price_components);
  const hasTax = tax_included === 'YES' && components.some(({ vat }) => typeof vat !== 'number');
  const isConditional = elements.every(({ restrictions }) =>
    ['min_current', 'max_current', 'reservation'].some((field) => (restrictions?.[field] ?? null) !== null),
  );
  return [...(hasTax ? ['tax'] : []), ...(isConditional ? ['conditions'] : [])];
}
