/**
 * Our own access point: a started server with a database of its own, whose operator we are. Checks speak with it
 * over HTTP only; what an operator does (make connections, start pulls and handshakes) is done through its
 * services. Whatever it started ends with `stop()`.
 */
import { randomBytes } from 'node:crypto';
import type { Role } from '../../../db/model.ts';
import { AdminError } from '../../../server/admin/admin-error.ts';
import type { RecordingPartner } from '../../support/recording-partner.ts';
import { owner, startTestServer, type TestServer } from '../../support/server.ts';
import {
  type Approach,
  type ConnectionWish,
  type Given,
  type Invitation,
  type Need,
  NotCovered,
  type Pull,
} from '../check.ts';
import type { OcpiVersion } from '../rows/row.ts';
import { Speaker } from '../speaker.ts';
import type { Platform } from './platform.ts';

/** Parties whose last letter is the version's: a token binds its parties, and a party has one voice. */
const LAST_LETTER: Readonly<Record<OcpiVersion, string>> = { '2.1.1': '1', '2.2.1': '2', '2.3.0': '3' };

/** How our token goes out (AUTH-15). */
const TOKEN_FORM = { '2.1.1': 'raw', '2.2.1': 'base64', '2.3.0': 'base64' } as const;

type Download = Given['download'];

/** What an access point has that pushes to providers. */
interface Pushing {
  readonly pusher: { start(): void };
}

export async function startOwnPlatform(): Promise<Platform> {
  const server = await startTestServer({ config: { allowPrivateUrls: true } });
  const own = new OwnPlatform(server);
  return {
    name: 'our own access point',
    followsDecisions: true,
    offers: (version) => own.offers(version),
    give: (need, version) => own.give(need, version),
    stop: () => own.stop(),
  };
}

class OwnPlatform {
  readonly #server: TestServer;
  readonly #given = new Map<string, Promise<unknown>>();
  readonly #names = new Map<Speaker, string>();
  #guarded: Promise<TestServer> | undefined;
  #isPushing = false;
  #count = 0;

  constructor(server: TestServer) {
    this.#server = server;
  }

  async offers(version: OcpiVersion): Promise<boolean> {
    const caller = await this.give('caller', version);
    const response = await caller.call('GET', caller.identity.versionsUrl);
    const listed = response.body?.data as { version: string }[] | undefined;
    return Array.isArray(listed) && listed.some((one) => one.version === version);
  }

  /** The same for every check of a version: a connection is made once. */
  give<N extends Need>(need: N, version: OcpiVersion): Promise<Given[N]> {
    const key = `${need} ${version}`;
    const known = this.#given.get(key) ?? this.#make(need, version);
    this.#given.set(key, known);
    return known as Promise<Given[N]>;
  }

  async stop(): Promise<void> {
    if (this.#guarded) await (await this.#guarded).stop();
    await this.#server.stop();
  }

  async #make(need: Need, version: OcpiVersion): Promise<Given[Need]> {
    const last = LAST_LETTER[version];
    switch (need) {
      case 'caller':
        return this.#connect(version, { role: 'OTHER', party: `DE-CA${last}` });
      case 'cpo':
        return this.#connect(version, { party: `DE-AB${last}` });
      case 'otherCpo':
        return this.#connect(version, { party: `DE-XY${last}` });
      case 'provider':
        return this.#connect(version, { role: 'NSP', party: `DE-NS${last}` });
      case 'reader':
        return (other: OcpiVersion) => this.#reader(other);
      case 'connect':
        return (wish: ConnectionWish) => this.#connect(version, wish);
      case 'withdraw':
        return (speaker: Speaker) => this.#withdraw(speaker);
      case 'invite':
        return (wish: ConnectionWish = {}) => this.#invite(this.#server, version, wish);
      case 'inviteGuarded':
        return async (wish: ConnectionWish = {}) => this.#invite(await this.#guardedServer(), version, wish);
      case 'approach':
        return (partner: RecordingPartner, wish: ConnectionWish = {}) =>
          this.#approach(partner, version, wish);
      case 'pull':
        return (partner: RecordingPartner, wish: ConnectionWish = {}) => this.#pull(partner, version, wish);
      case 'askHubs':
        return () => this.#askHubs();
      case 'startPushes':
        return () => this.#startPushes();
      case 'download':
        return (name: string) => this.#download(name);
    }
  }

  #fresh(): { name: string; party: string } {
    this.#count += 1;
    // Three letters or digits, none of them used by the connections above.
    const letters = this.#count.toString(36).toUpperCase().padStart(2, '0');
    return { name: `conformance-${this.#count}`, party: `DE-Q${letters}` };
  }

  async #connect(version: OcpiVersion, wish: ConnectionWish): Promise<Speaker> {
    const { name, party: freshParty } = this.#fresh();
    const { role = 'CPO', party = freshParty, parties = [party] } = wish;
    const token = randomBytes(24).toString('base64url');
    await this.#server.addConnection(name, { ...settingsOf(version, wish), parties, token });
    const versionsUrl = versionsUrlFor(this.#server.url, version, role);
    const { countryCode: country_code, partyId: party_id } = owner(parties[0] as string);
    const speaker = new Speaker({ versionsUrl, token, version, party: { country_code, party_id } });
    this.#names.set(speaker, name);
    return speaker;
  }

  async #reader(version: OcpiVersion): Promise<Speaker> {
    if (await this.offers(version)) return this.give('provider', version);
    throw new NotCovered(`${version} is not offered`);
  }

  async #withdraw(speaker: Speaker): Promise<void> {
    const { connections } = this.#server.services;
    const connection = await connections.findByName(this.#names.get(speaker) ?? '');
    if (connection) await connections.remove(connection.id);
  }

  async #invite(server: TestServer, version: OcpiVersion, wish: ConnectionWish): Promise<Invitation> {
    const { name, party: freshParty } = this.#fresh();
    const { role = 'CPO', party = freshParty, parties = [party] } = wish;
    const settings = { ...settingsOf(version, wish), parties, tokenKind: 'registration' } as const;
    const { token } = await server.addConnection(name, settings);
    return { versionsUrl: versionsUrlFor(server.url, version, role), token, party: parties[0] as string };
  }

  async #approach(partner: RecordingPartner, version: OcpiVersion, wish: ConnectionWish): Promise<Approach> {
    const { name, party: freshParty } = this.#fresh();
    const { role = 'CPO', party = freshParty, parties = [party] } = wish;
    const { admin } = this.#server.services;
    const settings = { name, role, parties, version, token_form: TOKEN_FORM[version] };
    const approach = { versions_url: partner.versionsUrl, token: partner.token };
    const agreed = await admin.addConnection({ ...settings, ...approach }).then(
      () => true,
      (error: unknown) => {
        if (!(error instanceof AdminError)) throw error;
        if (error.code === 'usage')
          throw new NotCovered(`the access point cannot do this yet: ${error.message}`);
        return false;
      },
    );
    return {
      agreed,
      rotate: async () => void (await admin.rotateConnection(name)),
      remove: async () => void (await admin.removeConnection(name)),
    };
  }

  async #pull(partner: RecordingPartner, version: OcpiVersion, wish: ConnectionWish): Promise<Pull> {
    const { name, party: freshParty } = this.#fresh();
    const { party = freshParty, parties = [party], strictness } = wish;
    const { connections, sources, puller, secretBox } = this.#server.services;
    const ofSpeaker = wish.speaker && (await connections.findByName(this.#names.get(wish.speaker) ?? ''));
    await sources.add({
      name,
      kind: 'ocpi',
      url: partner.versionsUrl,
      sealedToken: secretBox.seal(partner.token),
      version,
      strictness,
      // Only when a check says so.
      schedule: '0 0 1 1 *',
      fullSchedule: '0 0 1 1 *',
      connectionId: ofSpeaker?.id,
      // A hub brings whomever it announced.
      parties: ofSpeaker?.role === 'HUB' ? [] : parties.map(owner),
    });
    return { run: async ({ full = false } = {}) => ({ ...(await puller.run(name, { full })) }) };
  }

  async #askHubs(): Promise<void> {
    await this.#server.services.clientInfoPuller.pullDue(new AbortController().signal);
  }

  async #startPushes(): Promise<void> {
    const { pusher } = this.#server.services as Partial<Pushing>;
    if (!pusher) throw new NotCovered('the access point does not push yet');
    if (!this.#isPushing) pusher.start();
    this.#isPushing = true;
  }

  async #download(name: string): Promise<Awaited<ReturnType<Download>>> {
    await this.#server.services.snapshots.buildIfChanged();
    const response = await fetch(`${this.#server.url}/data/${name}`);
    return { text: await response.text(), headers: response.headers };
  }

  /** A second server on the same database, which guards itself as in production. */
  #guardedServer(): Promise<TestServer> {
    this.#guarded ??= startTestServer({ beside: this.#server, config: { allowPrivateUrls: false } });
    return this.#guarded;
  }
}

/** 2.1.1 has a list of versions for each direction (VER-06). */
function versionsUrlFor(url: string, version: OcpiVersion, role: string): string {
  if (version !== '2.1.1') return `${url}/ocpi/versions`;
  return `${url}/ocpi/${['NSP', 'EMSP'].includes(role) ? 'cpo' : 'emsp'}/versions`;
}

function settingsOf(version: OcpiVersion, wish: ConnectionWish) {
  const { role = 'CPO', strictness = 'report', clock = 'registry', pushOnly = false } = wish;
  const tokenForm = TOKEN_FORM[version];
  return { version, role: role as Role, strictness, clock, pushOnly, tokenForm } as const;
}
