/** Takes the figures of the day, for the trend. As often as it is done on a day, the last figures stay. */
import { dayOf } from '../../db/reads/quality-scope.ts';
import type { QualityDayStore } from '../../db/registry/quality-day-store.ts';
import type { QualityReports } from './reports.ts';

/** Of every party with something public. */
export async function keepQualityDay(parts: {
  reports: Pick<QualityReports, 'report'>;
  days: Pick<QualityDayStore, 'keep'>;
  clock: () => Date;
}): Promise<void> {
  const { reports, days, clock } = parts;
  const now = clock();
  const { parties } = await reports.report('public', null);
  const rows = parties.map(({ freshness, ...party }) => ({
    country_code: party.country_code,
    party_id: party.party_id,
    locations: party.locations,
    evses: party.evses,
    connectors: party.connectors,
    findings: party.findings,
    coverage: party.coverage,
    ...freshness,
    score: party.score,
  }));
  await days.keep(dayOf(now), rows);
}
