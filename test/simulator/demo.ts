/**
 * `npm run demo`: the access point on the embedded engine with two simulated CPOs, one that pushes and one that
 * is pulled, and the URLs to look at. Needs nothing but `npm ci`; ends with Ctrl-C.
 *
 * What it holds stays in `data/demo`, so a demo that was killed goes on where it was. PORT chooses another port.
 */
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { readConfig } from '../../server/config.ts';
import { type RunningServer, startServer } from '../../server/main.ts';
import { churn } from './churn.ts';
import { type CpoPlatform, startCpoPlatform } from './cpo-platform.ts';
import { type Fleet, makeFleet } from './fleet.ts';
import { type Pusher, startPusher } from './pusher.ts';
import { randomStream } from './random.ts';

/** Locations of each CPO: enough for a map, few enough for a first look within seconds. */
const LOCATIONS = 400;
/** Requests a second of the CPO that pushes. */
const PUSH_RATE = 50;
/** Share of EVSEs of the pulled CPO that change their status before each of its pulls. */
const CHURN_SHARE = 0.02;
/** Milliseconds between two such changes; its source is pulled every minute. */
const CHURN_INTERVAL_MS = 20_000;
/** Milliseconds to wait for the first files. */
const FILES_LIMIT_MS = 60_000;

const PUSHING = { country_code: 'NL', party_id: 'TNM', name: 'Pushing Charge' };
const PULLED = { country_code: 'BE', party_id: 'PLD', name: 'Pulled Power' };

interface PulledCpo {
  platform: CpoPlatform;
  fleet: Fleet;
}

await runDemo();

async function runDemo(): Promise<void> {
  const dataDirectory = resolve('data', 'demo');
  say('The access point starts, with its own database in data/demo (the first time takes some seconds) ...');
  const server = await startServer(
    readConfig({
      PORT: process.env.PORT ?? '8080',
      LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn',
      NAP_DATA_DIR: dataDirectory,
      NAP_COUNTRY_CODE: 'NL',
      NAP_PARTY_ID: 'NAP',
      NAP_NAME: 'Demo access point',
      NAP_LICENSE: 'CC0-1.0',
      NAP_ALLOW_PRIVATE_URLS: 'true',
    }),
    { host: '127.0.0.1' },
  );
  const pusher = await startPushingCpo(server);
  const pulled = await startPulledCpo(server);
  const providerToken = await connect(server, 'demo-provider', 'NSP', 'NL-NSP');
  await waitForFiles(server);
  printUrls(server.url as string, providerToken, dataDirectory);

  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => stop.abort());
  }
  await keepChanging(pulled, stop.signal);
  say('\nStopping ...');
  await pusher.stop();
  await server.stop();
  await pulled.platform.close();
}

/** A connection with a fresh static token; the one of an earlier demo is used again. */
async function connect(server: RunningServer, name: string, role: string, parties: string): Promise<string> {
  const { admin } = server.services;
  const known = (await admin.listConnections()).some((connection) => connection.name === name);
  const issued = known
    ? await admin.rotateConnection(name)
    : await admin.addConnection({ name, role, parties, static: true });
  // Only a handshake of ours ends without a token to hand over.
  return issued.token as string;
}

async function startPushingCpo(server: RunningServer): Promise<Pusher> {
  const token = await connect(
    server,
    'demo-pushing-cpo',
    'CPO',
    `${PUSHING.country_code}-${PUSHING.party_id}`,
  );
  const fleet = makeFleet({
    seed: 1,
    locations: LOCATIONS,
    parties: [PUSHING],
    region: 'NL',
    now: new Date(),
  });
  say(
    `${PUSHING.name} pushes ${fleet.locations.length} Locations over OCPI, ${PUSH_RATE} requests a second ...`,
  );
  return startPusher({
    versionsUrl: `${server.url}/ocpi/versions`,
    token,
    fleet,
    rate: PUSH_RATE,
    phases: ['locations', 'tariffs', 'statuses'],
  });
}

async function startPulledCpo(server: RunningServer): Promise<PulledCpo> {
  const { admin } = server.services;
  const fleet = makeFleet({
    seed: 2,
    locations: LOCATIONS,
    parties: [PULLED],
    region: 'BE',
    now: new Date(),
  });
  const platform = await startCpoPlatform({ fleet, pageSize: 100 });
  const name = 'demo-pulled-cpo';
  if ((await admin.listSources()).some((source) => source.name === name)) {
    await admin.removeSource(name);
  }
  await admin.addSource({
    name,
    kind: 'ocpi',
    url: platform.versionsUrl,
    token: platform.token,
    parties: `${PULLED.country_code}-${PULLED.party_id}`,
    schedule: '* * * * *',
  });
  say(`${PULLED.name} is pulled over OCPI, page by page, every minute ...`);
  const report = await admin.runSource(name, { full: true });
  say(`  first pull: ${report.state}, ${report.received} received, ${report.created} created`);
  return { platform, fleet };
}

async function waitForFiles(server: RunningServer): Promise<void> {
  const reports = await Promise.race([
    server.services.admin.buildExports(),
    wait(FILES_LIMIT_MS, [], { ref: false }),
  ]);
  if (reports.length === 0) {
    say(`  no files after ${FILES_LIMIT_MS / 1000} s; they follow`);
  }
}

async function keepChanging({ platform, fleet }: PulledCpo, signal: AbortSignal): Promise<void> {
  const random = randomStream(3, 'demo', 0);
  while (!signal.aborted) {
    platform.apply(churn(fleet, random, CHURN_SHARE, new Date()));
    await wait(CHURN_INTERVAL_MS, undefined, { signal }).catch(() => undefined);
  }
}

function printUrls(url: string, providerToken: string, dataDirectory: string): void {
  const authorization = `Authorization: Token ${Buffer.from(providerToken).toString('base64')}`;
  say(`
Open in a browser
  ${url}/data                        what can be downloaded
  ${url}/data/locations.geojson      every charging location, for a map
  ${url}/data/locations.csv          the same, a row a connector
  ${url}/changes                     what changed, in order; followed from the sequence of a file
  ${url}/ogc                         the same by question: box, operator, power, status (OGC API Features)
  ${url}/tiles/locations.json        vector tiles for a map
  ${url}/.well-known/nap.json        every feed with its age, size and terms
  ${url}/health/ready                how it is

As a navigation provider
  curl -H '${authorization}' '${url}/ocpi/versions'
  curl -H '${authorization}' '${url}/ocpi/2.2.1/sender/locations?limit=2'

As its operator, in another terminal
  NAP_DATA_DIR=${join(dataDirectory)} npx nap status
  NAP_DATA_DIR=${join(dataDirectory)} npx nap source run demo-pulled-cpo

Ctrl-C ends it.`);
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
