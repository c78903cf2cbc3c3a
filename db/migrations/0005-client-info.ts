/**
 * What hubs tell of the parties behind them (OCPI HubClientInfo): one row for each party and role. And the order
 * in which the parties of a connection were named, because the first of a hub's is the hub itself.
 */
import type { Knex } from 'knex';

const UP = `
create table client_info (
  connection_id bigint      not null,
  country_code  text        not null,
  party_id      text        not null,
  role          text        not null,
  status        text        not null,
  last_updated  timestamptz not null,
  received_at   timestamptz not null,
  constraint client_info_pk primary key (connection_id, country_code, party_id, role),
  constraint client_info_connection_fk foreign key (connection_id)
    references connection (id) on delete cascade,
  constraint client_info_case_check
    check (country_code = upper(country_code) and party_id = upper(party_id)),
  constraint client_info_role_check
    check (role in ('CPO', 'EMSP', 'HUB', 'NAP', 'NSP', 'OTHER', 'SCSP')),
  constraint client_info_status_check
    check (status in ('CONNECTED', 'OFFLINE', 'PLANNED', 'SUSPENDED'))
);

alter table connection_party
  add column position integer not null default 0;
`;

const DOWN = `
alter table connection_party
  drop column position;

drop table client_info;
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(UP);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(DOWN);
}
