/**
 * Which pulled objects are known to the last byte: the short cut that makes a pull of unchanged data cost
 * little more than reading and hashing it.
 */
import type { Knex } from 'knex';
import type { Module, Owner, Speaker } from '../model.ts';
import { speakerColumns } from '../registry/location-table.ts';

export interface Input {
  readonly owner: Owner;
  readonly id: string;
  readonly inputHash: Buffer;
}

/** Bytes of a hash by which an input is recognised: enough to be hardly ever wrong, and a number still holds them. */
const PREFIX_BYTES = 6;

/** The beginning of the hash of an input, as a number. */
export function inputPrefix(inputHash: Buffer, offset = 0): number {
  return inputHash.readUIntBE(offset, PREFIX_BYTES);
}

/** The beginnings of the hashes of all inputs of this speaker from which an object came as it now stands. */
export async function readInputPrefixes(
  knex: Knex,
  module: Module,
  speaker: Speaker,
): Promise<ReadonlySet<number>> {
  const table = module === 'locations' ? 'location' : 'tariff';
  const { connection_id, source_id } = speakerColumns(speaker);
  const { rows } = await knex.raw<{ rows: { prefixes: Buffer | null }[] }>(
    `select string_agg(substr(${table}.input_hash, 1, ${PREFIX_BYTES}), ''::bytea) as prefixes
       from ${table}
      where ${table}.connection_id is not distinct from ?::bigint
        and ${table}.source_id is not distinct from ?::bigint`,
    [connection_id, source_id],
  );
  const prefixes = rows[0]?.prefixes ?? Buffer.alloc(0);
  const known = new Set<number>();
  for (let offset = 0; offset < prefixes.length; offset += PREFIX_BYTES)
    known.add(inputPrefix(prefixes, offset));
  return known;
}

/**
 * For each input, whether the registry's present state came from exactly this input of this speaker. False
 * whenever anything else has touched the object since.
 *
 * Hash and speaker are compared in the select list, not in the condition: there the planner takes the index on
 * the speaker, which holds every object of a national feed, for the selective one.
 */
export async function readKnownInputs(
  knex: Knex,
  module: Module,
  speaker: Speaker,
  inputs: readonly Input[],
): Promise<boolean[]> {
  const [table, idColumn] =
    module === 'locations' ? ['location', 'location.location_id'] : ['tariff', 'tariff.tariff_id'];
  const { connection_id, source_id } = speakerColumns(speaker);
  const { rows } = await knex.raw<{ rows: { place: number; known: boolean }[] }>(
    `select input.place,
            coalesce(${table}.input_hash = input.input_hash, false)
            and ${table}.connection_id is not distinct from ?::bigint
            and ${table}.source_id is not distinct from ?::bigint as known
       from unnest(?::text[], ?::text[], ?::text[], ?::bytea[]) with ordinality
            as input (country_code, party_id, object_key, input_hash, place)
       join ${table}
         on ${table}.country_code = input.country_code
        and ${table}.party_id = input.party_id
        and lower(${idColumn}) = input.object_key`,
    [
      connection_id,
      source_id,
      inputs.map((input) => input.owner.countryCode),
      inputs.map((input) => input.owner.partyId),
      inputs.map((input) => input.id.toLowerCase()),
      inputs.map((input) => input.inputHash),
    ],
  );
  const known = new Set(rows.filter((row) => row.known).map((row) => row.place));
  return inputs.map((_, index) => known.has(index + 1));
}
