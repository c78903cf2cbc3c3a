/**
 * `npm run conformance`: examines a platform against the rows of the OCPI requirements and prints how each went.
 * Ends with 0 when no row failed, 1 when one did or the platform could not be reached, 2 on wrong usage.
 */
import { parseArgs } from 'node:util';
import { closeTestDatabases } from '../support/database.ts';
import { createExaminer, type RowResult } from './examiner.ts';
import type { Party } from './objects.ts';
import { startOwnPlatform } from './platforms/own-platform.ts';
import type { Platform } from './platforms/platform.ts';
import { remotePlatform } from './platforms/remote-platform.ts';
import { countStates, jsonOf, rowLines, sectionLine, summaryLine } from './report.ts';
import { OCPI_VERSIONS, type OcpiVersion, type Section } from './rows/row.ts';
import { SECTIONS } from './rows.ts';

const USAGE = `Usage: npm run conformance -- [options]

Without --url it starts our own access point, with an embedded database, and examines that.

  --url URL          versions URL of any OCPI platform
  --token TOKEN      a token of it, as it was issued (not in Base64)
  --party CC-PTY     the party that the token may push for; then objects whose ids begin with CONF- are
                     pushed, and stay there. Without it nothing is written.
  --version VERSION  one of ${OCPI_VERSIONS.join(', ')}; all of them unless told
  --section NAME     one of ${SECTIONS.map(({ name }) => name).join(', ')}
  --row ID           a row such as LR-01, or the beginning of some: LR
  --json             one JSON value instead of lines
  --help

✔ passed   ✘ failed   ≠ differs from a decision of this project, which binds nobody else   · not covered`;

class UsageError extends Error {}

interface Wish {
  readonly url: string | undefined;
  readonly token: string | undefined;
  readonly party: Party | undefined;
  readonly versions: readonly OcpiVersion[];
  readonly sections: readonly Section[];
  readonly json: boolean;
}

function readWish(commandLine: readonly string[]): Wish | 'help' {
  const text = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const options = { url: text, token: text, party: text, version: text, section: text, row: text };
  const { values } = parseArgs({ args: [...commandLine], options: { ...options, json: flag, help: flag } });
  if (values.help) return 'help';
  const { url, token, version, json } = values;
  if ((url === undefined) !== (token === undefined)) throw new UsageError('--url and --token go together');
  if (url !== undefined && !/^https?:\/\//.test(url)) throw new UsageError(`--url ${url} is no URL`);
  if (url === undefined && values.party !== undefined) throw new UsageError('--party goes with --url');
  const known = OCPI_VERSIONS.find((one) => one === version);
  if (version !== undefined && !known) throw new UsageError(`--version ${version} is not known`);
  return {
    ...{ url, token, json },
    party: values.party === undefined ? undefined : readParty(values.party),
    versions: known ? [known] : OCPI_VERSIONS,
    sections: chooseSections(values.section, values.row),
  };
}

function readParty(text: string): Party {
  const [, country_code, party_id] = /^([A-Z]{2})-?([A-Z0-9]{3})$/i.exec(text) ?? [];
  if (!country_code || !party_id) throw new UsageError(`--party ${text} is not like NL-TNM`);
  return { country_code: country_code.toUpperCase(), party_id: party_id.toUpperCase() };
}

function chooseSections(name: string | undefined, id: string | undefined): Section[] {
  const chosen = SECTIONS.filter((section) => name === undefined || section.name === name)
    .map((section) => ({
      ...section,
      rows: section.rows.filter((row) => id === undefined || row.id.startsWith(id)),
    }))
    .filter(({ rows }) => rows.length > 0);
  if (chosen.length === 0) throw new UsageError('there are no such rows');
  return chosen;
}

function openPlatform({ url, token, party }: Wish): Promise<Platform> {
  if (url === undefined || token === undefined) return startOwnPlatform();
  return Promise.resolve(remotePlatform(party ? { url, token, party } : { url, token }));
}

/** Runs the command; gives its exit code. Output goes through `print`. */
export async function main(commandLine: readonly string[], print: (text: string) => void): Promise<number> {
  let wish: Wish | 'help';
  try {
    wish = readWish(commandLine);
  } catch (error) {
    print(`${(error as Error).message}\n\n${USAGE}`);
    return 2;
  }
  if (wish === 'help') {
    print(USAGE);
    return 0;
  }
  const platform = await openPlatform(wish);
  try {
    const results = await examineAll(platform, wish, wish.json ? () => undefined : print);
    print(wish.json ? JSON.stringify(jsonOf(platform.name, results), null, 2) : `\n${summaryLine(results)}`);
    return countStates(results).failed > 0 ? 1 : 0;
  } finally {
    await platform.stop();
  }
}

async function examineAll(
  platform: Platform,
  wish: Wish,
  print: (text: string) => void,
): Promise<RowResult[]> {
  const examiner = createExaminer(platform, wish.versions);
  const results: RowResult[] = [];
  print(`Examining ${platform.name}`);
  for (const version of wish.versions) {
    if (!(await platform.offers(version))) print(`${version} is not offered`);
  }
  for (const section of wish.sections) {
    print(sectionLine(section));
    for (const row of section.rows) {
      const result = await examiner.examine(row);
      results.push(result);
      print(rowLines(result));
    }
  }
  return results;
}

if (import.meta.filename === process.argv[1]) {
  try {
    process.exitCode = await main(process.argv.slice(2), (text) => process.stdout.write(`${text}\n`));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  } finally {
    await closeTestDatabases();
  }
}
