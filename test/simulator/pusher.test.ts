// The pusher against a tiny recording receiver: what the ledger says is what the
// receiver has, also when the receiver fails, breaks connections, or is restarted.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'chai';
import { makeFleet } from './fleet.ts';
import { startPusher } from './pusher.ts';
import type { Evse, Location, Tariff } from './wire.ts';

const now = new Date('2026-06-07T12:00:00Z');
const TOKEN = 'push-token';

interface Received {
  method: string;
  path: string;
  headers: Record<string, string | string[] | undefined>;
  at: number;
}

/** Stores what is put and patched, as a receiver does; `misbehave` may answer instead. */
class Receiver {
  readonly stored = new Map<string, Location | Tariff>();
  readonly received: Received[] = [];
  inFlight = 0;
  mostInFlight = 0;
  /** Gives 'drop' (before storing), 'drop-after' (after storing) or an HTTP status. */
  misbehave: (method: string, count: number) => 'drop' | 'drop-after' | number | undefined = () => undefined;
  #server: Server | undefined;
  #port = 0;

  async start(): Promise<void> {
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      request.on('end', async () => {
        this.inFlight += 1;
        this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
        await wait(1);
        this.inFlight -= 1;
        const path = request.url ?? '';
        const answer = (status: number, data: unknown, statusCode = 1000): void => {
          response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '0' });
          response.end(
            JSON.stringify({ data, status_code: statusCode, timestamp: new Date().toISOString() }),
          );
        };
        const base = `http://127.0.0.1:${this.#port}`;
        if (request.headers.authorization !== `Token ${Buffer.from(TOKEN).toString('base64')}`)
          return answer(401, null, 2000);
        if (path === '/versions') return answer(200, [{ version: '2.2.1', url: `${base}/v` }]);
        if (path === '/v') {
          const endpoints = ['locations', 'tariffs'].map((identifier) => ({
            identifier,
            role: 'RECEIVER',
            url: `${base}/${identifier}/`,
          }));
          return answer(200, { version: '2.2.1', endpoints });
        }
        const method = request.method ?? '';
        this.received.push({ method, path, headers: request.headers, at: performance.now() });
        const odd = this.misbehave(method, this.received.length);
        if (odd === 'drop') return request.socket.destroy();
        if (typeof odd === 'number') return answer(odd, null, odd === 200 ? 2001 : 2000);
        const created = this.#store(method, path, JSON.parse(body));
        if (odd === 'drop-after') return request.socket.destroy();
        answer(created ? 201 : 200, undefined);
      });
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.#port, '127.0.0.1', resolve));
    this.#port = (server.address() as AddressInfo).port;
  }

  get versionsUrl(): string {
    return `http://127.0.0.1:${this.#port}/versions`;
  }

  #store(method: string, path: string, body: Location | Tariff | Evse): boolean {
    const [, module, country, party, id, evseUid] = path.split('/').map(decodeURIComponent);
    const key = `${module}/${country}/${party}/${id}`.toLowerCase();
    const known = this.stored.get(key);
    if (method === 'PUT') this.stored.set(key, body as Location);
    if (method === 'PATCH') {
      const evse = (known as Location).evses.find(({ uid }) => uid === evseUid);
      Object.assign(evse as Evse, body);
      (known as Location).last_updated = body.last_updated;
    }
    return known === undefined;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeAllConnections();
    await closed;
  }
}

describe('simulator: pusher', () => {
  let receiver: Receiver;

  beforeEach(async () => {
    receiver = new Receiver();
    await receiver.start();
  });

  afterEach(() => receiver.stop());

  const options = (locations = 40) => ({
    versionsUrl: receiver.versionsUrl,
    token: TOKEN,
    fleet: makeFleet({ seed: 1, locations, now }),
    retryDelay: 10,
    now: () => now,
  });

  function expectLedgerIsStored(
    entries: ReadonlyMap<string, { acknowledged: unknown; unanswered: unknown }>,
  ): void {
    for (const [key, entry] of entries) {
      expect(entry.unanswered, key).to.equal(null);
      expect(receiver.stored.get(key), key).to.deep.equal(JSON.parse(JSON.stringify(entry.acknowledged)));
    }
    expect(entries.size).to.equal(receiver.stored.size);
  }

  it('puts Locations and Tariffs, patches statuses, and keeps a ledger of all that was taken', async () => {
    const given = options();
    const pusher = await startPusher({
      ...given,
      statusChanges: 150,
      to: { country_code: 'NL', party_id: 'NAP' },
    });
    await pusher.finished;
    const { locations, tariffs } = given.fleet;
    expect(pusher.ledger.acknowledgedCount).to.equal(locations.length + tariffs.length);
    expect(pusher.statistics.acknowledged).to.equal(locations.length + tariffs.length + 150);
    expect(pusher.statistics.byHttpStatus).to.deep.equal({
      201: locations.length + tariffs.length,
      200: 150,
    });
    expect(pusher.statistics.byOcpiStatus).to.deep.equal({ 1000: locations.length + tariffs.length + 150 });
    expectLedgerIsStored(pusher.ledger.entries);
    expect(receiver.received.filter(({ method }) => method === 'PATCH')).to.have.length(150);
    const requestIds = receiver.received.map(({ headers }) => headers['x-request-id']);
    expect(new Set(requestIds).size).to.equal(receiver.received.length);
    for (const { headers } of receiver.received) {
      expect(headers).to.include({
        'ocpi-to-country-code': 'NL',
        'ocpi-to-party-id': 'NAP',
        'ocpi-from-country-code': headers['ocpi-from-country-code'],
      });
      expect(headers['x-correlation-id']).to.be.a('string');
    }
  });

  it('sends again what got no answer, a 429 or a 5xx, until it is taken', async () => {
    receiver.misbehave = (_method, count) =>
      (['drop', 429, 'drop-after', 500, undefined, undefined] as const)[count % 6];
    const pusher = await startPusher({ ...options(), statusChanges: 60 });
    await pusher.finished;
    expect(pusher.statistics.connectionErrors).to.be.above(10);
    expect(pusher.statistics.retries).to.be.above(20);
    expect(pusher.statistics.refused).to.equal(0);
    expectLedgerIsStored(pusher.ledger.entries);
  });

  it('survives a receiver that goes away and comes back', async () => {
    const pusher = await startPusher({ ...options(30), rate: 200, statusChanges: 80 });
    await wait(150);
    await receiver.stop();
    await wait(200);
    await receiver.start();
    await pusher.finished;
    expect(pusher.statistics.connectionErrors).to.be.above(0);
    expectLedgerIsStored(pusher.ledger.entries);
  });

  it('counts a refusal, keeps its text, and does not send it again', async () => {
    receiver.misbehave = (method) => (method === 'PATCH' ? 200 : undefined);
    const given = options(10);
    const pusher = await startPusher({ ...given, statusChanges: 20 });
    await pusher.finished;
    expect(pusher.statistics.refused).to.equal(20);
    expect(pusher.statistics.byOcpiStatus['2001']).to.equal(20);
    expect(pusher.statistics.refusals[0]).to.deep.include({ method: 'PATCH', status: 200 });
    expectLedgerIsStored(pusher.ledger.entries);
  });

  it('holds the rate and the concurrency', async () => {
    const pusher = await startPusher({ ...options(60), phases: ['locations'], rate: 200, concurrency: 3 });
    await pusher.finished;
    const times = receiver.received.map(({ at }) => at);
    const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1000;
    expect(59 / seconds).to.be.within(120, 240);
    expect(receiver.mostInFlight).to.be.at.most(3);
  });

  it('stops with nothing in flight, and says what was left unanswered', async () => {
    const pusher = await startPusher({ ...options(), timeout: 300 });
    await wait(100);
    await pusher.stop();
    expect(receiver.inFlight).to.equal(0);
    const count = receiver.received.length;
    await wait(50);
    expect(receiver.received).to.have.length(count);
    expectLedgerIsStored(pusher.ledger.entries);

    receiver.misbehave = () => 'drop-after';
    const cut = await startPusher({ ...options(), timeout: 300 });
    await wait(50);
    await cut.stop();
    const unanswered = [...cut.ledger.entries.values()].filter((entry) => entry.unanswered !== null);
    expect(unanswered).to.have.length.above(0);
    expect(unanswered[0]?.unanswered).to.have.property('last_updated');
    expect(cut.ledger.acknowledgedCount).to.equal(0);
  });

  it('does not start without a Receiver of Locations', async () => {
    let message = '';
    try {
      await startPusher({ ...options(1), token: 'wrong' });
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).to.include('HTTP 401');
  });
});
