/**
 * A process of a benchmark's own: it is given an order at a time and answers with a result. So clients and rivals take
 * nothing of the process that measures, and their memory can be told.
 *
 * Guarantees: it ends with the process that started it. An order fails with the message of what the process threw, or
 * when the process ends without an answer.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { memory } from '../real-data/process-cost.ts';
import type { Bench } from './bench-case.ts';

export interface BenchProcess<Order, Result> {
  /** One at a time. */
  do(order: Order): Promise<Result>;
  /** The most memory that it had so far. */
  peakMegabytes(): Promise<number>;
  /** Before the case ends, where that matters. */
  stop(): Promise<void>;
}

type Reply<Result> = { readonly result: Result } | { readonly error: string };

/** @param file a TypeScript file that calls `takeOrders` */
export function startBenchProcess<Order extends object, Result>(
  { atEnd }: Pick<Bench, 'atEnd'>,
  file: string,
): BenchProcess<Order, Result> {
  const child: ChildProcess = fork(file, [], {
    execArgv: ['--import', 'tsx'],
    // Orders have bytes in them, which JSON would blow up.
    serialization: 'advanced',
  });
  const gone = once(child, 'exit').then(([code, signal]): never => {
    throw new Error(`${file} ended with ${code ?? signal}`);
  });
  // Whoever waits for a reply hears of it; else there is nobody to tell.
  gone.catch(() => {});
  const stop = async () => {
    child.kill();
    await gone.catch(() => {});
  };
  atEnd(stop);
  return {
    async do(order) {
      const replied = once(child, 'message') as Promise<[Reply<Result>]>;
      child.send(order);
      const [reply] = await Promise.race([replied, gone]);
      if ('error' in reply) throw new Error(reply.error);
      return reply.result;
    },
    peakMegabytes: async () => (await memory(child.pid as number)).peak,
    stop,
  };
}

/** In the process itself: does what it is told until nobody is left to tell it. */
export function takeOrders<Order, Result>(perform: (order: Order) => Promise<Result>): void {
  process.on('message', async (order) => {
    process.send?.(await replyTo(perform, order as Order));
  });
  process.once('disconnect', () => process.exit());
}

async function replyTo<Order, Result>(
  perform: (order: Order) => Promise<Result>,
  order: Order,
): Promise<Reply<Result>> {
  try {
    return { result: await perform(order) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
