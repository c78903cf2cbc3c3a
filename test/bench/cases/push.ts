/**
 * Pushes by a CPO over HTTP: PATCH of an EVSE's status, PUT of a whole Location. Each is an object of its own, in random
 * order, and has news; it counts once it is answered, which is after its commit. After each run the registry is asked
 * whether it holds them all.
 *
 * Beside it a Koa application that reads and parses the same bodies and forgets them, with the same client.
 */
import type { Bench, BenchCase, Rig } from '../bench-case.ts';
import { type AccessPoint, startAccessPoint } from '../http/access-point.ts';
import { startClient } from '../http/client.ts';
import { startEmptyKoa } from '../http/empty-koa.ts';
import type { ExpectedRequest } from '../http/load.ts';
import { loadSample } from '../http/load-sample.ts';
import {
  type EvseRow,
  type LocationKey,
  PUSHABLE_EVSES,
  type Pushable,
  pathOf,
  pushableStatus,
  Round,
} from '../http/pushes.ts';

/** Connections of the CPO, each with one request at a time. */
const CONNECTIONS = 64;
/** Locations of which whole documents are kept here. */
const WHOLE_LOCATIONS = 20_000;

/** What differs between the cases. */
interface Way {
  readonly method: 'PATCH' | 'PUT';
  /** All that may be pushed, in random order. */
  findAll(accessPoint: AccessPoint): Promise<Pushable[]>;
  /** Gives `last_updated` of all that may have been pushed. */
  readonly moments: string;
}

const patchStatus: Way = {
  method: 'PATCH',
  moments: 'select unnest(location.evse_times) as last_updated from location',
  async findAll(accessPoint) {
    return (await accessPoint.query<EvseRow>(PUSHABLE_EVSES)).map(pushableStatus);
  },
};

const putLocation: Way = {
  method: 'PUT',
  moments: 'select location.last_updated from location',
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

interface LocationRow extends LocationKey {
  readonly document: string;
}

interface LocationDocument {
  last_updated: string;
  evses: { status: string; last_updated: string }[];
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
  const koa = await startEmptyKoa(bench);
  const client = startClient(bench);
  const parties = await accessPoint.query<{ party: string }>(
    `select distinct country_code || '-' || party_id as party from location order by party`,
  );
  const party = parties.map((row) => row.party).join(',');
  const headers = await accessPoint.connect('bench-cpo', ['--role', 'CPO', '--party', party, '--push-only']);
  const round = new Round(await way.findAll(accessPoint));
  const push = (origin: string, requests: readonly ExpectedRequest[], isRepeated: boolean) =>
    client.load({ origin, connections: CONNECTIONS, seconds: bench.loadSeconds, requests, isRepeated });
  const plan = (now: string) => round.plan(now).map((sent) => ({ method: way.method, headers, ...sent }));

  return {
    async ours() {
      const now = new Date().toISOString();
      const result = await push(accessPoint.origin, plan(now), false);
      round.sent(result.answered);
      const [kept] = await accessPoint.query<{ count: string }>(
        `select count(*) from (${way.moments}) as kept where kept.last_updated = '${now}'`,
      );
      if (Number(kept?.count) !== result.answered) {
        throw new Error(`${result.answered} pushes were answered, ${kept?.count} are kept`);
      }
      return loadSample(result, await accessPoint.peakMegabytes());
    },
    async beside() {
      const result = await push(koa.origin, plan(new Date().toISOString()), true);
      return loadSample(result, await koa.peakMegabytes());
    },
  };
}

export const cases: readonly BenchCase[] = [
  {
    name: 'patch-status',
    ours: `PATCH of the status of random EVSEs, ${CONNECTIONS} connections`,
    beside: 'an empty Koa handler that parses the same bodies',
    unit: 'requests',
    target: { of: 'rate', ratio: 1 / 3, p99: 50 },
    pairs: 5,
    pairsInShort: 9,
    open: (bench) => open(bench, patchStatus),
  },
  {
    name: 'put-location',
    ours: `PUT of random whole Locations, ${CONNECTIONS} connections`,
    beside: 'an empty Koa handler that parses the same bodies',
    unit: 'requests',
    target: { of: 'rate', ratio: 1 / 6 },
    pairs: 5,
    open: (bench) => open(bench, putLocation),
  },
];
