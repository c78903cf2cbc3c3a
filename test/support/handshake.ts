/**
 * The partner's side of a handshake that it starts: versions, details and POST credentials at another platform,
 * with a registration token. Judges nothing and keeps every answer for the test to read; fails only when no
 * answer comes.
 */
import { randomBytes } from 'node:crypto';
import { authorization, type Data, OcpiClient, type OcpiResponse, send } from './ocpi-client.ts';
import type { RecordingPartner } from './recording-partner.ts';

/** Where and with what to register. */
export interface RegistrationTarget {
  readonly versionsUrl: string;
  /** The registration token that the other side has issued (A). */
  readonly token: string;
  /** 2.2.1 unless told. */
  readonly version?: string;
}

/** How it went. */
export interface Registration {
  /** The answer to POST credentials. */
  readonly response: OcpiResponse;
  readonly credentialsUrl: string;
  /** The token that the partner has given out for itself (B), accepted by it from before the POST. */
  readonly ownToken: string;
  /** The token to call the other side with (C); undefined when it gave none. */
  readonly token: string | undefined;
  /** Endpoints of the other side as its details list them. */
  readonly endpoints: readonly {
    readonly identifier: string;
    readonly role?: string;
    readonly url: string;
  }[];
  /** A client of the other side that sends C. */
  readonly client: OcpiClient;
}

/** The header that a version wants: the token itself in 2.1.1, in Base64 since. */
export function authorizationOf(version: string, token: string): string {
  return version === '2.1.1' ? `Token ${token}` : authorization(token);
}

/** Calls an absolute URL as a client of a version. */
export function callUrl(
  method: string,
  url: string,
  { token, version = '2.2.1', body }: { token: string; version?: string; body?: unknown },
): Promise<OcpiResponse> {
  const { origin } = new URL(url);
  const headers = { Authorization: authorizationOf(version, token) };
  return send(origin, method, url.slice(origin.length), { headers, ...(body === undefined ? {} : { body }) });
}

/** Registers a partner; `changes` lie over the credentials that it sends. */
export async function registerAt(
  partner: RecordingPartner,
  { versionsUrl, token, version = '2.2.1' }: RegistrationTarget,
  changes: Readonly<Record<string, unknown>> = {},
): Promise<Registration> {
  const versions = await callUrl('GET', versionsUrl, { token, version });
  const listed = versions.body?.data?.find((one: Data) => one.version === version);
  if (!listed) throw new Error(`No ${version} at ${versionsUrl}: ${versions.status} ${versions.text}`);
  const details = await callUrl('GET', listed.url, { token, version });
  const endpoints = details.body?.data?.endpoints ?? [];
  const credentialsUrl = endpoints.find((one: Data) => one.identifier === 'credentials')?.url;
  if (!credentialsUrl) throw new Error(`No credentials at ${listed.url}: ${details.status} ${details.text}`);
  const ownToken = randomBytes(16).toString('hex');
  partner.acceptToken(ownToken, true);
  const body = { ...partner.credentials(version, ownToken), ...changes };
  const response = await callUrl('POST', credentialsUrl, { token, version, body });
  const given = response.body?.data?.token as string | undefined;
  const client = new OcpiClient(new URL(versionsUrl).origin, given ?? '');
  return { response, credentialsUrl, ownToken, token: given, endpoints, client };
}
