/**
 * Brings a test's database back to how the migrations left it: every table emptied, the rows and
 * counters that migrations put there restored. Tables of extensions and of Knex are left alone.
 */
import type { Knex } from 'knex';

/** What the migrations put into the tables, as row literals, and where the sequences stood. */
export interface Seed {
  tables: string[];
  rows: { table: string; columns: string; literals: string[] }[];
  sequences: { name: string; value: number; called: boolean }[];
}

const OWN_TABLES = `
  select format('%I.%I', n.nspname, c.relname) as name,
         (select string_agg(quote_ident(a.attname), ', ' order by a.attnum)
            from pg_attribute a
           where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '') as columns
    from pg_class c
    join pg_namespace n on n.oid = c.relnamespace
   where c.relkind in ('r', 'p')
     and not c.relispartition
     and n.nspname !~ '^(pg_|information_schema$)'
     and c.relname !~ '^knex_migrations'
     and not exists (select from pg_depend d
                      where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
   order by 1`;

const SEQUENCES = `
  select format('%I.%I', schemaname, sequencename) as name,
         coalesce(last_value, start_value)         as value,
         last_value is not null                    as called
    from pg_sequences
   where sequencename !~ '^knex_migrations'`;

/** The parts of a schema that a test could change and a later one would stumble over; 16384 is the first id of a user's object. */
const SIGNATURE = `
  select md5(string_agg(part, e'\\n' order by part)) as signature
    from (select concat_ws(' ', 'class', oid, relname, relkind, relnamespace)
            from pg_class where oid >= 16384 and relkind <> 't'
          union all
          select concat_ws(' ', 'attribute', attrelid, attname, atttypid, attnotnull, attgenerated, attidentity)
            from pg_attribute where attrelid >= 16384 and attnum > 0
          union all
          select concat_ws(' ', 'default', adrelid, adnum, pg_get_expr(adbin, adrelid)) from pg_attrdef
          union all
          select concat_ws(' ', 'constraint', conname, pg_get_constraintdef(oid))
            from pg_constraint where oid >= 16384
          union all
          select concat_ws(' ', 'function', oid, proname, md5(prosrc)) from pg_proc where oid >= 16384
          union all
          select concat_ws(' ', 'trigger', tgrelid, tgname, tgenabled) from pg_trigger where not tgisinternal
          union all
          select concat_ws(' ', 'schema', nspname) from pg_namespace where nspname !~ '^pg_(temp|toast_temp)'
          union all
          select concat_ws(' ', 'type', typname) from pg_type where oid >= 16384
         ) parts (part)`;

/** A digest of the whole schema: equal before and after means that nothing was created, changed or dropped. */
export async function schemaSignature(knex: Knex): Promise<string> {
  const { rows } = await knex.raw<{ rows: { signature: string }[] }>(SIGNATURE);
  return rows[0]?.signature ?? '';
}

/** Reads what a freshly migrated database holds. */
export async function readSeed(knex: Knex): Promise<Seed> {
  const { rows: tables } = await knex.raw<{ rows: { name: string; columns: string }[] }>(OWN_TABLES);
  const seed: Seed = { tables: tables.map(({ name }) => name), rows: [], sequences: [] };
  for (const { name, columns } of tables) {
    const { rows } = await knex.raw<{ rows: { literal: string }[] }>(
      `select t::text as literal from ${name} t`,
    );
    const literals = rows.map(({ literal }) => literal);
    if (literals.length > 0) seed.rows.push({ table: name, columns, literals });
  }
  seed.sequences = (await knex.raw<{ rows: Seed['sequences'] }>(SEQUENCES)).rows;
  return seed;
}

/** Empties all tables and puts the seed back, in one transaction. */
export async function fillSeed(knex: Knex, seed: Seed): Promise<void> {
  if (seed.tables.length === 0) return;
  await knex.transaction(async (transaction) => {
    await transaction.raw(`truncate ${seed.tables.join(', ')} restart identity cascade`);
    // Rows come back as they were, without triggers and the order that foreign keys ask for.
    await transaction.raw('set local session_replication_role to replica');
    for (const { table, columns, literals } of seed.rows) {
      const fields = columns.replace(/(^|, )/g, '$1(r).');
      await transaction.raw(
        `insert into ${table} (${columns}) overriding system value
         select ${fields} from (select unnest(?::text[])::${table} as r) literals`,
        [literals],
      );
    }
    for (const { name, value, called } of seed.sequences) {
      await transaction.raw('select setval(?::regclass, ?::int8, ?::boolean)', [name, value, called]);
    }
  });
}
