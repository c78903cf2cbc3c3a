/**
 * Tariffs: read under lock, written and deleted as sets. The columns are derived from the document here.
 */
import type { Knex } from 'knex';
import type { Owner, Speaker, Tariff } from '../model.ts';
import { byteaText, timestampText } from './column-values.ts';
import { asLastTold, asLastToldTime } from './journal.ts';
import { speakerColumns, speakerOfRow } from './location-table.ts';
import { tariffObstacles } from './tariff-obstacles.ts';

/** A Tariff as stored, read under a lock that holds until the transaction ends. */
export interface StoredTariff {
  id: number;
  document: Tariff;
  sourceVersion: string;
  inputHash: Buffer | null;
  speaker: Speaker | null;
  receivedAt: Date;
  withheld: boolean;
  withheldAcross: boolean;
  createdAt: Date;
  changedAt: Date;
  sequence: number;
}

interface StoredTariffRow {
  id: number;
  country_code: string;
  party_id: string;
  tariff_key: string;
  document: string;
  source_version: string;
  input_hash: Buffer | null;
  connection_id: number | null;
  source_id: number | null;
  received_at: Date;
  withheld: boolean;
  withheld_across: boolean;
  created_at: Date;
  changed_at: Date;
  sequence: number;
}

export interface TariffWrite {
  id: number;
  owner: Owner;
  speaker: Speaker | null;
  document: Tariff;
  sourceVersion: string;
  inputHash: Buffer | null;
  withheld: boolean;
  /** By a rule across objects. */
  withheldAcross: boolean;
  createdAt: Date;
  receivedAt: Date;
  changedAt: Date;
  sequence: number;
}

/** Reads the Tariffs of these keys and locks them in the order of their ids. Answers by `objectKey`. */
export async function lockTariffs(
  transaction: Knex.Transaction,
  keys: readonly { owner: Owner; id: string }[],
): Promise<Map<string, StoredTariff>> {
  const { rows } = await transaction.raw<{ rows: StoredTariffRow[] }>(
    `select tariff.id, tariff.country_code, tariff.party_id, lower(tariff.tariff_id) as tariff_key,
            tariff.document, tariff.source_version, tariff.input_hash,
            tariff.connection_id, tariff.source_id, tariff.received_at, tariff.withheld,
            tariff.withheld_across, tariff.created_at, tariff.changed_at, tariff.sequence
       from tariff
       join unnest(?::text[], ?::text[], ?::text[]) as wanted (country_code, party_id, tariff_key)
         on tariff.country_code = wanted.country_code
        and tariff.party_id = wanted.party_id
        and lower(tariff.tariff_id) = wanted.tariff_key
      order by tariff.id
        for update of tariff`,
    [
      keys.map((key) => key.owner.countryCode),
      keys.map((key) => key.owner.partyId),
      keys.map((key) => key.id.toLowerCase()),
    ],
  );
  return new Map(
    rows.map((row) => [
      `${row.country_code}/${row.party_id}/${row.tariff_key}`,
      {
        id: row.id,
        document: JSON.parse(row.document),
        sourceVersion: row.source_version,
        inputHash: row.input_hash,
        speaker: speakerOfRow(row),
        receivedAt: row.received_at,
        withheld: row.withheld,
        withheldAcross: row.withheld_across,
        createdAt: row.created_at,
        changedAt: row.changed_at,
        sequence: row.sequence,
      },
    ]),
  );
}

/** Writes Tariffs: new ids are inserted, known ones replaced. */
export async function writeTariffs(
  transaction: Knex.Transaction,
  writes: readonly TariffWrite[],
): Promise<void> {
  if (writes.length > 0) {
    await transaction.raw(WRITE_TARIFFS, [JSON.stringify(writes.map(tariffRow))]);
  }
}

/** Deletes Tariffs by id; connectors that name them keep the name (TR-03). */
export async function deleteTariffs(transaction: Knex.Transaction, ids: readonly number[]): Promise<void> {
  if (ids.length > 0) {
    await transaction.raw('delete from tariff where tariff.id = any(?::bigint[])', [[...ids]]);
  }
}

const WRITE_TARIFFS = `
insert into tariff (
       id, country_code, party_id, tariff_id, connection_id, source_id, source_version, document,
       input_hash, withheld, withheld_across, currency, type, start_date_time, end_date_time, obstacles,
       last_updated, created_at, received_at, changed_at, sequence)
select t.id, t.country_code, t.party_id, t.tariff_id, t.connection_id, t.source_id, t.source_version, t.document,
       t.input_hash, t.withheld, t.withheld_across, t.currency, t.type, t.start_date_time, t.end_date_time, t.obstacles,
       t.last_updated, t.created_at, t.received_at, t.changed_at, t.sequence
  from json_to_recordset(?) as t(
         id bigint, country_code text, party_id text, tariff_id text, connection_id bigint, source_id bigint,
         source_version text, document text, input_hash bytea, withheld boolean,
         withheld_across boolean, currency text, type text, start_date_time timestamptz, end_date_time timestamptz,
         obstacles text[], last_updated timestamptz,
         created_at timestamptz, received_at timestamptz, changed_at timestamptz, sequence bigint)
on conflict (id) do update
   set tariff_id       = excluded.tariff_id,
       connection_id   = excluded.connection_id,
       source_id       = excluded.source_id,
       source_version  = excluded.source_version,
       document        = excluded.document,
       published_document = ${asLastTold('tariff')},
       input_hash      = excluded.input_hash,
       withheld        = excluded.withheld,
       withheld_across = excluded.withheld_across,
       currency        = excluded.currency,
       type            = excluded.type,
       start_date_time = excluded.start_date_time,
       end_date_time   = excluded.end_date_time,
       obstacles       = excluded.obstacles,
       last_updated    = excluded.last_updated,
       published_last_updated = ${asLastToldTime('tariff')},
       received_at     = excluded.received_at,
       changed_at      = excluded.changed_at,
       sequence        = excluded.sequence`;

function tariffRow(write: TariffWrite): object {
  const { document } = write;
  return {
    id: write.id,
    country_code: write.owner.countryCode,
    party_id: write.owner.partyId,
    tariff_id: document.id,
    ...speakerColumns(write.speaker),
    source_version: write.sourceVersion,
    document: JSON.stringify(document),
    input_hash: byteaText(write.inputHash),
    withheld: write.withheld,
    withheld_across: write.withheldAcross,
    currency: document.currency,
    type: document.type ?? null,
    start_date_time: document.start_date_time ? timestampText(document.start_date_time) : null,
    end_date_time: document.end_date_time ? timestampText(document.end_date_time) : null,
    obstacles: tariffObstacles(document),
    last_updated: timestampText(document.last_updated),
    created_at: write.createdAt,
    received_at: write.receivedAt,
    changed_at: write.changedAt,
    sequence: write.sequence,
  };
}
