/**
 * An OCPI Sender that serves a feed: the simulator, in a process of its own, so that what it takes is not counted as
 * ours. Fails when it cannot read the feed or listen.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Bench } from '../bench-case.ts';

const ROOT = resolve(import.meta.dirname, '../../..');

/** More than is asked for in a page, so that the access point gets as many objects as it wants. */
const PAGE_SIZE = 1_000;

export interface FeedSender {
  readonly versionsUrl: string;
  readonly token: string;
  readonly port: number;
  /** Objects that it has. */
  readonly locations: number;
  readonly tariffs: number;
  /** Before the case ends, so that another one may take its place. */
  stop(): Promise<void>;
}

/** @param port where it listens; a free one unless told */
export async function startFeedSender(
  { atEnd }: Pick<Bench, 'atEnd'>,
  feed: { readonly locations: string; readonly tariffs: string },
  port = 0,
): Promise<FeedSender> {
  const files = ['--file', feed.locations, '--tariffs-file', feed.tariffs];
  const options = ['--page-size', String(PAGE_SIZE), '--port', String(port), '--json'];
  const child = spawn(process.execPath, ['--import', 'tsx', 'test/simulator/main.ts', ...files, ...options], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  const stop = async () => {
    child.kill('SIGTERM');
    await closed;
  };
  atEnd(stop);
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), 'line') as Promise<[string]>,
    closed.then(([code]): never => {
      throw new Error(`the Sender of ${feed.locations} ended with ${code}`);
    }),
  ]);
  const { versions_url: versionsUrl, token, locations, tariffs } = JSON.parse(line);
  return {
    ...{ versionsUrl, token, locations, tariffs },
    port: Number(new URL(versionsUrl).port),
    stop,
  };
}
