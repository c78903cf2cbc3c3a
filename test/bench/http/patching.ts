/** A CPO that PATCHes the status of given EVSEs, one after the other, as fast as answers come. */
import type { Sample } from '../bench-case.ts';
import type { ServedRegistry } from './access-point.ts';
import type { BenchClient } from './client.ts';
import { loadSample } from './load-sample.ts';
import { type EvseRow, pushableStatus, Round } from './pushes.ts';

const CONNECTIONS = 64;

/** Gives what makes runs of so many seconds, each with other EVSEs than the last; units are requests. */
export async function preparePatches(
  served: ServedRegistry,
  client: BenchClient,
  evses: readonly EvseRow[],
): Promise<(limit: number) => Promise<Sample>> {
  const { origin } = served;
  const parties = new Set(evses.map(({ country_code, party_id }) => `${country_code}-${party_id}`));
  const options = ['--role', 'CPO', '--party', [...parties].join(','), '--push-only'];
  const headers = await served.connect('bench-cpo', options);
  const round = new Round(evses.map(pushableStatus));
  return async (limit) => {
    const planned = round.plan(new Date().toISOString());
    const requests = planned.map((push) => ({ method: 'PATCH', headers, ...push }));
    const order = { origin, connections: CONNECTIONS, seconds: limit, requests, isRepeated: false };
    const result = await client.load(order);
    round.sent(result.answered);
    return loadSample(result, await served.peakMegabytes());
  };
}
