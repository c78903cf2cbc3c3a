/**
 * The credentials module of a recording partner, and what it does with the credentials it is given: keep them and,
 * when told to, call the other side back with the token in them before it answers. Guarantees that the tokens of
 * a finished handshake are the ones that work: A dies with POST, the old C with PUT, everything with DELETE.
 */
import { randomBytes } from 'node:crypto';
import type { Answer } from '../../simulator/faults-types.ts';
import { authorization } from '../ocpi-client.ts';
import { envelope, refusal } from './answer.ts';

/** A credentials object as it goes over the wire, of any version. */
export interface CredentialsObject {
  readonly token: string;
  readonly url: string;
  // biome-ignore lint/suspicious/noExplicitAny: 2.1.1 is flat where later versions have roles.
  readonly [field: string]: any;
}

/** One call of a partner to the other side while a handshake with it is open. */
export interface Callback {
  readonly url: string;
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape.
  readonly body: any;
}

/** Who the partner says it is. */
export interface PartnerIdentity {
  readonly role: string;
  readonly parties: readonly string[];
  readonly versionsUrl: string;
  readonly hubPartyId: string | undefined;
}

/** Milliseconds that a partner waits for the other side while it calls back. */
const CALLBACK_LIMIT_MS = 5000;

/** The partner's own credentials object with a token. */
export function credentialsObject(
  identity: PartnerIdentity,
  version: string,
  token: string,
): CredentialsObject {
  const { versionsUrl: url, role, hubPartyId } = identity;
  const parties = identity.parties.map((party) => ({
    country_code: party.slice(0, 2),
    party_id: party.slice(3),
    business_details: { name: `Partner ${party}` },
  }));
  if (version === '2.1.1') return { token, url, ...parties[0] };
  // A hub is a role in 2.2.1; in 2.3.0 it is known by its own id and lists whom it reaches.
  const hub = role === 'HUB' && version !== '2.2.1';
  const roles = parties.map((party) => ({ role: hub ? 'CPO' : role, ...party }));
  return { token, url, roles, ...(hub ? { hub_party_id: hubPartyId } : {}) };
}

/** What the module of one partner keeps. */
export class PartnerCredentials {
  /** The tokens that callers may send; true for those of a finished registration. */
  readonly tokens = new Map<string, boolean>();
  /** Credentials that were given to the partner, the newest last. */
  readonly given: CredentialsObject[] = [];
  readonly callbacks: Callback[] = [];
  /** Whether POST and PUT call the other side back before they answer. */
  callsBack = false;
  readonly #identity: PartnerIdentity;

  constructor(identity: PartnerIdentity) {
    this.#identity = identity;
  }

  async answer(version: string, method: string, token: string, json: unknown): Promise<Answer> {
    const registered = this.tokens.get(token) === true;
    if (method === 'GET') return envelope(credentialsObject(this.#identity, version, token));
    if (method === 'POST' ? registered : !registered)
      return refusal(405, 2000, `${method} comes too early or late`);
    if (method === 'DELETE') {
      this.tokens.delete(token);
      return envelope();
    }
    if (method !== 'POST' && method !== 'PUT') return refusal(405, 2000, `${method} is not offered here`);
    const credentials = json as CredentialsObject | undefined;
    if (typeof credentials?.token !== 'string')
      return refusal(200, 2001, 'The body is no credentials object');
    if (this.callsBack && !(await this.#callBack(version, credentials)))
      return refusal(200, 3001, 'The versions of the other side could not be read');
    this.given.push(credentials);
    this.tokens.delete(token);
    const fresh = randomBytes(16).toString('hex');
    this.tokens.set(fresh, true);
    return envelope(credentialsObject(this.#identity, version, fresh));
  }

  async #callBack(version: string, { url, token }: CredentialsObject): Promise<boolean> {
    const versions = await this.#call(version, url, token);
    const listed = versions.body?.data?.find?.((one: { version: string }) => one.version === version);
    return listed ? (await this.#call(version, listed.url, token)).body?.status_code === 1000 : false;
  }

  async #call(version: string, url: string, token: string): Promise<Callback> {
    const headers = { Authorization: version === '2.1.1' ? `Token ${token}` : authorization(token) };
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(CALLBACK_LIMIT_MS) });
    const callback = { url, status: response.status, body: await response.json().catch(() => undefined) };
    this.callbacks.push(callback);
    return callback;
  }
}
