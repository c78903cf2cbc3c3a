import { type IncomingMessage, request } from 'node:http';
import { expect } from 'chai';
import type { ChangesPage } from '../../../../server/open-data/changes/feed.ts';
import { StreamPlaces } from '../../../../server/open-data/changes/places.ts';
import { changeStream } from '../../../../server/open-data/changes/stream.ts';
import { buildLocation } from '../../../support/builders.ts';
import type { OcpiClient } from '../../../support/ocpi-client.ts';
import { until } from '../../../support/push.ts';
import { startTestServer, type TestServer } from '../../../support/server.ts';
import { readEvents, type ServerSentEvent } from '../../../support/server-sent-events.ts';

const ALL = { parties: null, kinds: null, box: null };

/** What a client of a stream has got so far. */
interface Client {
  readonly response: IncomingMessage;
  readonly events: ServerSentEvent[];
  readonly text: () => string;
  hangUp(): void;
  readonly ended: Promise<void>;
}

describe('the stream of changes', () => {
  let server: TestServer;
  let cpo: OcpiClient;
  const clients: Client[] = [];

  beforeEach(async () => {
    server = await startTestServer();
    ({ client: cpo } = await server.addConnection('cpo', { parties: ['NL-TNM'] }));
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.hangUp();
    await server.stop();
  });

  const put = (id: string, overrides = {}, by: OcpiClient = cpo) =>
    by.put(`/ocpi/2.2.1/receiver/locations/NL/TNM/${id}`, buildLocation({ id, ...overrides }));
  const ids = ({ events }: Client) =>
    events.filter(({ data }) => data !== '').map(({ data }) => JSON.parse(data).id as string);

  function listen(query = '', headers: Record<string, string> = {}, url = server.url): Promise<Client> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = new URL(url);
      const outgoing = request(
        {
          hostname,
          port,
          path: `/changes${query}`,
          agent: false,
          headers: { accept: 'text/event-stream', ...headers },
        },
        (response) => {
          const events: ServerSentEvent[] = [];
          let text = '';
          response.on('data', (chunk) => (text += chunk));
          const read = async () => {
            for await (const more of readEvents(response)) events.push(...more);
          };
          const client: Client = {
            response,
            events,
            text: () => text,
            hangUp: () => outgoing.destroy(),
            ended: read().catch(() => undefined),
          };
          clients.push(client);
          resolve(client);
        },
      );
      outgoing.on('error', reject);
      outgoing.end();
    });
  }

  it('tells each change as it comes, as an event with its position and kind', async () => {
    const client = await listen();
    expect(client.response.headers).to.include({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
      'access-control-allow-origin': '*',
    });
    await put('A');
    await until(() => ids(client).length === 1);
    await cpo.patch('/ocpi/2.2.1/receiver/locations/NL/TNM/A/EVSE-1', {
      ...{ status: 'CHARGING', last_updated: '2026-06-03T00:00:00Z' },
    });
    await put('A', { publish: false, last_updated: '2026-06-04T00:00:00Z' });
    await until(() => client.text().includes('"action":"delete"'));
    const told = client.events.filter(({ data }) => data !== '');
    const first = JSON.parse(told[0]?.data ?? '');
    expect(told[0]).to.include({ type: 'location', lastEventId: '1' });
    expect(first).to.include({ sequence: 1, kind: 'location', action: 'upsert', id: 'NL-TNM-A' });
    expect(first.object.properties.name).to.equal(null);
    expect(JSON.parse(told.at(-1)?.data ?? '')).to.include({ action: 'delete', object: null });
  });

  it('goes on from Last-Event-ID, which goes before since, and without either from now', async () => {
    for (const id of ['A', 'B', 'C']) await put(id);
    const resumed = await listen('?since=0', { 'last-event-id': '2' });
    const whole = await listen('?since=0');
    const fresh = await listen();
    await until(() => ids(resumed).length === 1 && ids(whole).length === 3);
    await put('D');
    await until(() => [resumed, whole, fresh].every((client) => ids(client).includes('NL-TNM-D')));
    expect(ids(resumed)).to.deep.equal(['NL-TNM-C', 'NL-TNM-D']);
    expect(ids(fresh)).to.deep.equal(['NL-TNM-D']);
    expect((await listen('', { 'last-event-id': 'x y' })).response.statusCode).to.equal(400);
    expect((await listen('?since=99')).response.statusCode).to.equal(410);
  });

  it('hears of what another process writes', async () => {
    const other = await startTestServer({ beside: server });
    const client = await listen('', {}, other.url);
    await put('A');
    await until(() => ids(client).length === 1);
    client.hangUp();
    await other.stop();
  });

  it('shows a tombstone of a former spelling before its position is over', async () => {
    await put('LOC');
    const client = await listen('?since=1');
    await put('loc', { last_updated: '2026-06-04T00:00:00Z' });
    await until(() => ids(client).length === 2);
    const told = client.events.filter(({ data }) => data !== '');
    expect(told.map(({ data, lastEventId }) => [JSON.parse(data).id, lastEventId])).to.deep.equal([
      ['NL-TNM-LOC', '1'],
      ['NL-TNM-loc', '2'],
    ]);
  });

  it('ends when the access point stops, and leaves nothing behind when clients hang up', async () => {
    const { changeStreams, lifecycle } = server.services;
    const staying = await listen();
    const leaving = await Promise.all(Array.from({ length: 5 }, () => listen()));
    expect(changeStreams.taken).to.equal(6);
    for (const client of leaving) client.hangUp();
    await until(() => changeStreams.taken === 1);
    lifecycle.stop();
    await staying.ended;
    expect(staying.response.complete, 'ended in order').to.equal(true);
    expect(staying.text()).to.match(/^retry: \d+\n/);
    await until(() => changeStreams.taken === 0);
    expect(server.log.filter(({ level }) => level === 'warn' || level === 'error')).to.deep.equal([]);
  });

  it('has so many places; who finds none is told when to come again, and one that is left is free', async () => {
    const few = await startTestServer({
      beside: server,
      services: () => ({ changeStreams: new StreamPlaces({ places: 2, aClient: 2 }) }),
    });
    const [first] = await Promise.all([listen('', {}, few.url), listen('', {}, few.url)]);
    const refused = await listen('', {}, few.url);
    expect(refused.response.statusCode).to.equal(503);
    expect(refused.response.headers).to.include({ 'retry-after': '30' });
    first.hangUp();
    await until(async () => (await listen('', {}, few.url)).response.statusCode === 200);
    await few.stop();
  });
});

describe('places for streams', () => {
  it('are so many a client, and shared by those who are not told apart', () => {
    const places = new StreamPlaces({ places: 6, aClient: 2 });
    const taken = (client: string | null) => {
      const place = places.take(client);
      return place instanceof AbortController ? 'taken' : place;
    };
    expect(['a', 'a', 'a', 'b'].map(taken)).to.deep.equal(['taken', 'taken', 'client-has-enough', 'taken']);
    expect([null, null, null, null].map(taken)).to.deep.equal(['taken', 'taken', 'taken', 'all-taken']);
  });

  it('are free again when their stream ends, and end together', () => {
    const places = new StreamPlaces({ places: 2, aClient: 2 });
    const place = places.take('a') as AbortController;
    const other = places.take('a') as AbortController;
    expect(places.take('a')).to.equal('all-taken');
    place.abort();
    expect(places.take('a')).to.be.instanceOf(AbortController);
    places.endAll();
    expect([other.signal.aborted, places.taken]).to.deep.equal([true, 0]);
  });
});

describe('the text of a stream', () => {
  const page = (upTo: number, head: number, ...sequences: number[]): ChangesPage => ({
    ...{ upTo, head },
    changes: sequences.map((sequence) => ({
      ...{ sequence, kind: 'location' as const, text: `{"sequence":${sequence}}`, endsPosition: true },
    })),
  });

  /** Blocks of the stream of these pages, which then waits: the journal has nothing more. */
  async function blocksOf(pages: ChangesPage[], { blocks, beatMs = 5 }: { blocks: number; beatMs?: number }) {
    const stop = new AbortController();
    const [first, ...rest] = pages as [ChangesPage, ...ChangesPage[]];
    const feed = {
      pageOrNone: async () => rest.shift() ?? null,
      passed: async (_after: number, milliseconds: number, signal: AbortSignal) => {
        if (rest.length > 0) return true;
        await new Promise((resolve) => setTimeout(resolve, Math.max(milliseconds, 1)));
        return signal.aborted;
      },
    };
    let text = '';
    const found = () => text.split('\n\n').slice(0, -1);
    for await (const piece of changeStream(feed, { first, after: 0, filter: ALL }, stop.signal, beatMs)) {
      text += piece;
      if (found().length >= blocks) stop.abort();
    }
    return found().slice(0, blocks);
  }

  it('begins with when to come back, and from where', async () => {
    expect(await blocksOf([page(0, 0)], { blocks: 1 })).to.deep.equal(['retry: 3000\nid: 0']);
  });

  it('beats with a comment while nothing comes', async () => {
    const [, ...beats] = await blocksOf([page(0, 0)], { blocks: 4 });
    expect(beats).to.deep.equal([':', ':', ':']);
  });

  it('moves a client on, without an event, past what its filter keeps from it', async () => {
    const [, ...told] = await blocksOf([page(5, 5, 3)], { blocks: 4 });
    expect(told).to.deep.equal(['id: 3\nevent: location\ndata: {"sequence":3}', 'id: 5\n:', ':']);
    const [, ...moved] = await blocksOf([page(7, 7)], { blocks: 3 });
    expect(moved).to.deep.equal(['id: 7\n:', ':']);
  });

  it('makes no more pages than are read', async () => {
    let made = 0;
    const endless = (after: number) => {
      made += 1;
      const sequences = Array.from({ length: 1_000 }, (_, index) => after + index + 1);
      return page(after + 1_000, Number.MAX_SAFE_INTEGER, ...sequences);
    };
    const feed = {
      pageOrNone: async ({ after }: { after: number }) => endless(after),
      passed: async () => true,
    };
    const stop = new AbortController();
    const body = changeStream(feed, { first: endless(0), after: 0, filter: ALL }, stop.signal);
    body.read();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const unread = made;
    expect(unread).to.be.at.most(4);
    let length = 0;
    for await (const piece of body) {
      length += piece.length;
      if (length > 10_000_000) break;
    }
    expect(made).to.be.greaterThan(100);
  });

  it('ends when there is no next page', async () => {
    expect(await blocksOf([page(1, 2, 1)], { blocks: 9, beatMs: 1_000 })).to.have.length(2);
  });
});
