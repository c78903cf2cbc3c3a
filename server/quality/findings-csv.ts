/**
 * `/quality.csv`: the open findings of all parties as a table, one row a finding, streamed party by party and page by
 * page, so that memory stays flat however many there are.
 *
 * Only so many are sent at a time: each is a walk through all that is open. Whoever comes beyond gets 503.
 */
import { Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import type { ParameterizedContext } from 'koa';
import type { Owner } from '../../db/model.ts';
import { CSV_MEDIA_TYPE, csvHeader, csvRows, type GuardedColumn } from '../../exports/csv.ts';
import { decide } from '../open-data/conditions.ts';
import type { OwnedFinding } from './finding-pages.ts';
import type { QualityReports } from './reports.ts';

/** Rows that are read at once. */
const PAGE_ROWS = 1_000;
/** Tables that are sent at a time. */
const STREAM_LIMIT = 4;
const RETRY_AFTER = '10';
/** Milliseconds without progress after which a client that does not read is cut off. */
const IDLE_LIMIT = 120_000;

/** A column and where its cell stands in a finding. */
interface FindingColumn extends GuardedColumn {
  readonly of: (finding: OwnedFinding) => string | number | null;
}

const COLUMNS: readonly FindingColumn[] = [
  column('country_code', 'identifier', 'of the party', (finding) => finding.country_code),
  column('party_id', 'identifier', 'of the party', (finding) => finding.party_id),
  column('rule', 'identifier', 'id of the rule', (finding) => finding.rule),
  column('severity', 'identifier', 'error, warning or info', (finding) => finding.severity),
  column('location_id', 'identifier', 'the Location', ({ object }) => object.location_id),
  column('evse_uid', 'identifier', 'the EVSE that it is about', ({ object }) => object.evse_uid),
  column('connector_id', 'identifier', 'the Connector that it is about', ({ object }) => object.connector_id),
  column('tariff_id', 'identifier', 'the Tariff', ({ object }) => object.tariff_id),
  column('evse_id', 'identifier', 'the EVSE ID as sent', ({ object }) => object.evse_id),
  column('path', 'text', 'where in the object', (finding) => finding.path),
  column('message', 'text', 'what is wrong', (finding) => finding.message),
  column('received', 'text', 'what stands there, as JSON', (finding) => finding.received),
  column('hint', 'text', 'how to mend it', (finding) => finding.hint),
  column('occurrences', 'exact', 'places with the same fault', (finding) => finding.occurrences),
  column('first_seen', 'exact', 'when it was found', (finding) => finding.first_seen),
  column('last_seen', 'exact', 'when it was last seen', (finding) => finding.last_seen),
  column('waived_until', 'exact', 'until when it does not count', ({ waived }) => waived?.until ?? null),
];

/** Sends the table. */
export function findingsTable(reports: Pick<QualityReports, 'findings' | 'report'>) {
  let streams = 0;

  async function* rows(): AsyncGenerator<string> {
    streams += 1;
    try {
      yield csvHeader(COLUMNS);
      const { parties } = await reports.report('public', null);
      for (const party of parties) yield* rowsOf(reports, ownerOf(party));
    } finally {
      streams -= 1;
    }
  }

  return async function sendTable(
    ctx: ParameterizedContext,
    state: { text: string; sequence: number; day: string; lastModified: Date },
  ): Promise<void> {
    const etag = `"${state.text}-${state.day}"`;
    // Weak: the same findings, while one was perhaps seen again meanwhile.
    ctx.set('ETag', `W/${etag}`);
    ctx.set('Cache-Control', 'public, max-age=60');
    ctx.set('NAP-Sequence', String(state.sequence));
    ctx.vary('Accept-Encoding');
    const decision = decide(ctx.method, ctx.req.headers, {
      etag,
      lastModified: state.lastModified,
      bytes: 0,
    });
    if (decision.kind === 'precondition-failed')
      ctx.throw(412, 'The table is no longer the one that you have');
    if (decision.kind === 'not-modified') {
      ctx.status = 304;
      return;
    }
    if (streams >= STREAM_LIMIT) {
      ctx.throw(503, 'Too many are reading this table now: ask again', {
        expose: true,
        headers: { 'Retry-After': RETRY_AFTER },
      });
    }
    ctx.set('Content-Type', CSV_MEDIA_TYPE);
    ctx.set('Content-Disposition', 'attachment; filename="quality.csv"');
    ctx.status = 200;
    if (ctx.method === 'HEAD') return;
    ctx.res.setTimeout(IDLE_LIMIT);
    const table = Readable.from(rows());
    if (ctx.acceptsEncodings('gzip', 'identity') !== 'gzip') {
      ctx.body = table;
      return;
    }
    ctx.set('Content-Encoding', 'gzip');
    const packed = createGzip();
    table.on('error', (error) => packed.destroy(error));
    packed.on('close', () => table.destroy());
    ctx.body = table.pipe(packed);
  };
}

async function* rowsOf(reports: Pick<QualityReports, 'findings'>, owner: Owner): AsyncGenerator<string> {
  let after: string | undefined;
  do {
    const page = await reports.findings('public', [owner], { limit: PAGE_ROWS, after });
    if (page.findings.length > 0) {
      yield csvRows(
        COLUMNS,
        page.findings.map((finding) => COLUMNS.map(({ of }) => of(finding))),
      );
    }
    after = page.next ?? undefined;
  } while (after !== undefined);
}

function ownerOf(party: { country_code: string; party_id: string }): Owner {
  return { countryCode: party.country_code, partyId: party.party_id };
}

function column(
  name: string,
  kind: GuardedColumn['kind'],
  description: string,
  of: FindingColumn['of'],
): FindingColumn {
  return { name, kind, description, of };
}
