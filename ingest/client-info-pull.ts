/**
 * Asks hubs for all the parties behind them (HCI-07): the whole list, page after page, when a hub has registered,
 * at the start, and some times a day; between these its pushes keep us up to date.
 *
 * Guarantees: a list that came to its end is the new truth for that hub; of one that broke off, that holds nothing
 * although the hub has announced parties, or that is beyond every bound, nothing is taken and what is known stays.
 * No routing headers go out (HCI-08). What a hub does wrong ends in its report and in the log, never in an exception.
 */
import { randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { isOcpiVersion } from '../db/ocpi-version.ts';
import type { ClientInfo, Connection } from '../db/partner-model.ts';
import { CLIENT_INFO_LIMIT, type ClientInfoStore } from '../db/registry/client-info-store.ts';
import type { ConnectionStore } from '../db/registry/connection-store.ts';
import { isHub } from '../db/registry/partner.ts';
import { PartnerError, partnerProblem } from './adapter.ts';
import { type ClientInfoVersion, readClientInfo } from './client-info.ts';
import type { HttpClient } from './http/http-client.ts';
import { elementValue } from './json-element.ts';
import type { ListElement } from './json-list.ts';
import { type CrawlEnd, crawl } from './ocpi-client/crawl.ts';
import { getPage } from './ocpi-client/page.ts';
import { withTokenForms } from './ocpi-client/token.ts';

/** How one pull ended. */
export interface ClientInfoReport {
  readonly hub: string;
  /** `refused`: it does not take our token, and is not asked again until it registers anew (PC-10). */
  readonly state: 'complete' | 'failed' | 'refused';
  readonly received: number;
  /** Entries that are no ClientInfo. */
  readonly refused: number;
  /** Known parties that the list no longer had. */
  readonly suspended: number;
  /** Why it failed, or what was odd. */
  readonly problem?: string;
}

export interface ClientInfoPuller {
  /** Pulls from every hub whose turn it is; two calls at once are one. */
  pullDue(signal: AbortSignal): Promise<ClientInfoReport[]>;
}

export interface ClientInfoPullerParts {
  readonly connections: Pick<ConnectionStore, 'list'>;
  readonly clientInfo: Pick<ClientInfoStore, 'list' | 'takeList'>;
  readonly fetcher: HttpClient;
  /** Opens a partner's token. */
  readonly unseal: (sealed: string) => string;
  readonly clock: () => Date;
  readonly logger: Logger;
}

/** Entries asked for in a page. */
const PAGE_LIMIT = 500;
/** Milliseconds for one hub: a few hundred kilobytes. */
const PULL_LIMIT_MS = 5 * 60_000;
/** Milliseconds until the next pull: a hub pushes what changes, a pull mends only what was lost. */
const PAUSES_MS = {
  complete: 6 * 3_600_000,
  failed: 15 * 60_000,
  refused: Number.POSITIVE_INFINITY,
} as const;

/** Makes the puller of a process. */
export function createClientInfoPuller(parts: ClientInfoPullerParts): ClientInfoPuller {
  const { connections, clock } = parts;
  const turns = new Map<number, { registeredAt: number; nextAt: number }>();
  let running: Promise<ClientInfoReport[]> | undefined;

  async function pullDue(signal: AbortSignal): Promise<ClientInfoReport[]> {
    const reports: ClientInfoReport[] = [];
    for (const connection of (await connections.list()).filter(isHub)) {
      const url = listUrl(connection);
      const registeredAt = connection.peer?.registeredAt.getTime() ?? 0;
      const turn = turns.get(connection.id);
      const isDue = turn?.registeredAt !== registeredAt || turn.nextAt <= clock().getTime();
      if (url === undefined || !isDue) continue;
      const report = await pull(parts, connection, url, signal);
      turns.set(connection.id, { registeredAt, nextAt: clock().getTime() + PAUSES_MS[report.state] });
      reports.push(report);
    }
    return reports;
  }

  return {
    pullDue(signal) {
      running ??= pullDue(signal).finally(() => {
        running = undefined;
      });
      return running;
    },
  };
}

/** Where the hub offers its list; undefined when it offers none. */
function listUrl({ peer }: Connection): string | undefined {
  const offered = peer?.endpoints.find(
    ({ identifier, role }) => identifier.toLowerCase() === 'hubclientinfo' && role === 'SENDER',
  );
  return offered?.url;
}

async function pull(
  parts: ClientInfoPullerParts,
  connection: Connection,
  url: string,
  signal: AbortSignal,
): Promise<ClientInfoReport> {
  const { clientInfo, clock, logger } = parts;
  const { id, name } = connection;
  const startedAt = clock();
  const list = await readList(parts, connection, url, signal);
  const report = { hub: name, received: list.infos.length + list.refused, refused: list.refused };
  const isSuspicious = list.infos.length === 0 && (await clientInfo.list(id)).length > 0;
  const problems = isSuspicious
    ? [...list.problems, 'the list holds no party, although the hub has announced some']
    : list.problems;
  if (problems.length > 0) {
    const state = list.isBroken ? 'refused' : 'failed';
    const failed = { ...report, state, suspended: 0, problem: problems.join('; ') } as const;
    logger.warn(failed, 'the parties behind a hub could not be pulled: what is known of them stays');
    return failed;
  }
  const { infos, refused } = list;
  // An entry that could not be read may be any of the missing ones.
  const { suspended } = await clientInfo.takeList(id, { infos, isWhole: refused === 0, startedAt });
  const odd = list.notes.length > 0 ? { problem: list.notes.join('; ') } : {};
  const complete = { ...report, state: 'complete', suspended, ...odd } as const;
  logger.info(complete, 'pulled the parties behind a hub');
  return complete;
}

interface PulledList extends Omit<CrawlEnd, 'isComplete'> {
  readonly infos: readonly ClientInfo[];
  readonly refused: number;
}

async function readList(
  parts: ClientInfoPullerParts,
  connection: Connection,
  url: string,
  signal: AbortSignal,
): Promise<PulledList> {
  const { clock } = parts;
  const infos: ClientInfo[] = [];
  const refusals: string[] = [];
  let end: Omit<CrawlEnd, 'isComplete'>;
  try {
    const pages = pagesOf(parts, connection, url, signal);
    for (;;) {
      const { value, done } = await pages.next();
      if (done) {
        end = value;
        break;
      }
      for (const entry of value) {
        const reading = readClientInfo(elementValue(entry), versionOf(connection), clock());
        if ('info' in reading) infos.push(reading.info);
        else refusals.push(reading.problems.map(({ message }) => message).join(', '));
      }
      if (infos.length + refusals.length > CLIENT_INFO_LIMIT) {
        throw new PartnerError(`the list goes on beyond ${CLIENT_INFO_LIMIT} parties`);
      }
    }
  } catch (error) {
    signal.throwIfAborted();
    const problem = partnerProblem(error);
    if (problem === undefined) throw error;
    end = { problems: [problem], notes: [], isBroken: false };
  }
  const [first] = refusals;
  const refused = first === undefined ? [] : [`${refusals.length} entries were refused; the first: ${first}`];
  const { problems, isBroken } = end;
  return { infos, refused: refusals.length, problems, isBroken, notes: [...end.notes, ...refused] };
}

function pagesOf(
  { fetcher, unseal }: ClientInfoPullerParts,
  { peer, tokenForm, version }: Connection,
  url: string,
  stopping: AbortSignal,
): AsyncGenerator<ListElement[], CrawlEnd> {
  const limit = new PartnerError(`not at its end after ${PULL_LIMIT_MS / 60_000} minutes`);
  const signal = AbortSignal.any([stopping, abortAfter(PULL_LIMIT_MS, limit)]);
  const token = {
    token: opened(peer?.sealedToken ?? '', unseal),
    options: { tokenForm },
    version: isOcpiVersion(version) ? version : null,
  };
  const correlationId = randomUUID();
  return crawl({
    url,
    dateFrom: null,
    limit: PAGE_LIMIT,
    signal,
    getPage: (pageUrl) =>
      withTokenForms(token, {}, (headers) =>
        getPage(fetcher, { url: pageUrl, headers, correlationId, signal }),
      ),
  });
}

function abortAfter(milliseconds: number, reason: Error): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(reason), milliseconds).unref();
  return controller.signal;
}

function versionOf({ version }: Connection): ClientInfoVersion {
  return version === '2.3.0' ? version : '2.2.1';
}

function opened(sealed: string, unseal: (sealed: string) => string): string {
  try {
    return unseal(sealed);
  } catch (error) {
    throw new PartnerError(`our token for it cannot be opened: ${(error as Error).message}`);
  }
}
