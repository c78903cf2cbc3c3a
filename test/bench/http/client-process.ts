/** The client of benchmarks over HTTP, a process of its own: see `client.ts`. */
import { takeOrders } from '../bench-process.ts';
import { type CrawlOrder, type CrawlResult, crawl } from './crawl.ts';
import { type LoadOrder, type LoadResult, load } from './load.ts';

takeOrders<LoadOrder | CrawlOrder, LoadResult | CrawlResult>((order) =>
  order.kind === 'load' ? load(order) : crawl(order),
);
