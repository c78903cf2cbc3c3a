/**
 * Who has stopped speaking: sources without a good pull and connections without a word, with the parties they speak
 * for. It is about no object, so it is no finding: it is read when somebody asks, and is over as soon as they speak.
 *
 * Names of sources and connections are for the operator of the access point; the public may be told the parties and
 * since when (design, section 6).
 */
import type { Knex } from 'knex';
import type { Owner } from '../model.ts';

export interface SilentSpeaker {
  readonly kind: 'source' | 'connection';
  readonly name: string;
  /** The last good pull, or the last contact; null: never. */
  readonly lastHeardAt: Date | null;
  /** Those it is the voice of, of any module. */
  readonly owners: readonly Owner[];
}

/** Hours. Sources are pulled every few minutes to once a day; two nights without a good pull are no accident. */
const SOURCE_SILENCE_HOURS = 48;
/** Hours. A platform that pushes status changes speaks every few minutes; a small one not on every weekend. */
const CONNECTION_SILENCE_HOURS = 7 * 24;

interface Row {
  kind: SilentSpeaker['kind'];
  name: string;
  last_heard_at: Date | null;
  owners: { country_code: string; party_id: string }[];
}

/** Sources, and connections that are the voice of a party, by the time they were last heard. */
export async function readSilentSources(knex: Knex, now: Date): Promise<SilentSpeaker[]> {
  const { rows } = await knex.raw<{ rows: Row[] }>(
    `with speaker as (
       select 'source' as kind, source.name, source.last_good_started_at as last_heard_at, source.created_at,
              source.id as source_id, null::bigint as connection_id,
              interval '${SOURCE_SILENCE_HOURS} hours' as patience
         from source
        union all
       select 'connection', connection.name, connection.last_contact_at, connection.created_at,
              null, connection.id, interval '${CONNECTION_SILENCE_HOURS} hours'
         from connection
        where exists (select from voice where voice.connection_id = connection.id)
     )
     select speaker.kind, speaker.name, speaker.last_heard_at,
            coalesce((select json_agg(distinct jsonb_build_object('country_code', voice.country_code, 'party_id', voice.party_id))
                        from voice
                       where voice.source_id = speaker.source_id
                          or voice.connection_id = speaker.connection_id), '[]') as owners
       from speaker
      where coalesce(speaker.last_heard_at, speaker.created_at) < ?::timestamptz - speaker.patience
      order by speaker.last_heard_at nulls first, speaker.kind, speaker.name`,
    [now],
  );
  return rows.map(({ kind, name, last_heard_at: lastHeardAt, owners }) => ({
    kind,
    name,
    lastHeardAt,
    owners: owners.map(({ country_code: countryCode, party_id: partyId }) => ({ countryCode, partyId })),
  }));
}
