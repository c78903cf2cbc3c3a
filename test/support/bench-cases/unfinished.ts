/** Benchmarks that come to no end by themselves, for `test/bench/ending.test.ts`. */
import type { Bench, BenchCase } from '../../bench/bench-case.ts';
import { startClient } from '../../bench/http/client.ts';
import { startEmptyKoa } from '../../bench/http/empty-koa.ts';

const COMMON = {
  ours: 'one',
  beside: 'other',
  unit: 'requests',
  target: { of: 'rate', ratio: 1 },
  pairs: 1,
  pairsInShort: 1,
} as const;

async function startServer(bench: Bench): Promise<string> {
  const { origin } = await startEmptyKoa(bench);
  bench.say(`serves at ${origin}`);
  return origin;
}

export const cases: readonly BenchCase[] = [
  {
    ...COMMON,
    name: 'throws-in-open',
    async open(bench) {
      await startServer(bench);
      throw new Error('what it needs is not there');
    },
  },
  {
    ...COMMON,
    name: 'asks-for-ever',
    async open(bench) {
      const origin = await startServer(bench);
      const client = startClient(bench);
      const request = { method: 'PUT', path: '/', headers: {}, body: '{}', answerBegins: '{' };
      const order = { origin, connections: 1, seconds: Number.POSITIVE_INFINITY, requests: [request] };
      const ask = async () => {
        bench.say('asks');
        const { seconds, answered } = await client.load({ ...order, isRepeated: true });
        return { seconds, units: answered, peakMegabytes: null };
      };
      return { ours: ask, beside: ask };
    },
  },
];
