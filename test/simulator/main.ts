// The simulator's command line (`npm run simulator -- --help`): serves a fleet or a
// file as a CPO's Sender on a loopback port, and/or pushes it to a Receiver, with any
// faults. Prints where it serves, as text or as one JSON line. SIGTERM and SIGINT end
// it cleanly. Exits 0 when all was done or it was told to stop, 1 when it could not
// start or a push had refusals, 2 on wrong usage.

import { setInterval as every } from 'node:timers';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { churn } from './churn.ts';
import { type CpoPlatform, type CpoPlatformOptions, startCpoPlatform } from './cpo-platform.ts';
import { describeFaults, type FaultRule, parseFault } from './faults.ts';
import { DEFAULT_PARTIES, type Fleet, type FleetParty, makeFleet } from './fleet.ts';
import { ObjectStore } from './object-store.ts';
import { PAGING_STYLES, type PagingStyle } from './paging.ts';
import type { Region } from './places.ts';
import { type Pusher, startPusher } from './pusher.ts';
import { randomStream } from './random.ts';
import type { Location, Tariff } from './wire.ts';

interface Arguments {
  seed: number;
  locations: number;
  party: FleetParty[];
  region: Region[];
  file?: string;
  tariffsFile?: string;
  serve: boolean;
  port: number;
  token: string;
  tokenForm: 'base64' | 'raw' | 'both';
  mount: string;
  ocpiVersion: string;
  trailingSlash: boolean;
  pageSize: number;
  paging: PagingStyle;
  relativeLinks: boolean;
  linkParameter: Record<string, string>;
  conditional: boolean;
  envelope: boolean;
  churn: number;
  churnEvery: number;
  fault: FaultRule[];
  push?: string;
  pushToken?: string;
  pushTokenForm: 'base64' | 'raw';
  rate: number;
  concurrency: number;
  statusChanges: number;
  json: boolean;
}

function numberFrom(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === '' || !(value >= least && value <= most)) {
      throw new InvalidArgumentError(`A number from ${least} to ${most}.`);
    }
    return value;
  };
}

function wholeNumberFrom(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = numberFrom(least, most)(text);
    if (!Number.isInteger(value)) throw new InvalidArgumentError('A whole number.');
    return value;
  };
}

/** Reads `NL-TNM` or `NL-TNM=Name`. */
function parseParty(text: string, parties: FleetParty[] | undefined): FleetParty[] {
  const [, country, party, name] = /^([A-Za-z]{2})-([A-Za-z0-9]{3})(?:=(.+))?$/.exec(text) ?? [];
  if (country === undefined || party === undefined)
    throw new InvalidArgumentError('Write NL-TNM or NL-TNM=Name.');
  const party_id = party.toUpperCase();
  const added = { country_code: country.toUpperCase(), party_id, name: name ?? `Simulated ${party_id}` };
  return [...(parties ?? []), added];
}

function collectFault(text: string, rules: FaultRule[]): FaultRule[] {
  try {
    return [...rules, parseFault(text)];
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
}

function collectParameter(text: string, parameters: Record<string, string>): Record<string, string> {
  const [, name, value] = /^([^=]+)=(.*)$/.exec(text) ?? [];
  if (name === undefined || value === undefined) throw new InvalidArgumentError('Write name=value.');
  return { ...parameters, [name]: value };
}

const FAULT_HELP = `
Faults (--fault NAME or --fault NAME:key=value,key=value; may be repeated). Every fault
takes path, method, probability (0 to 1), after and times (counts of requests), and its
own settings in brackets. While the simulator serves, GET, POST and DELETE on
/simulator/faults list them, switch one on ({"fault":"slow","delay":500}) and all off.

${describeFaults()}

Examples:
  npm run simulator -- --locations 500 --party NL-TNM --churn 0.01
  npm run simulator -- --file feed.json.gz --page-size 1000 --fault truncatedJson:times=1
  npm run simulator -- --no-serve --push http://localhost:8080/ocpi/versions --push-token T --rate 100
`;

function addDataOptions(command: Command): Command {
  return command
    .option('--seed <number>', 'the same seed gives the same fleet', wholeNumberFrom(0), 1)
    .option('--locations <number>', 'Locations of the fleet', wholeNumberFrom(0, 1_000_000), 100)
    .option('--party <CC-PTY[=Name]>', 'owner of Locations; may be repeated, the first owns most', parseParty)
    .addOption(
      new Option('--region <country...>', 'where they stand')
        .choices(['NL', 'BE', 'LU', 'DE'])
        .default(['NL']),
    )
    .option('--file <path>', 'Locations of a file instead (.json or .json.gz, list or envelope)')
    .option('--tariffs-file <path>', 'Tariffs of a file');
}

function addSenderOptions(command: Command): Command {
  return command
    .option('--no-serve', 'do not serve as a Sender')
    .option('--port <number>', 'loopback port; 0 takes a free one', wholeNumberFrom(0, 65535), 0)
    .option('--token <text>', 'token that clients must send', 'simulated-cpo-token')
    .addOption(
      new Option('--token-form <form>', 'form accepted').choices(['base64', 'raw', 'both']).default('both'),
    )
    .option('--mount <path>', 'path under which OCPI lives', '/ocpi')
    .option(
      '--ocpi-version <number>',
      'version that is offered or pushed; a fleet is written in its words (2.1.1, 2.2.1, 2.3.0)',
      '2.2.1',
    )
    .option('--trailing-slash', 'URLs given out end in a slash', false)
    .option('--page-size <number>', 'most objects in a page', wholeNumberFrom(1), 100)
    .addOption(new Option('--paging <style>', 'how pages follow').choices([...PAGING_STYLES]).default('link'))
    .option('--relative-links', 'Link without scheme and host', false)
    .option(
      '--link-parameter <name=value>',
      'further query of each Link; may be repeated',
      collectParameter,
      {},
    )
    .option('--conditional', 'ETag and 304 on the lists too', false)
    .option('--envelope', 'the files hold an OCPI envelope, not a bare list', false)
    .option('--churn <share>', 'share of EVSEs that change each time', numberFrom(0, 1), 0)
    .option('--churn-every <seconds>', 'how often', numberFrom(0.1, 86_400), 10)
    .option('--fault <name[:settings]>', 'misbehave; may be repeated', collectFault, []);
}

function addPushOptions(command: Command): Command {
  return command
    .option('--push <url>', "push to the Receiver behind this versions URL ('statuses' go on until stopped)")
    .option('--push-token <text>', 'token for it')
    .addOption(
      new Option('--push-token-form <form>', 'its form').choices(['base64', 'raw']).default('base64'),
    )
    .option('--rate <number>', 'requests a second; 0 is as fast as answers come', numberFrom(0), 20)
    .option('--concurrency <number>', 'requests in flight', wholeNumberFrom(1, 1000), 4)
    .option('--status-changes <number>', 'PATCH so many statuses, then end', numberFrom(0), Infinity);
}

/** The whole command line. */
export function makeCommand(): Command {
  const command = new Command('simulator')
    .description('Simulates the platform of a charge point operator: an OCPI Sender, a pusher, or both.')
    .allowExcessArguments(false)
    .showHelpAfterError('(--help lists all options and faults)');
  addPushOptions(addSenderOptions(addDataOptions(command)));
  return command.option('--json', 'print JSON lines', false).addHelpText('after', FAULT_HELP);
}

async function readList<Item>(path: string | undefined): Promise<Item[]> {
  const store = new ObjectStore();
  if (path !== undefined) await store.load(path);
  return store.rows().map((row) => JSON.parse(row.text.toString()) as Item);
}

function say(asJson: boolean, value: Record<string, unknown>): void {
  const lines = Object.entries(value).map(([name, item]) => `${name}: ${JSON.stringify(item)}\n`);
  process.stdout.write(asJson ? `${JSON.stringify(value)}\n` : lines.join(''));
}

function platformOptions(given: Arguments, fleet: Fleet | undefined): CpoPlatformOptions {
  const parties = given.party.length > 0 ? given.party : DEFAULT_PARTIES;
  return {
    ...(fleet ? { fleet } : {}),
    ...(!fleet && given.file !== undefined ? { locationsFile: given.file } : {}),
    ...(!fleet && given.tariffsFile !== undefined ? { tariffsFile: given.tariffsFile } : {}),
    ...(parties[0] ? { party: parties[0] } : {}),
    port: given.port,
    token: given.token,
    tokenForm: given.tokenForm,
    mount: given.mount,
    version: given.ocpiVersion,
    trailingSlash: given.trailingSlash,
    pageSize: given.pageSize,
    paging: given.paging,
    relativeLinks: given.relativeLinks,
    extraParameters: given.linkParameter,
    conditional: given.conditional,
    fileShape: given.envelope ? 'envelope' : 'array',
    control: true,
    seed: given.seed,
  };
}

/** The fleet; undefined when a file is only to be served as it is. */
async function fleetFor(given: Arguments): Promise<Fleet | undefined> {
  if (given.file === undefined && given.tariffsFile === undefined) {
    const { seed, locations, region, party } = given;
    return makeFleet({ seed, locations, region, ...(party.length > 0 ? { parties: party } : {}) });
  }
  if (given.push === undefined && given.churn === 0) return undefined;
  const locations = await readList<Location>(given.file);
  return { locations, tariffs: await readList<Tariff>(given.tariffsFile) };
}

async function serve(given: Arguments, fleet: Fleet | undefined): Promise<CpoPlatform> {
  const platform = await startCpoPlatform(platformOptions(given, fleet));
  for (const rule of given.fault) platform.faults.add(rule);
  const { versionsUrl, token, authorization, files } = platform;
  say(given.json, {
    versions_url: versionsUrl,
    token,
    authorization,
    locations_file: files.locations,
    tariffs_file: files.tariffs,
    faults_url: `${platform.origin}/simulator/faults`,
    locations: platform.locations.size,
    tariffs: platform.tariffs.size,
  });
  return platform;
}

/** Runs until done or stopped; resolves with the exit code. */
async function run(given: Arguments): Promise<number> {
  const fleet = await fleetFor(given);
  const stopped = new Promise<void>((resolve) => {
    process.once('SIGTERM', resolve);
    process.once('SIGINT', resolve);
  });
  const platform = given.serve ? await serve(given, fleet) : undefined;
  let churning: NodeJS.Timeout | undefined;
  let pusher: Pusher | undefined;
  try {
    if (platform && fleet && given.churn > 0) {
      const random = randomStream(given.seed, 'churn');
      const step = (): void => platform.apply(churn(fleet, random, given.churn, new Date()));
      churning = every(step, given.churnEvery * 1000);
    }
    if (given.push === undefined) {
      if (platform) await stopped;
      return 0;
    }
    const { push: versionsUrl, pushTokenForm: tokenForm, ocpiVersion: version, rate, concurrency } = given;
    const token = given.pushToken as string;
    const { statusChanges, seed } = given;
    const pushed = fleet as Fleet;
    pusher = await startPusher({
      versionsUrl,
      token,
      tokenForm,
      version,
      rate,
      concurrency,
      statusChanges,
      seed,
      fleet: pushed,
    });
    await Promise.race([pusher.finished, stopped]);
    await pusher.stop();
    say(given.json, { ...pusher.statistics.summary(), last_refusals: pusher.statistics.refusals.slice(-3) });
    return pusher.statistics.refused > 0 ? 1 : 0;
  } finally {
    clearInterval(churning);
    await pusher?.stop();
    await platform?.close();
  }
}

/** Reads the arguments and runs; the exit code. */
async function main(argv: readonly string[]): Promise<number> {
  const command = makeCommand().exitOverride();
  try {
    command.parse([...argv]);
    const options = command.opts<Arguments>();
    const given: Arguments = { ...options, party: options.party ?? [] };
    if (!given.serve && given.push === undefined) command.error('nothing to do: --no-serve without --push');
    if (given.push !== undefined && given.pushToken === undefined) command.error('--push needs --push-token');
    if (given.push !== undefined && given.serve && given.churn > 0) {
      command.error('--churn and --push both change statuses: use one');
    }
    return await run(given);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

if (process.argv[1] === import.meta.filename) process.exitCode = await main(process.argv);
