/**
 * What vector tiles are made of: each public Location as tiles show it, and counts of them by cell for the tiles of
 * low zooms. `place` and `cell` are explained in `db/tile-grid.ts`. All of it follows from the registry and is kept
 * by a job (`db/registry/tile-keeper.ts`), which fills the tables after this migration.
 */
import type { Knex } from 'knex';

const TABLES = `
-- One row. 'sequence' is the position in the journal up to which the two tables are right. 'walked_to' is the last
-- Location of the walk through all of them that comes first; null: it is over.
create table tile_head (
  only_row  boolean not null default true,
  sequence  bigint  not null default 0,
  walked_to bigint           default 0,
  constraint tile_head_pk primary key (only_row),
  constraint tile_head_only_row_check check (only_row)
);
insert into tile_head default values;

-- 'x' and 'y' are the pixel of zoom 14, 'cell' the cell of the deepest zoom in tile_cell, 'id' is the public one (CC-PTY-locationid), 'max_power' is in watt. Most
-- changes are statuses: there is room for the new row beside the old one. No foreign key: a row goes when the
-- journal says that its Location is shown no more.
create table tile_point (
  location  bigint  not null,
  place     bigint  not null,
  cell      bigint  not null,
  x         integer not null,
  y         integer not null,
  id        text    not null,
  name      text,
  operator  text,
  evses     integer not null,
  available integer not null,
  max_power bigint,
  constraint tile_point_pk primary key (location)
) with (fillfactor = 80);
create index tile_point_cell_index on tile_point (cell);

-- 'operator' is the one of all Locations in the cell, null where they differ; 'location' the only one, null where
-- there are more; the sums are over the Locations, for the middle of them.
create table tile_cell (
  zoom      smallint not null,
  cell      bigint   not null,
  locations integer  not null,
  evses     integer  not null,
  available integer  not null,
  max_power bigint,
  operator  text,
  location  bigint,
  x_sum     bigint   not null,
  y_sum     bigint   not null,
  constraint tile_cell_pk primary key (zoom, cell)
) with (fillfactor = 80);
`;

export async function up(knex: Knex): Promise<void> {
  await knex.raw(TABLES);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table tile_cell, tile_point, tile_head');
}
