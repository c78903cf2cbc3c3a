/**
 * Data quality: what a finding is about (an EVSE, a Connector), which AFIR items an object lacks and since when,
 * what the operator of the access point does about a rule (policy) or forgives (waiver), and the figures of each
 * day. What is withheld stays in the registry and is shown to nobody but its owner; `public` says in one place
 * who is shown. Of EVSEs with the same ID, which one holds; how far the rules across objects have followed the
 * journal; and whoever wants to be told of findings has a webhook.
 */
import type { Knex } from 'knex';

const FINDINGS = `
-- 'part_key' is what a finding is about below its object, as it is compared: EVSE uid, or uid and connector id.
alter table finding
  add column part_key     text not null default '',
  add column evse_uid     text,
  add column connector_id text,
  add column evse_id      text,
  add column received     text;
drop index finding_open_unique;
create unique index finding_open_unique on finding (object_key, rule, part_key) where closed_at is null;
-- A party's open findings, page by page.
drop index finding_party_index;
create index finding_party_index on finding (country_code, party_id, id) where closed_at is null;
-- How far the table has come: with 'id', what an answer that is kept for a while is measured by.
create index finding_closed_at_index on finding (closed_at) where closed_at is not null;

-- 'party_id' and 'country_code' null: for all parties that have no policy of their own.
create table policy (
  id           bigint generated always as identity,
  rule         text        not null,
  country_code text,
  party_id     text,
  action       text        not null,
  set_at       timestamptz not null default now(),
  constraint policy_pk primary key (id),
  constraint policy_key_unique unique nulls not distinct (rule, country_code, party_id),
  constraint policy_action_check check (action in ('off', 'note', 'withhold', 'reject')),
  constraint policy_party_check check (num_nonnulls(country_code, party_id) in (0, 2)),
  constraint policy_case_check check (country_code = upper(country_code) and party_id = upper(party_id))
);

create table waiver (
  id           bigint generated always as identity,
  rule         text        not null,
  country_code text        not null,
  party_id     text        not null,
  reason       text        not null,
  until        date        not null,
  created_at   timestamptz not null default now(),
  constraint waiver_pk primary key (id),
  constraint waiver_key_unique unique (rule, country_code, party_id),
  constraint waiver_case_check check (country_code = upper(country_code) and party_id = upper(party_id))
);
`;

const OBJECTS = `
-- 'withheld_across': a rule across objects is why. 'asked_across' is what such rules look at: what is public, and what
-- would be but for them; else a finding would close by what it brought about.
-- 'missing_items' are AFIR items that the object lacks, 'missing_since' in the same order.
alter table location
  add column withheld      boolean       not null default false,
  add column withheld_across boolean     not null default false,
  add column missing_items text[]        not null default '{}',
  add column missing_since timestamptz[] not null default '{}',
  add column public        boolean       not null
    generated always as (publish and not expired and not withheld) stored,
  add column asked_across  boolean       not null
    generated always as (publish and not expired and (withheld_across or not withheld)) stored;
alter table tariff
  add column withheld        boolean not null default false,
  add column withheld_across boolean not null default false;
create index location_withheld_across_index on location (id) where withheld_across;
create index tariff_withheld_across_index on tariff (id) where withheld_across;
`;

const ACROSS = `
-- EVSEs that share their compact ID with another one. 'reason' is what decided between the one that holds and this
-- one, or, of the one that holds, between it and the next. No foreign key: a row outlives its EVSE until the round
-- that finds out, for its twins are known by it.
create table evse_twin (
  location   bigint  not null,
  uid_key    text    not null,
  compact_id text    not null,
  holds      boolean not null,
  reason     text    not null,
  constraint evse_twin_pk primary key (location, uid_key),
  constraint evse_twin_reason_check check (reason in ('shown', 'direct', 'newer', 'fuller', 'earlier'))
);
create index evse_twin_compact_id_index on evse_twin (compact_id);

-- One row. 'sequence' is the position up to which the rules across objects were asked, 'changed_at' the registry's
-- time there. 'basis' is what was known when a round asked them of everything. 'recheck_...' is the same for rules
-- about single objects, and how far the walk has come; null: it is over.
create table rule_round (
  only_row         boolean     not null default true,
  sequence         bigint      not null default 0,
  changed_at       timestamptz,
  basis            text,
  full_round_at    timestamptz,
  recheck_basis    text,
  recheck_location bigint,
  recheck_tariff   bigint,
  constraint rule_round_pk primary key (only_row),
  constraint rule_round_only_row_check check (only_row)
);
insert into rule_round default values;
`;

const DAYS = `
create table quality_day (
  day          date   not null,
  country_code text   not null,
  party_id     text   not null,
  locations    bigint not null,
  evses        bigint not null,
  connectors   bigint not null,
  findings     jsonb  not null,
  coverage     jsonb  not null,
  p50_s        double precision,
  p95_s        double precision,
  score        double precision,
  constraint quality_day_pk primary key (day, country_code, party_id)
);
`;

const WEBHOOKS = `
-- Whom findings of a connection's parties are told to. 'busy_until' is the claim of the process that tells.
create table finding_webhook (
  connection_id   bigint      not null,
  url             text        not null,
  sealed_secret   text        not null,
  failures        integer     not null default 0,
  next_try_at     timestamptz,
  busy_until      timestamptz,
  broken_at       timestamptz,
  last_error      text,
  last_success_at timestamptz,
  created_at      timestamptz not null,
  constraint finding_webhook_pk primary key (connection_id),
  constraint finding_webhook_connection_fk foreign key (connection_id) references connection (id) on delete cascade
);

-- What it knows to be open: the position of a webhook. Findings are numbered before they are committed, so a
-- number would pass over one that commits later; what was told can be compared with what is.
create table finding_told (
  connection_id bigint not null,
  finding       bigint not null,
  constraint finding_told_pk primary key (connection_id, finding),
  constraint finding_told_webhook_fk foreign key (connection_id)
    references finding_webhook (connection_id) on delete cascade,
  constraint finding_told_finding_fk foreign key (finding) references finding (id) on delete cascade
);
create index finding_told_finding_index on finding_told (finding);
`;

export async function up(knex: Knex): Promise<void> {
  for (const statements of [FINDINGS, OBJECTS, ACROSS, DAYS, WEBHOOKS]) {
    await knex.raw(statements);
  }
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table finding_told, finding_webhook;
    drop table quality_day;
    drop table rule_round;
    drop table evse_twin;
    alter table tariff drop column withheld, drop column withheld_across;
    alter table location drop column public, drop column asked_across;
    alter table location drop column withheld, drop column withheld_across, drop column missing_items, drop column missing_since;
    drop table waiver;
    drop table policy;
    delete from finding where part_key <> '' or producer = 'registry';
    drop index finding_open_unique, finding_party_index, finding_closed_at_index;
    alter table finding
      drop column part_key, drop column evse_uid, drop column connector_id, drop column evse_id,
      drop column received;
    create unique index finding_open_unique on finding (object_key, rule) where closed_at is null;
    create index finding_party_index on finding (country_code, party_id) where closed_at is null;`);
}
