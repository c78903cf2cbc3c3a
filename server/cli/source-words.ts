/** What the subcommands of `nap source` and `nap status` have in common. */
import type { SourceView } from '../admin/service.ts';
import { table } from './table.ts';

export function sourceTable(sources: readonly SourceView[]): string {
  if (sources.length === 0) {
    return 'No source yet. Add one: nap source add NAME --url URL --token TOKEN';
  }
  const rows = sources.map((source) => [
    source.name,
    source.kind,
    source.parties.join(',') || 'any',
    source.broken_at ? 'token refused' : source.state,
    source.last_good_started_at,
    source.schedule,
  ]);
  const problems = sources
    .filter((source) => source.last_error)
    .map((source) => `${source.name}: ${source.last_error}`);
  return [table(['NAME', 'KIND', 'PARTIES', 'STATE', 'LAST COMPLETE', 'SCHEDULE'], rows), ...problems].join(
    '\n',
  );
}
