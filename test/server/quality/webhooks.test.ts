import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import { buildEvse, buildLocation } from '../../support/builders.ts';
import { type RecordingPartner, startRecordingPartner } from '../../support/recording-partner.ts';
import { startTestServer, type TestConnection, type TestServer } from '../../support/server.ts';

const HOOK = '/hook';
const T1 = '2026-06-01T12:00:00Z';
const T2 = '2026-06-02T12:00:00Z';
const T3 = '2026-06-03T12:00:00Z';

// biome-ignore lint/suspicious/noExplicitAny: answers of any shape.
type Json = any;

describe('server/quality/webhooks', () => {
  let now = new Date('2026-06-10T00:00:00Z');
  let server: TestServer;
  let cpo: TestConnection;
  let receiver: RecordingPartner;
  let secret: string;

  before(async () => {
    server = await startTestServer({ config: { allowPrivateUrls: true }, clock: () => now });
    cpo = await server.addConnection('cpo', { parties: ['NL-TNM'] });
    receiver = await startRecordingPartner();
    receiver.override('POST', HOOK, { status: 204, body: '' });
    await put(location('L1', undefined, T1));
    const set = await server.services.admin.setWebhook('cpo', { url: `${receiver.url}${HOOK}` });
    secret = set.secret;
  });
  after(async () => {
    await receiver.stop();
    await server.stop();
  });
  beforeEach(() => receiver.clear());

  const location = (id: string, evseId: string | undefined, at: string) =>
    buildLocation({
      id,
      last_updated: at,
      evses: [buildEvse({ uid: `${id}-1`, evse_id: evseId, last_updated: at })],
    });
  const put = (object: Json) => cpo.client.put(`/ocpi/2.2.1/receiver/locations/NL/TNM/${object.id}`, object);
  const round = () => server.services.findingWebhooks.deliver(new AbortController().signal);
  const batches = () => receiver.requestsTo('POST', HOOK);
  const rules = (list: Json[]) => list.map(({ rule, object }) => `${rule} ${object.location_id}`);
  const open = async () =>
    ((await (await fetch(`${server.url}/quality/NL-TNM?rule=ID-07`)).json()) as Json).findings as Json[];

  it('tells first what is open, signed and once, also when two processes look, and then nothing more', async () => {
    await Promise.all([round(), round()]);
    const [batch, ...more] = batches();
    expect(more).to.deep.equal([]);
    expect(batch?.json).to.include({ connection: 'cpo' });
    expect(rules(batch?.json.opened)).to.include('ID-07 L1');
    expect(batch?.json.closed).to.deep.equal([]);
    const match = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(batch?.headers['nap-signature']));
    const wanted = createHmac('sha256', secret).update(`${match?.[1]}.${batch?.text}`).digest('hex');
    expect(match?.[2]).to.equal(wanted);
    expect(Number(match?.[1])).to.equal(now.getTime() / 1000);
    receiver.clear();
    await round();
    expect(batches()).to.deep.equal([]);
  });

  it('a push that mends an object closes its finding: the webhook and /quality show it', async () => {
    expect(await open()).to.have.length(1);
    expect((await put(location('L1', 'NL*TNM*E1', T2))).status).to.equal(200);
    expect(await open()).to.deep.equal([]);
    await round();
    const [batch] = batches();
    expect(rules(batch?.json.closed)).to.include('ID-07 L1');
    expect(batch?.json.closed[0].closed_at).to.be.a('string');
    expect(batch?.json.opened).to.deep.equal([]);
  });

  it('is tried once a round, later after each failure, and then told what it missed', async () => {
    const undo = receiver.override('POST', HOOK, { status: 500, body: '' });
    await put(location('L2', undefined, T3));
    await round();
    await round();
    expect(batches()).to.have.length(1);
    const failed = await server.services.admin.showWebhook('cpo');
    expect(failed).to.include({ failures: 1 });
    expect(failed.last_error).to.contain('500');
    undo();
    now = new Date(now.getTime() + 31_000);
    await round();
    expect(rules(batches().at(-1)?.json.opened)).to.include('ID-07 L2');
    expect(await server.services.admin.showWebhook('cpo')).to.include({ failures: 0, last_error: null });
    expect(server.log.filter(({ level }) => level === 'error')).to.deep.equal([]);
  });

  it('is broken once the receiver says that it is gone, until it is set anew', async () => {
    const undo = receiver.override('POST', HOOK, { status: 410, body: '' });
    await put(location('L3', undefined, T3));
    await round();
    undo();
    now = new Date(now.getTime() + 86_400_000);
    receiver.clear();
    await round();
    expect(batches()).to.deep.equal([]);
    await server.services.admin.setWebhook('cpo', { url: `${receiver.url}${HOOK}` });
    await round();
    expect(rules(batches()[0]?.json.opened)).to.include('ID-07 L3').and.not.include('ID-07 L2');
  });

  it('calls no private address unless it may, and keeps its secret to itself', async () => {
    const guarded = await startTestServer({ beside: server, clock: () => now });
    await put(location('L4', undefined, T3));
    receiver.clear();
    await guarded.services.findingWebhooks.deliver(new AbortController().signal);
    expect(batches()).to.deep.equal([]);
    const shown = await guarded.services.admin.showWebhook('cpo');
    expect(shown.failures).to.equal(1);
    const [row] = await server.database.knex('finding_webhook');
    for (const text of [JSON.stringify(shown), JSON.stringify(row), JSON.stringify(guarded.log)]) {
      expect(text).not.to.contain(secret);
    }
    await guarded.stop();
  });
});
