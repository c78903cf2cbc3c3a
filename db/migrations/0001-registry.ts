/**
 * The registry: who speaks (connection, source, voice), what is known (location, evse, connector, tariff),
 * what happened (change, ingest_run, rejected_record, finding).
 *
 * Owners are kept in upper case and ids as sent; ids are compared without case through `lower()` (OCPI
 * CiString). `journal_head` is one row: whoever changes the registry updates it last and holds it until
 * commit, so positions are handed out in the order of commits (design, section 3).
 */
import type { Knex } from 'knex';

const PARTIES_AND_PARTNERS = `
create table connection (
  id              bigint generated always as identity,
  name            text        not null,
  role            text        not null,
  version         text        not null default '2.2.1',
  strictness      text        not null default 'report',
  clock           text        not null default 'registry',
  token_form      text        not null default 'base64',
  push_only       boolean     not null default false,
  token_hash      bytea       not null,
  token_kind      text        not null,
  token_form_seen text,
  created_at      timestamptz not null default now(),
  last_contact_at timestamptz,
  constraint connection_pk primary key (id),
  constraint connection_name_unique unique (name),
  constraint connection_token_hash_unique unique (token_hash),
  constraint connection_role_check check (role in ('CPO', 'EMSP', 'HUB', 'NAP', 'NSP', 'OTHER', 'SCSP')),
  constraint connection_strictness_check check (strictness in ('report', 'reject')),
  constraint connection_clock_check check (clock in ('registry', 'object')),
  constraint connection_token_form_check check (token_form in ('base64', 'raw')),
  constraint connection_token_kind_check check (token_kind in ('static', 'registration', 'credentials'))
);

create table connection_party (
  connection_id bigint not null,
  country_code  text   not null,
  party_id      text   not null,
  constraint connection_party_pk primary key (connection_id, country_code, party_id),
  constraint connection_party_connection_fk foreign key (connection_id)
    references connection (id) on delete cascade,
  constraint connection_party_case_check
    check (country_code = upper(country_code) and party_id = upper(party_id))
);

create table source (
  id                   bigint generated always as identity,
  name                 text        not null,
  kind                 text        not null,
  connection_id        bigint,
  url                  text,
  options              jsonb       not null default '{}',
  sealed_token         text,
  version              text        not null default '2.2.1',
  strictness           text        not null default 'report',
  schedule             text        not null,
  full_schedule        text        not null,
  shrink_limit         real        not null default 0.2,
  state                text        not null default 'idle',
  last_started_at      timestamptz,
  last_finished_at     timestamptz,
  last_good_started_at timestamptz,
  last_full_at         timestamptz,
  last_error           text,
  consecutive_failures integer     not null default 0,
  broken_at            timestamptz,
  memory               jsonb       not null default '{}',
  created_at           timestamptz not null default now(),
  constraint source_pk primary key (id),
  constraint source_name_unique unique (name),
  constraint source_connection_fk foreign key (connection_id) references connection (id) on delete cascade,
  constraint source_strictness_check check (strictness in ('report', 'reject')),
  constraint source_shrink_limit_check check (shrink_limit between 0 and 1),
  constraint source_state_check
    check (state in ('idle', 'running', 'complete', 'partial', 'held', 'failed'))
);

create table source_party (
  source_id    bigint not null,
  country_code text   not null,
  party_id     text   not null,
  constraint source_party_pk primary key (source_id, country_code, party_id),
  constraint source_party_source_fk foreign key (source_id) references source (id) on delete cascade,
  constraint source_party_case_check
    check (country_code = upper(country_code) and party_id = upper(party_id))
);

-- One voice an owner and module. 'registered': named by a person; otherwise taken by the first to bring one.
create table voice (
  country_code  text    not null,
  party_id      text    not null,
  module        text    not null,
  connection_id bigint,
  source_id     bigint,
  registered    boolean not null,
  constraint voice_pk primary key (country_code, party_id, module),
  constraint voice_connection_fk foreign key (connection_id) references connection (id) on delete cascade,
  constraint voice_source_fk foreign key (source_id) references source (id) on delete cascade,
  constraint voice_speaker_check check (num_nonnulls(connection_id, source_id) = 1),
  constraint voice_module_check check (module in ('locations', 'tariffs')),
  constraint voice_case_check check (country_code = upper(country_code) and party_id = upper(party_id))
);
`;

const OBJECTS = `
create table journal_head (
  only_row      boolean     not null default true,
  sequence      bigint      not null default 0,
  last_location bigint      not null default 0,
  last_tariff   bigint      not null default 0,
  changed_at    timestamptz not null default now(),
  constraint journal_head_pk primary key (only_row),
  constraint journal_head_only_row_check check (only_row)
);
insert into journal_head default values;

-- 'document' is what the owner sent, as served. 'withdrawn_document' is the last public state with every
-- EVSE REMOVED, kept while the owner no longer publishes the Location. 'omitted_evses' names the EVSEs that
-- we, not their owner, set to REMOVED, and 'vanished' a Location that a complete pull no longer had: both
-- come back when their owner sends them again, whatever their age.
create table location (
  id                 bigint      not null,
  country_code       text        not null,
  party_id           text        not null,
  location_id        text        not null,
  connection_id      bigint,
  source_id          bigint,
  source_version     text        not null,
  document           text        not null,
  withdrawn_document text,
  as_stored          text[]      not null,
  content_hash       bytea       not null,
  input_hash         bytea,
  publish            boolean     not null,
  expired            boolean     not null,
  omitted_evses      text[]      not null default '{}',
  vanished           boolean     not null default false,
  name               text,
  address            text        not null,
  postal_code        text,
  city               text        not null,
  country            text        not null,
  time_zone          text        not null,
  parking_type       text,
  operator_name      text,
  geometry           geometry(Point, 4326) not null,
  last_updated       timestamptz not null,
  created_at         timestamptz not null,
  received_at        timestamptz not null,
  changed_at         timestamptz not null,
  sequence           bigint      not null,
  constraint location_pk primary key (id),
  constraint location_connection_fk foreign key (connection_id) references connection (id) on delete set null,
  constraint location_source_fk foreign key (source_id) references source (id) on delete set null,
  constraint location_case_check check (country_code = upper(country_code) and party_id = upper(party_id))
);
create unique index location_key_unique on location (country_code, party_id, lower(location_id));
create index location_location_id_index on location (lower(location_id));
create index location_changed_at_index on location (changed_at);
create index location_last_updated_index on location (last_updated);
create index location_connection_index on location (connection_id);
create index location_source_index on location (source_id);
create index location_geometry_index on location using gist (geometry);

create table evse (
  location           bigint      not null,
  uid_key            text        not null,
  uid                text        not null,
  evse_id            text,
  status             text        not null,
  capabilities       text[]      not null,
  parking_restrictions text[]    not null,
  floor_level        text,
  physical_reference text,
  geometry           geometry(Point, 4326) not null,
  last_updated       timestamptz not null,
  constraint evse_pk primary key (location, uid_key),
  constraint evse_location_fk foreign key (location) references location (id) on delete cascade
);
create index evse_uid_index on evse (uid_key);

create table connector (
  location           bigint      not null,
  uid_key            text        not null,
  connector_key      text        not null,
  connector_id       text        not null,
  standard           text        not null,
  format             text        not null,
  power_type         text        not null,
  max_voltage        bigint      not null,
  max_amperage       bigint      not null,
  max_electric_power bigint,
  max_power          bigint      not null,
  tariff_ids         text[]      not null,
  last_updated       timestamptz not null,
  constraint connector_pk primary key (location, uid_key, connector_key),
  constraint connector_evse_fk foreign key (location, uid_key)
    references evse (location, uid_key) on delete cascade
);

create table tariff (
  id              bigint      not null,
  country_code    text        not null,
  party_id        text        not null,
  tariff_id       text        not null,
  connection_id   bigint,
  source_id       bigint,
  source_version  text        not null,
  document        text        not null,
  content_hash    bytea       not null,
  input_hash      bytea,
  currency        text        not null,
  type            text,
  start_date_time timestamptz,
  end_date_time   timestamptz,
  last_updated    timestamptz not null,
  created_at      timestamptz not null,
  received_at     timestamptz not null,
  changed_at      timestamptz not null,
  sequence        bigint      not null,
  constraint tariff_pk primary key (id),
  constraint tariff_connection_fk foreign key (connection_id) references connection (id) on delete set null,
  constraint tariff_source_fk foreign key (source_id) references source (id) on delete set null,
  constraint tariff_case_check check (country_code = upper(country_code) and party_id = upper(party_id))
);
create unique index tariff_key_unique on tariff (country_code, party_id, lower(tariff_id));
create index tariff_changed_at_index on tariff (changed_at);
create index tariff_last_updated_index on tariff (last_updated);
create index tariff_connection_index on tariff (connection_id);
create index tariff_source_index on tariff (source_id);
`;

const HISTORY = `
-- The ordered journal. 'action' is as the public sees it; 'public' is false for what it must not hear of.
create table change (
  sequence     bigint      not null,
  kind         text        not null,
  action       text        not null,
  public       boolean     not null,
  object       bigint      not null,
  country_code text        not null,
  party_id     text        not null,
  object_id    text        not null,
  changed_at   timestamptz not null,
  constraint change_pk primary key (sequence),
  constraint change_kind_check check (kind in ('location', 'status', 'tariff')),
  constraint change_action_check check (action in ('upsert', 'delete'))
);

create table ingest_run (
  id          bigint generated always as identity,
  source_id   bigint      not null,
  "full"      boolean     not null,
  state       text        not null,
  started_at  timestamptz not null,
  finished_at timestamptz,
  received    integer     not null default 0,
  created     integer     not null default 0,
  updated     integer     not null default 0,
  unchanged   integer     not null default 0,
  stale       integer     not null default 0,
  rejected    integer     not null default 0,
  failed      integer     not null default 0,
  removed     integer     not null default 0,
  findings    integer     not null default 0,
  problem     text,
  constraint ingest_run_pk primary key (id),
  constraint ingest_run_source_fk foreign key (source_id) references source (id) on delete cascade,
  constraint ingest_run_state_check
    check (state in ('running', 'complete', 'partial', 'held', 'failed'))
);
create index ingest_run_source_index on ingest_run (source_id, id desc);

-- What was refused, once a speaker and object, with the reasons of the last refusal.
create table rejected_record (
  id            bigint generated always as identity,
  connection_id bigint,
  source_id     bigint,
  module        text        not null,
  object_key    text        not null,
  country_code  text,
  party_id      text,
  object_id     text,
  reason        text        not null,
  problems      jsonb       not null,
  document      text        not null,
  occurrences   integer     not null default 1,
  first_seen    timestamptz not null,
  last_seen     timestamptz not null,
  constraint rejected_record_pk primary key (id),
  constraint rejected_record_key_unique
    unique nulls not distinct (connection_id, source_id, module, object_key),
  constraint rejected_record_connection_fk foreign key (connection_id)
    references connection (id) on delete cascade,
  constraint rejected_record_source_fk foreign key (source_id) references source (id) on delete cascade,
  constraint rejected_record_speaker_check check (num_nonnulls(connection_id, source_id) = 1)
);

-- 'object_key' is module, owner and id as they are compared: the one thing that findings are looked up by.
create table finding (
  id           bigint generated always as identity,
  object_key   text        not null,
  module       text        not null,
  country_code text        not null,
  party_id     text        not null,
  object_id    text        not null,
  producer     text        not null,
  rule         text        not null,
  severity     text        not null,
  path         text        not null,
  message      text        not null,
  occurrences  integer     not null,
  first_seen   timestamptz not null,
  last_seen    timestamptz not null,
  closed_at    timestamptz,
  constraint finding_pk primary key (id),
  constraint finding_module_check check (module in ('locations', 'tariffs')),
  constraint finding_severity_check check (severity in ('info', 'warning', 'error'))
);
create unique index finding_open_unique on finding (object_key, rule) where closed_at is null;
create index finding_party_index on finding (country_code, party_id) where closed_at is null;
create index finding_rule_index on finding (rule) where closed_at is null;
`;

export async function up(knex: Knex): Promise<void> {
  for (const statements of [PARTIES_AND_PARTNERS, OBJECTS, HISTORY]) {
    await knex.raw(statements);
  }
}

/** The first step has no way back but an empty database. */
export async function down(): Promise<void> {
  throw new Error('0001-registry cannot be undone: restore a backup, or start with an empty database');
}
