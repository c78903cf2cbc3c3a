/** A small application around the middleware under test, listening on a free loopback port. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import Koa, { type Middleware } from 'koa';
import { createLogger } from '../../../server/logger.ts';

export interface SmallApp {
  readonly url: string;
  readonly server: Server;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into log lines of any shape.
  readonly log: any[];
  stop(): Promise<void>;
}

/** @param build middleware, outermost first; it is given a logger that keeps its lines */
export async function startSmallApp(
  build: (logger: ReturnType<typeof createLogger>) => readonly Middleware[],
): Promise<SmallApp> {
  const log: unknown[] = [];
  const logger = createLogger({ level: 'debug', to: { write: (line) => void log.push(JSON.parse(line)) } });
  const app = new Koa();
  for (const middleware of build(logger)) app.use(middleware);
  app.on('error', (error) => log.push({ level: 'unhandled', error: String(error) }));
  const server = createServer(app.callback());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    server,
    log,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
