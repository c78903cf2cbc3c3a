/**
 * Imports of official operator IDs: the only file that knows the order of steps.
 *
 *   document -> rows of the register -> entries and findings -> the store, whole or not at all -> the import log
 *
 * Guarantees: every import that is not aborted ends in one row of the log; a row with a fault is a finding and the rest goes in; a list
 * that cannot be read, lists nobody, or would lose too much changes nothing and says why; two imports of one register
 * do not overlap in this process, and in several the store lets one follow the other.
 *
 * What a register does wrong is in the report. An abort rejects with the signal's reason, our own faults with theirs.
 */
import { createHash, randomUUID } from 'node:crypto';
import type { Logger } from 'pino';
import { formatOperatorId } from '../../db/identifiers/operator-id.ts';
import type { OperatorRegisterStore } from '../../db/registry/operator-register-store.ts';
import type {
  ImportAttempt,
  ImportFinding,
  ListedOperator,
  OperatorImport,
  OperatorStore,
} from '../../db/registry/operator-store.ts';
import { partnerProblem } from '../adapter.ts';
import { describeUrl } from '../http/describe-url.ts';
import type { HttpClient } from '../http/http-client.ts';
import type { ScheduledJob } from '../schedule.ts';
import { isRegisterError, type OperatorRegister, RegisterError } from './operator-register.ts';
import { NotModifiedError, type OpenDocument, registerDocument } from './register-document.ts';
import type { RegisterRow } from './register-row.ts';

/** Rows of a list: ten times those of all countries known together. */
const ROW_LIMIT = 100_000;

export interface OperatorImporterParts {
  readonly store: OperatorStore;
  readonly registerStore: OperatorRegisterStore;
  readonly registers: ReadonlyMap<string, OperatorRegister>;
  readonly http: HttpClient;
  readonly clock: () => Date;
  readonly logger: Logger;
}

/** What is wanted of one import. */
export interface ImportWish {
  readonly register: OperatorRegister;
  /** URL, or path of a file of this machine. */
  readonly from: string;
  /** Take it in however much would change. */
  readonly isForced?: boolean;
  /** It is enough to hear that nothing has changed since the last answer. */
  readonly onlyIfModified?: boolean;
  readonly signal: AbortSignal;
}

export interface OperatorImporter {
  run(wish: ImportWish): Promise<OperatorImport>;
  /** One for each register that has a schedule. */
  jobs(): Promise<ScheduledJob[]>;
}

/** Makes the importer of a process. */
export function createOperatorImporter(parts: OperatorImporterParts): OperatorImporter {
  const { registers, registerStore, logger } = parts;
  const queues = new Map<string, Promise<unknown>>();

  /** Waits for the import of the same register that is under way. */
  function inTurn<T>(authority: string, work: () => Promise<T>): Promise<T> {
    const before = queues.get(authority) ?? Promise.resolve();
    const turn = before.then(work, work);
    queues.set(authority, turn);
    return turn;
  }

  const run = (wish: ImportWish) => inTurn(wish.register.authority, () => runImport(parts, wish));

  return {
    run,
    async jobs() {
      const jobs: ScheduledJob[] = [];
      for (const { register: authority, url, schedule } of await registerStore.list()) {
        const register = registers.get(authority);
        if (!register) {
          logger.warn({ authority }, 'a register is not read: this version has no importer of that name');
          continue;
        }
        const id = jobId(authority, url);
        const read = (signal: AbortSignal) => run({ register, from: url, onlyIfModified: true, signal });
        jobs.push({ id, schedule, run: read });
      }
      return jobs;
    },
  };
}

/** Two URLs may read alike once their secrets are left out; the hash tells them apart. */
function jobId(authority: string, url: string): string {
  const mark = createHash('sha256').update(url).digest('hex').slice(0, 8);
  return `register ${authority} from ${describeUrl(url)} (${mark})`;
}

async function runImport(parts: OperatorImporterParts, wish: ImportWish): Promise<OperatorImport> {
  const { store, registerStore, http, clock, logger } = parts;
  const { register, from, signal } = wish;
  signal.throwIfAborted();
  const known = wish.onlyIfModified
    ? (await registerStore.find(register.authority, from))?.memory
    : undefined;
  const document = registerDocument(from, { http, correlationId: randomUUID(), signal, known });
  const attempt = { register: register.authority, origin: document.where, startedAt: clock() };
  let ended: OperatorImport;
  try {
    const list = await readList(register, document, signal);
    ended = await store.sync({ ...attempt, ...list, isForced: wish.isForced ?? false });
    if (ended.state === 'imported') {
      const authorities = [...new Set(list.entries.map(({ authority }) => authority))];
      const url = document.isUrl ? from : null;
      await registerStore.remember(url, { ...document.validators(), authorities });
    }
  } catch (error) {
    signal.throwIfAborted();
    ended = await endOf(store, attempt, error, known?.authorities ?? []);
  }
  tell(logger, ended);
  return ended;
}

/** How an import ended that brought no list. */
async function endOf(
  store: OperatorStore,
  attempt: ImportAttempt,
  error: unknown,
  authorities: readonly string[],
): Promise<OperatorImport> {
  if (error instanceof NotModifiedError) return store.noteUnchanged(attempt, authorities);
  const problem = isRegisterError(error) ? error.message : partnerProblem(error);
  if (problem === undefined) throw error;
  return store.noteFailure(attempt, `${problem.replace(/\.$/, '')}. Nothing was changed.`);
}

async function readList(register: OperatorRegister, document: OpenDocument, signal: AbortSignal) {
  const entries = new Map<string, ListedOperator>();
  const findings: ImportFinding[] = [];
  let received = 0;
  let malformed = 0;
  for await (const row of register.read(document)) {
    signal.throwIfAborted();
    received += 1;
    if (received > ROW_LIMIT) throw new RegisterError(`${document.where} has more than ${ROW_LIMIT} rows`);
    const problems = [...row.problems, ...addEntries(entries, row, register.authority)];
    if (problems.length > 0) malformed += 1;
    findings.push(...problems.map((problem) => ({ place: row.place, ...problem })));
  }
  if (entries.size === 0) {
    const [first] = findings;
    const reason = first ? `; the first fault: ${first.place} ${first.message}` : '';
    throw new RegisterError(`${document.where} lists nobody${reason}`);
  }
  return { entries: [...entries.values()], findings, received, malformed };
}

/** Adds what the row lists; gives what is listed already. */
function addEntries(entries: Map<string, ListedOperator>, row: RegisterRow, register: string) {
  const authority = row.authority ?? register;
  return row.entries.flatMap((entry) => {
    const id = formatOperatorId(entry);
    const key = `${id} ${entry.role} ${authority}`;
    if (entries.has(key)) {
      return [{ message: `lists ${entry.role} ${id} once more: the first one counts`, received: row.raw }];
    }
    entries.set(key, { ...entry, authority, raw: row.raw });
    return [];
  });
}

/** A register's own fault is nothing that a person must mend here; the list of registers shows it. */
function tell(logger: Logger, ended: OperatorImport): void {
  const { register, origin, state, created, updated, delisted, malformed, problem } = ended;
  const counts = { created, updated, delisted, malformed };
  const about = { register, origin, state, ...counts };
  if (problem === null) logger.info(about, 'imported operator IDs');
  else logger.warn({ ...about, problem }, 'did not import operator IDs');
}
