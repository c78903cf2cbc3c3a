/**
 * What stands beside our server: a Koa application that does nothing, in a process of its own. A GET is answered with
 * bytes from memory, by its URL; the body of anything else is read and parsed as the access point does, and answered as
 * an update. It asks for no token, keeps nothing and has no other middleware.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Koa from 'koa';
import { createBodyReader } from '../../../server/ocpi/protocol/body.ts';
import { takeOrders } from '../bench-process.ts';
import type { Answers } from './empty-koa.ts';

const UPDATED = '{"status_code":1000,"status_message":"Updated","timestamp":"2026-06-02T00:00:00.000Z"}';

const readBody = createBodyReader();
let answers: Answers = new Map();

const app = new Koa();
app.use(async (ctx) => {
  ctx.set('Content-Type', 'application/json');
  if (ctx.method === 'GET') {
    ctx.body = answers.get(ctx.url);
  } else {
    await readBody(ctx);
    ctx.body = Buffer.from(UPDATED);
  }
});
const server = createServer(app.callback()).listen(0, '127.0.0.1');

takeOrders(async (order: Answers) => {
  answers = order;
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
