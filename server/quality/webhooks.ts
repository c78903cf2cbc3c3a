/**
 * Tells owners by webhook when findings of their parties open and close (`docs/quality.md` has the format).
 *
 * Guarantees: in batches, the oldest first; what was not taken (no 2xx) is told again; a round
 * tries each webhook once and waits longer after each failure, an hour at most; one that fails for days is left alone
 * until a person sets it anew. Every call goes through the guarded client and is signed; secrets are never logged.
 * Two processes never tell the same webhook at once. A failure of a receiver is no error of ours.
 */
import { createHmac, randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import type {
  FindingNews,
  FindingWebhook,
  FindingWebhookStore,
  ToldFinding,
} from '../../db/registry/finding-webhook-store.ts';
import type { HttpClient } from '../../ingest/http/http-client.ts';
import { isHttpError } from '../../ingest/http/http-error.ts';
import { SecretBoxError } from '../secret-box.ts';
import { viewFinding } from './finding-view.ts';
import type { RuleBook } from './rule-book.ts';

export interface FindingWebhooks {
  /** One round: whatever is new, to everybody who is due. */
  deliver(signal: AbortSignal): Promise<void>;
}

export interface FindingWebhookParts {
  readonly store: FindingWebhookStore;
  readonly book: RuleBook;
  readonly http: Pick<HttpClient, 'ask'>;
  readonly unseal: (sealed: string) => string;
  readonly clock: () => Date;
  readonly logger: Logger;
}

/** Findings in a batch that opened, and as many that closed: some 500 bytes each. */
const BATCH = 500;
/** Batches to one webhook in a round: a first round may have tens of thousands to tell. */
const BATCHES_A_ROUND = 20;
/** Webhooks that are told at a time. */
const AT_A_TIME = 4;
/** Milliseconds for a receiver to answer. */
const LIMIT_MS = 15_000;
/** Milliseconds after which a claim of a process that died is void: longer than a round can last. */
const CLAIM_MS = (BATCHES_A_ROUND + 1) * LIMIT_MS;
/** Milliseconds before the second try; doubled for each further one. */
const FIRST_DELAY_MS = 30_000;
const LONGEST_DELAY_MS = 3_600_000;
/** Failures in a row after which it is broken: some four days. */
const FAILURE_LIMIT = 100;
/** Of HTTP: the receiver is gone for good. */
const GONE = 410;

/** Makes the teller of this process. */
export function createFindingWebhooks(parts: FindingWebhookParts): FindingWebhooks {
  const { store, logger, clock } = parts;

  async function tell(webhook: FindingWebhook, signal: AbortSignal): Promise<void> {
    const { connectionId, connection } = webhook;
    if (isEmpty(await store.news(connectionId, 1)) || !(await store.claim(connectionId, CLAIM_MS))) return;
    try {
      const secret = parts.unseal(webhook.sealedSecret);
      for (let batch = 0; batch < BATCHES_A_ROUND; batch += 1) {
        const news = await store.news(connectionId, BATCH);
        if (isEmpty(news)) break;
        await post(parts, webhook, secret, news, signal);
        await store.noteTold(connectionId, news);
      }
      await store.end(connectionId, { kind: 'told' });
    } catch (error) {
      const failures = webhook.failures + 1;
      const delay = Math.min(FIRST_DELAY_MS * 2 ** (failures - 1), LONGEST_DELAY_MS);
      const isGone = isHttpError(error) && error.status === GONE;
      await store.end(connectionId, {
        kind: 'failed',
        error: signal.aborted ? 'the access point stopped' : (error as Error).message,
        nextTryAt: new Date(clock().getTime() + (signal.aborted ? 0 : delay)),
        isBroken: isGone || failures >= FAILURE_LIMIT,
      });
      if (signal.aborted) return;
      // A key that does not fit is for a person here to mend, like whatever else is not the receiver's doing.
      if (!isHttpError(error) && !(error instanceof SecretBoxError)) throw error;
      const level = error instanceof SecretBoxError ? 'error' : 'warn';
      logger[level]({ err: error, connection, failures }, 'findings could not be told by webhook');
    }
  }

  return {
    async deliver(signal) {
      const due = await store.due();
      const faults: unknown[] = [];
      const work = async () => {
        for (let webhook = due.shift(); webhook && !signal.aborted; webhook = due.shift()) {
          await tell(webhook, signal).catch((error: unknown) => faults.push(error));
        }
      };
      await Promise.all(Array.from({ length: AT_A_TIME }, work));
      if (faults.length > 0) throw faults[0];
    },
  };
}

function isEmpty({ opened, closed }: FindingNews): boolean {
  return opened.length === 0 && closed.length === 0;
}

async function post(
  parts: Pick<FindingWebhookParts, 'http' | 'book' | 'clock'>,
  { connection, url }: FindingWebhook,
  secret: string,
  { opened, closed }: FindingNews,
  signal: AbortSignal,
): Promise<void> {
  const now = parts.clock();
  const view = (finding: ToldFinding) => ({
    id: finding.id,
    country_code: finding.country_code,
    party_id: finding.party_id,
    ...viewFinding(parts.book, finding),
    closed_at: finding.closed_at?.toISOString() ?? null,
  });
  const body = JSON.stringify({
    id: randomUUID(),
    connection,
    sent_at: now.toISOString(),
    opened: opened.map(view),
    closed: closed.map(view),
  });
  await parts.http.ask(
    {
      url,
      method: 'POST',
      body,
      headers: { 'nap-signature': signature(secret, body, now) },
      correlationId: randomUUID(),
      signal,
      limits: { tries: 1, totalMs: LIMIT_MS, headersMs: LIMIT_MS },
    },
    // What it says beside its status is not for us.
    async () => undefined,
  );
}

/** `t` in seconds and the HMAC-SHA256 of `t.body` in hex: the time is signed too, so that nobody can send it again later. */
export function signature(secret: string, body: string, at: Date): string {
  const seconds = Math.floor(at.getTime() / 1_000);
  const code = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return `t=${seconds},v1=${code}`;
}
