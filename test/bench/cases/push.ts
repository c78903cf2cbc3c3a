/**
 * Pushes by a CPO over HTTP: PATCH of an EVSE's status, PUT of a whole Location. Each is an object of its own, in random
 * order, and has news; it counts once it is answered, which is after its commit. After each run the registry is asked
 * whether it holds them all.
 *
 * Beside it a Koa application that reads and parses the same bodies and forgets them, with the same client.
 */
import type { Bench, BenchCase, Rig, Sample } from '../bench-case.ts';
import { type AccessPoint, startAccessPoint } from '../http/access-point.ts';
import { startClient } from '../http/client.ts';
import { startEmptyKoa } from '../http/empty-koa.ts';
import type { ExpectedRequest, LoadResult } from '../http/load.ts';

/** Connections of the CPO, each with one request at a time. */
const CONNECTIONS = 64;
/** Seconds of a run: a thousand transactions and more. */
const SECONDS = 3;
/** More than are sent in a run: what stands beside it sends them again from the first. */
const PLANNED = 20_000;
/** Locations of which whole documents are kept here. */
const WHOLE_LOCATIONS = 20_000;

const RECEIVER = '/ocpi/2.2.1/receiver/locations';
const UPDATED = '{"status_code":1000,"status_message":"Updated';

/** An object that may be pushed, over and over. */
interface Pushable {
  readonly path: string;
  /** Status of its EVSE as the registry has it. */
  status: string;
  body(status: string, now: string): string;
}

/** What differs between the cases. */
interface Way {
  readonly method: 'PATCH' | 'PUT';
  /** All that may be pushed, in random order. */
  findAll(accessPoint: AccessPoint): Promise<Pushable[]>;
  /** Table whose rows have the moment of a push that was kept. */
  readonly table: 'evse' | 'location';
}

const patchStatus: Way = {
  method: 'PATCH',
  table: 'evse',
  async findAll(accessPoint) {
    const rows = await accessPoint.query<EvseRow>(
      `select location.country_code, location.party_id, location.location_id, evse.uid, evse.status
         from evse
         join location on location.id = evse.location
        where evse.status <> 'REMOVED'
        order by md5(location.location_id || evse.uid)`,
    );
    return rows.map((row) => ({
      path: `${pathOf(row)}/${encodeURIComponent(row.uid)}`,
      status: row.status,
      body: (status, now) => JSON.stringify({ status, last_updated: now }),
    }));
  },
};

const putLocation: Way = {
  method: 'PUT',
  table: 'location',
  async findAll(accessPoint) {
    const rows = await accessPoint.query<LocationRow>(
      `select location.country_code, location.party_id, location.location_id, location.document
         from location
        where '2.2.1' = any (location.as_stored)
          and not location.expired
        order by md5(location.location_id)
        limit ${WHOLE_LOCATIONS}`,
    );
    return rows.map(wholeLocation);
  },
};

interface LocationKey {
  readonly country_code: string;
  readonly party_id: string;
  readonly location_id: string;
}

interface EvseRow extends LocationKey {
  readonly uid: string;
  readonly status: string;
}

interface LocationRow extends LocationKey {
  readonly document: string;
}

interface LocationDocument {
  last_updated: string;
  evses: { status: string; last_updated: string }[];
}

function pathOf({ country_code, party_id, location_id }: LocationKey): string {
  return `${RECEIVER}/${country_code}/${party_id}/${encodeURIComponent(location_id)}`;
}

/** Its first EVSE that is still there has the news. */
function wholeLocation(row: LocationRow): Pushable {
  const location = JSON.parse(row.document) as LocationDocument;
  const index = location.evses.findIndex(({ status }) => status !== 'REMOVED');
  const evse = location.evses[index] as LocationDocument['evses'][number];
  return {
    path: pathOf(row),
    status: evse.status,
    body(status, now) {
      const evses = location.evses.with(index, { ...evse, status, last_updated: now });
      return JSON.stringify({ ...location, evses, last_updated: now });
    },
  };
}

async function open(bench: Bench, way: Way): Promise<Rig> {
  const accessPoint = await startAccessPoint(bench);
  const koa = await startEmptyKoa();
  const client = startClient();
  const parties = await accessPoint.query<{ party: string }>(
    `select distinct country_code || '-' || party_id as party from location order by party`,
  );
  const party = parties.map((row) => row.party).join(',');
  const headers = await accessPoint.connect('bench-cpo', ['--role', 'CPO', '--party', party, '--push-only']);
  const round = new Round(await way.findAll(accessPoint));
  const push = (origin: string, requests: readonly ExpectedRequest[], isRepeated: boolean) =>
    client.load({ origin, connections: CONNECTIONS, seconds: SECONDS, requests, isRepeated });
  const plan = (now: string) => round.plan(now).map((sent) => ({ method: way.method, headers, ...sent }));

  return {
    async ours() {
      const now = new Date().toISOString();
      const result = await push(accessPoint.origin, plan(now), false);
      round.sent(result.answered);
      const [kept] = await accessPoint.query<{ count: string }>(
        `select count(*) from ${way.table} where last_updated = '${now}'`,
      );
      if (Number(kept?.count) !== result.answered) {
        throw new Error(`${result.answered} pushes were answered, ${kept?.count} are kept`);
      }
      return sampleOf(result, await accessPoint.peakMegabytes());
    },
    async beside() {
      const result = await push(koa.origin, plan(new Date().toISOString()), true);
      return sampleOf(result, await koa.peakMegabytes());
    },
    async close() {
      await Promise.all([client.stop(), koa.stop()]);
      await accessPoint.stop();
    },
  };
}

/** Goes through all that may be pushed, again and again, and changes each status every time. */
class Round {
  readonly #all: readonly Pushable[];
  #next = 0;

  constructor(all: readonly Pushable[]) {
    this.#all = all;
  }

  /** The requests that come next, none of them twice. */
  plan(now: string): Pick<ExpectedRequest, 'path' | 'body' | 'answerBegins'>[] {
    return Array.from({ length: Math.min(PLANNED, this.#all.length) }, (_, index) => {
      const pushed = this.#at(index);
      return { path: pushed.path, body: pushed.body(otherStatus(pushed), now), answerBegins: UPDATED };
    });
  }

  /** The first so many of the plan were sent. */
  sent(count: number): void {
    for (let index = 0; index < count; index += 1) {
      const pushed = this.#at(index);
      pushed.status = otherStatus(pushed);
    }
    this.#next += count;
  }

  #at(index: number): Pushable {
    return this.#all[(this.#next + index) % this.#all.length] as Pushable;
  }
}

function otherStatus({ status }: Pushable): string {
  return status === 'AVAILABLE' ? 'CHARGING' : 'AVAILABLE';
}

function sampleOf({ seconds, answered, p50, p99 }: LoadResult, peakMegabytes: number): Sample {
  const note = `p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms`;
  return { seconds, units: answered, peakMegabytes, note };
}

export const cases: readonly BenchCase[] = [
  {
    name: 'patch-status',
    ours: `PATCH of the status of random EVSEs, ${CONNECTIONS} connections`,
    beside: 'an empty Koa handler that parses the same bodies',
    unit: 'requests',
    target: { of: 'rate', ratio: 1 / 3 },
    pairs: 5,
    isInShort: true,
    open: (bench) => open(bench, patchStatus),
  },
  {
    name: 'put-location',
    ours: `PUT of random whole Locations, ${CONNECTIONS} connections`,
    beside: 'an empty Koa handler that parses the same bodies',
    unit: 'requests',
    target: { of: 'rate', ratio: 1 / 6 },
    pairs: 5,
    isInShort: false,
    open: (bench) => open(bench, putLocation),
  },
];
