/**
 * Who is who: the official registers of operator IDs, and the compact form of every EVSE ID.
 *
 * `operator` holds what each authority lists, so one ID and role may stand there more than once where two
 * authorities list it; readers give the entry that holds (`db/reads/operators.ts`). What an authority no longer
 * lists stays, as DELISTED. `register` is the importer that brought an entry: one authority has one, but for the
 * plain table, whose rows name their authority themselves.
 *
 * `evse.compact_id` of rows that are there already is filled here, by the same parser that fills it from now on:
 * a pull of unchanged data rewrites no row, so without this they would stay empty for years.
 */
import type { Knex } from 'knex';
import { compactEvseId } from '../identifiers/evse-id.ts';

const OPERATORS = `
create table operator (
  country_code text        not null,
  operator_id  text        not null,
  role         text        not null,
  authority    text        not null,
  register     text        not null,
  status       text        not null,
  name         text,
  website      text,
  raw          text        not null,
  first_seen   timestamptz not null,
  last_seen    timestamptz not null,
  constraint operator_pk primary key (country_code, operator_id, role, authority),
  constraint operator_country_code_check check (country_code ~ '^[A-Z]{2}$'),
  constraint operator_operator_id_check check (operator_id ~ '^[A-Z0-9]{3}$'),
  constraint operator_role_check check (role in ('CPO', 'EMSP')),
  constraint operator_status_check
    check (status in ('ACTIVE', 'INACTIVE', 'SUSPENDED', 'RESERVED', 'UNKNOWN', 'DELISTED'))
);
create index operator_authority_index on operator (authority);

create table operator_history (
  id           bigint generated always as identity,
  country_code text        not null,
  operator_id  text        not null,
  role         text        not null,
  authority    text        not null,
  field        text        not null,
  before       text,
  after        text,
  changed_at   timestamptz not null,
  constraint operator_history_pk primary key (id),
  constraint operator_history_operator_fk foreign key (country_code, operator_id, role, authority)
    references operator (country_code, operator_id, role, authority) on delete cascade,
  constraint operator_history_field_check check (field in ('status', 'name'))
);
create index operator_history_operator_index
  on operator_history (country_code, operator_id, role, authority, id);

-- 'refused': too much would have changed; 'failed': the list could not be read. Both left everything as it was.
create table operator_import (
  id          bigint generated always as identity,
  register    text        not null,
  origin      text        not null,
  state       text        not null,
  forced      boolean     not null,
  received    integer     not null,
  entries     integer     not null,
  created     integer     not null,
  updated     integer     not null,
  unchanged   integer     not null,
  delisted    integer     not null,
  malformed   integer     not null,
  findings    jsonb       not null,
  problem     text,
  started_at  timestamptz not null,
  finished_at timestamptz not null,
  constraint operator_import_pk primary key (id),
  constraint operator_import_state_check check (state in ('imported', 'unchanged', 'refused', 'failed'))
);
create index operator_import_register_index on operator_import (register, id desc);

-- Where a register is read from by schedule. 'memory' is what makes the next request a conditional one.
create table operator_register (
  register   text        not null,
  url        text        not null,
  schedule   text        not null,
  memory     jsonb       not null default '{}',
  created_at timestamptz not null,
  constraint operator_register_pk primary key (register, url)
);
`;

/** Rows read and written at once: some hundred milliseconds of work. */
const BATCH_ROWS = 10_000;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(OPERATORS);
  await knex.raw('alter table evse add column compact_id text');
  await fillCompactIds(knex);
  // After the filling: an index is built faster than it is kept. EVSEs without an ID are not looked up.
  await knex.raw('create index evse_compact_id_index on evse (compact_id) where compact_id is not null');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table evse drop column compact_id;
    drop table operator_register, operator_import, operator_history, operator`);
}

interface Row {
  location: number;
  uid_key: string;
  evse_id: string;
}

async function fillCompactIds(knex: Knex): Promise<void> {
  let last: Pick<Row, 'location' | 'uid_key'> = { location: -1, uid_key: '' };
  for (;;) {
    const { rows } = await knex.raw<{ rows: Row[] }>(
      `select evse.location, evse.uid_key, evse.evse_id
         from evse
        where (evse.location, evse.uid_key) > (?, ?)
          and evse.evse_id is not null
        order by evse.location, evse.uid_key
        limit ?`,
      [last.location, last.uid_key, BATCH_ROWS],
    );
    const end = rows.at(-1);
    if (!end) return;
    last = end;
    const read = rows.flatMap((row) => {
      const compactId = compactEvseId(row.evse_id);
      return compactId === null ? [] : [{ ...row, compactId }];
    });
    await knex.raw(
      `update evse
          set compact_id = read.compact_id
         from unnest(?::bigint[], ?::text[], ?::text[]) as read (location, uid_key, compact_id)
        where evse.location = read.location
          and evse.uid_key = read.uid_key`,
      [read.map((row) => row.location), read.map((row) => row.uid_key), read.map((row) => row.compactId)],
    );
  }
}
