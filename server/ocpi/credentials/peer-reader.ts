/**
 * Reads what a partner offers, with a token: versions, then the details of one of them. Both sides of a handshake
 * do it, the responder with the token that it was just given, before anything is stored (CRED-01, CRED-10).
 *
 * Guarantees: each call ends within ten seconds and a megabyte, through the guarded client, redirects stay on
 * their host (CRED-23). Fails with HandshakeError that says at which step and why; no message holds a token.
 */

import { isOcpiVersion } from '../../../db/ocpi-version.ts';
import type { PeerEndpoint } from '../../../db/partner-model.ts';
import { isTokenRefused, partnerProblem } from '../../../ingest/adapter.ts';
import { describeUrl } from '../../../ingest/http/describe-url.ts';
import type { HttpClient, HttpLimits } from '../../../ingest/http/http-client.ts';
import { getDocument } from '../../../ingest/ocpi-client/call.ts';
import { type TokenForm, withTokenForms } from '../../../ingest/ocpi-client/token.ts';
import { chooseVersion, readEndpoints, readOffers } from '../../../ingest/ocpi-client/versions.ts';

/** Where a handshake came to its end. */
export type HandshakeStep = 'versions' | 'details' | 'endpoints' | 'credentials';

/** A handshake that came to nothing, by what the partner is or says. */
export class HandshakeError extends Error {
  override readonly name = 'HandshakeError';
  readonly step: HandshakeStep;
  /** OCPI's own codes: 3001 its API cannot be used, 3002 no version in common, 3003 endpoints are missing. */
  readonly status: 3001 | 3002 | 3003;
  /** It refused our token (PC-10). */
  readonly refused: boolean;

  constructor(step: HandshakeStep, status: 3001 | 3002 | 3003, message: string, refused = false) {
    super(message);
    this.step = step;
    this.status = status;
    this.refused = refused;
  }
}

/** What a partner offers, and how it takes our token. */
export interface PeerOffer {
  readonly version: string;
  readonly endpoints: readonly PeerEndpoint[];
  readonly tokenForm: TokenForm;
}

export interface PeerAccess {
  readonly http: HttpClient;
  readonly versionsUrl: string;
  readonly token: string;
  /** Undefined: in Base64, and on a 401 raw, once (AUTH-15). */
  readonly tokenForm: TokenForm | undefined;
  readonly correlationId: string;
  readonly signal?: AbortSignal;
}

const LIMIT_MS = 10_000;

/** Bounds of one call of a handshake (CRED-23). */
export const HANDSHAKE_LIMITS: Partial<HttpLimits> = {
  headersMs: LIMIT_MS,
  idleMs: LIMIT_MS,
  totalMs: LIMIT_MS,
  tries: 1,
};

/**
 * Reads versions and the details of the highest one that is wanted.
 *
 * @param wanted versions: all that we speak, or the one whose credentials endpoint was called
 * @throws HandshakeError; the signal's reason when the caller gives up
 */
export async function readPeer(access: PeerAccess, wanted: readonly string[]): Promise<PeerOffer> {
  const { http, versionsUrl, token, tokenForm, correlationId, signal } = access;
  const memory: Record<string, unknown> = {};
  const [only] = wanted;
  const version = only !== undefined && wanted.length === 1 && isOcpiVersion(only) ? only : null;
  const getData = (url: string) =>
    withTokenForms({ token, version, options: { tokenForm } }, memory, (headers) =>
      getDocument(http, {
        ...{ url, headers, correlationId, limits: HANDSHAKE_LIMITS },
        ...(signal ? { signal } : {}),
      }),
    );
  const offers = await step('versions', 3001, versionsUrl, () => readOffers(versionsUrl, getData));
  const chosen = await step('versions', 3002, versionsUrl, async () =>
    chooseVersion(offers, wanted, versionsUrl),
  );
  const endpoints = await step('details', 3001, chosen.url, () => readEndpoints(chosen.url, getData));
  return { version: chosen.version, endpoints, tokenForm: memory.tokenForm as TokenForm };
}

async function step<T>(
  name: HandshakeStep,
  status: HandshakeError['status'],
  url: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const problem = partnerProblem(error);
    if (problem === undefined) throw error;
    if (!isTokenRefused(error)) throw new HandshakeError(name, status, problem);
    const refusal = `${describeUrl(url)} answered HTTP 401: it does not accept the token`;
    throw new HandshakeError(name, status, refusal, true);
  }
}
