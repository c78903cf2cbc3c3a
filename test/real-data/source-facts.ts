/**
 * What the registry holds from one source, and what it noted about it: read from the database itself, since no
 * command tells it by source. On the embedded engine nothing else may have the data directory open meanwhile.
 *
 * Answers Markdown: a line of counts, a table of findings by rule, a table of what was refused by reason and rule.
 */
import { openDatabase } from '../../db/connection.ts';

interface FindingsOfRule {
  module: string;
  rule: string;
  severity: string;
  /** Objects with an open finding of this rule. */
  objects: number;
  /** Places in these objects. */
  occurrences: number;
}

interface RefusalsOfRule {
  module: string;
  reason: string;
  rule: string;
  /** The place of the fault, without positions in lists. */
  path: string;
  objects: number;
}

const HELD = `
select (select count(*) from location where location.source_id = s.id)                     as locations,
       count(evse.location)                                                                as evses,
       count(evse.location) filter (where evse.status = 'REMOVED')                         as removed_evses,
       (select count(*) from connector
          join location on location.id = connector.location and location.source_id = s.id) as connectors,
       (select count(*) from tariff where tariff.source_id = s.id)                         as tariffs
  from source as s
  left join location on location.source_id = s.id
  left join evse on evse.location = location.id
 where s.name = ?
 group by s.id`;

const FINDINGS = `
with held as (
       select 'locations/' || country_code || '/' || party_id || '/' || lower(location_id) as object_key, source_id
         from location
        union all
       select 'tariffs/' || country_code || '/' || party_id || '/' || lower(tariff_id), source_id
         from tariff
     )
select finding.module, finding.rule, finding.severity, count(*) as objects, sum(finding.occurrences) as occurrences
  from finding
  join held using (object_key)
  join source as s on s.id = held.source_id and s.name = ?
 where finding.closed_at is null
   -- What ingest noted of the feed; what the rules say of it is told by findings.ts beside this.
   and finding.producer = 'ingest'
 group by finding.module, finding.rule, finding.severity
 order by finding.module, count(*) desc, finding.rule`;

const REFUSALS = `
select record.module, record.reason, problem->>'rule' as rule,
       regexp_replace(problem->>'path', '\\[[0-9]+\\]', '[]', 'g') as path, count(distinct record.id) as objects
  from rejected_record as record
  join source as s on s.id = record.source_id and s.name = ?
 cross join lateral jsonb_array_elements(record.problems) as problem
 group by 1, 2, 3, 4
 order by 1, count(distinct record.id) desc, 2, 3, 4`;

/** The facts about one source that is still there. */
export async function sourceFacts(environment: Record<string, string>, name: string): Promise<string> {
  const database = await openDatabase({
    url: process.env.DATABASE_URL,
    dataDirectory: environment.NAP_DATA_DIR as string,
  });
  try {
    const { knex } = database;
    const held = (await knex.raw<{ rows: Record<string, number>[] }>(HELD, [name])).rows[0] ?? {};
    const findings = (await knex.raw<{ rows: FindingsOfRule[] }>(FINDINGS, [name])).rows;
    const refusals = (await knex.raw<{ rows: RefusalsOfRule[] }>(REFUSALS, [name])).rows;
    return [
      `${name} holds: ${Object.entries(held)
        .map(([what, count]) => `${count} ${what.replace('_', ' ')}`)
        .join(', ')}.`,
      ...table(
        ['module', 'finding', 'severity', 'objects', 'places'],
        findings.map((row) => [row.module, row.rule, row.severity, row.objects, row.occurrences]),
      ),
      ...table(
        ['module', 'refused because', 'rule', 'path', 'objects'],
        refusals.map((row) => [row.module, row.reason, row.rule, row.path, row.objects]),
      ),
    ].join('\n');
  } finally {
    await database.close();
  }
}

/** Nothing when there is no row. */
function table(columns: string[], rows: (string | number)[][]): string[] {
  const lines = [columns, columns.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`);
  return rows.length > 0 ? ['', ...lines] : [];
}
