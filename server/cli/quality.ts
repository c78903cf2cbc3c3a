/** `nap quality`: how good the data is, of all parties or of one. */
import { type Command, Option } from 'commander';
import { SEVERITIES } from '../admin/quality-service.ts';
import type { QualityReport } from '../quality/report.ts';
import type { PartyPage } from '../quality/reports.ts';
import { answer, type CommandContext, type CommonOptions, finish, type WithAdmin } from './context.ts';
import { fields, table } from './table.ts';
import { usageError } from './usage-error.ts';

interface QualityOptions extends CommonOptions {
  readonly party?: string;
  readonly all?: boolean;
  readonly rule?: string;
  readonly severity?: string;
  readonly limit?: string;
  readonly after?: string;
}

/** Adds the command; its subcommands are added to what it gives back. */
export function addQuality(program: Command, context: CommandContext, withAdmin: WithAdmin): Command {
  const command = program
    .command('quality')
    .description('How good the data is: findings, coverage, freshness and scores.')
    .option('--party <party>', 'one party, with its findings')
    .option('--all', 'also what is not public')
    .option('--rule <rule>', 'with --party: findings of this rule only')
    .addOption(
      new Option('--severity <severity>', 'with --party: findings as bad as this').choices(SEVERITIES),
    )
    .option('--limit <number>', 'with --party: findings in the answer')
    .option('--after <position>', 'with --party: what follows, as "next" of the answer before')
    .action(async (options: QualityOptions) => {
      const { json: _json, party, all, ...page } = options;
      if (party !== undefined) {
        const report = await withAdmin((admin) => admin.qualityOfParty(party, { all, ...page }));
        answer(context, options, report, partyWords(report));
        return;
      }
      const [needless] = Object.keys(page);
      if (needless !== undefined) throw usageError(`--${needless} is for the findings of one party: --party`);
      const report = await withAdmin((admin) => admin.qualityReport({ all }));
      answer(context, options, report, reportWords(report));
    });
  return finish(command, 'nap quality\nnap quality --party NL-TNM --severity error');
}

function reportWords({ parties, rules }: QualityReport): string {
  if (parties.length === 0) return 'Nothing is public yet: nap connection add, nap source add';
  const header = ['PARTY', 'NAME', 'REGISTERED', 'LOCATIONS', 'EVSES', 'FINDINGS', 'P95 S', 'SCORE'];
  const rows = parties.map((party) => [
    `${party.country_code}-${party.party_id}`,
    party.name,
    registeredWord(party.registered),
    ...[party.locations, party.evses, sum(party.findings), party.freshness.p95_s, party.score],
  ]);
  const open = rules.filter((rule) => rule.open > 0).sort((one, other) => other.open - one.open);
  const ruleRows = open.map(({ id, severity, open: count, title }) => [id, severity, count, title]);
  return [table(header, rows), '', table(['RULE', 'SEVERITY', 'OPEN', 'WHAT'], ruleRows)].join('\n');
}

function partyWords(page: PartyPage): string {
  const facts = fields({
    Party: `${page.country_code}-${page.party_id}`,
    Name: page.name,
    Registered: registeredWord(page.registered),
    ...{ Locations: page.locations, EVSEs: page.evses, Connectors: page.connectors, Score: page.score },
  });
  const rows = page.findings.map(({ rule, severity, object, message, waived }) => [
    rule,
    waived ? 'waived' : severity,
    object.location_id ?? object.tariff_id,
    object.evse_uid,
    message,
  ]);
  const list =
    rows.length === 0 ? 'No findings.' : table(['RULE', 'SEVERITY', 'OBJECT', 'EVSE', 'WHAT'], rows);
  return [facts, '', list, ...(page.next ? ['', `More: --after ${page.next}`] : [])].join('\n');
}

function registeredWord(registered: boolean | null): string | null {
  return registered === null ? null : registered ? 'yes' : 'no';
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}
