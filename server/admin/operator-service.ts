/** The operator's wishes about official operator IDs. */
import type { Database } from '../../db/connection.ts';
import { parseEvseId } from '../../db/identifiers/evse-id.ts';
import { parseOperatorId } from '../../db/identifiers/operator-id.ts';
import {
  type FoundOperator,
  findOperators,
  type LastImport,
  readAuthorityCounts,
  readLastImports,
} from '../../db/reads/operators.ts';
import type { OperatorRegisterStore } from '../../db/registry/operator-register-store.ts';
import type { OperatorImport } from '../../db/registry/operator-store.ts';
import { cronProblem } from '../../ingest/cron.ts';
import { describeUrl } from '../../ingest/http/describe-url.ts';
import { isWebUrl } from '../../ingest/local-file.ts';
import type { OperatorImporter } from '../../ingest/operators/operator-import.ts';
import type { OperatorRegister } from '../../ingest/operators/operator-register.ts';
import { AdminError } from './admin-error.ts';
import { type Field, flag, optional, readInput, text, urlOrPath, withDefault } from './input.ts';
import type { AdminService, OperatorImportView, OperatorRegisterView, OperatorView } from './service.ts';

type OperatorMethods = Pick<AdminService, 'importOperators' | 'findOperators' | 'listOperators'>;

export interface OperatorServiceParts {
  readonly database: Pick<Database, 'knex'>;
  readonly importer: OperatorImporter;
  readonly registers: ReadonlyMap<string, OperatorRegister>;
  readonly registerStore: OperatorRegisterStore;
  /** After a schedule was added, changed or removed. */
  readonly changed: () => Promise<void>;
  /** Aborted when this process stops: ends the imports that it was asked for. */
  readonly stopping: AbortSignal;
}

/** In place of a schedule: the URL is read no more by itself. */
const NEVER = 'never';

const schedule: Field<string> = (value) => {
  const expression = text(value);
  const problem = expression === NEVER ? null : cronProblem(expression);
  if (problem === null) return expression;
  throw new Error(problem);
};

const WISH = {
  from: urlOrPath,
  authority: text,
  schedule: optional(schedule),
  force: withDefault(flag, false),
};

export function createOperatorService(parts: OperatorServiceParts): OperatorMethods {
  const { knex } = parts.database;
  return {
    importOperators: (input, signal) => importOperators(parts, input, signal),
    async findOperators(wanted) {
      const id = parseEvseId(wanted) ?? parseOperatorId(wanted);
      if (id) return (await findOperators(knex, id)).map(viewOperator);
      throw new AdminError('usage', `"${wanted}" is neither an operator ID such as NL*TNM nor an EVSE ID`);
    },
    listOperators: () => listOperators(parts),
  };
}

async function importOperators(
  parts: OperatorServiceParts,
  input: object,
  asked: AbortSignal | undefined,
): Promise<OperatorImportView> {
  const { importer, registers, registerStore, changed, stopping } = parts;
  const wish = readInput(input, WISH);
  const register = registers.get(wish.authority);
  if (!register) {
    const known = [...registers.keys()].join(', ');
    throw new AdminError('usage', `authority must be one of ${known}, received "${wish.authority}"`);
  }
  const { from } = wish;
  if (wish.schedule !== undefined && !isWebUrl(from)) {
    throw new AdminError('usage', 'schedule: only a URL can be read on a schedule, a file is read once');
  }
  const signal = asked ? AbortSignal.any([asked, stopping]) : stopping;
  const ended = await runImport(importer, { register, from, isForced: wish.force, signal });
  const { authority } = register;
  if (wish.schedule === NEVER) {
    await registerStore.remove(authority, from);
    await changed();
  } else if (wish.schedule !== undefined && ended.state === 'imported') {
    const setting = { register: authority, url: from, schedule: wish.schedule };
    // Only a table may come in parts.
    await registerStore.keep(setting, register.countries === null);
    await changed();
  }
  return viewImport(ended);
}

async function runImport(
  importer: OperatorImporter,
  wish: Parameters<OperatorImporter['run']>[0],
): Promise<OperatorImport> {
  try {
    return await importer.run(wish);
  } catch (error) {
    // Ended by whoever asked, or by the end of this process.
    if (wish.signal.aborted) throw new AdminError('failed', 'The import was ended. Nothing was changed.');
    throw error;
  }
}

async function listOperators(parts: OperatorServiceParts): Promise<OperatorRegisterView[]> {
  const { database, registers, registerStore } = parts;
  const { knex } = database;
  const counts = await readAuthorityCounts(knex);
  const imports = new Map((await readLastImports(knex)).map((last) => [last.register, last]));
  const scheduled = await registerStore.list();
  return [...registers.values()].map(({ authority, title, countries }) => {
    const own = counts.filter(({ register }) => register === authority);
    const sum = (field: 'cpo' | 'emsp' | 'delisted') => own.reduce((total, one) => total + one[field], 0);
    const last = imports.get(authority);
    return {
      ...{ authority, title, countries: countries ?? [] },
      schedules: scheduled
        .filter(({ register }) => register === authority)
        .map((setting) => ({ url: describeUrl(setting.url), schedule: setting.schedule })),
      ...{ cpo: sum('cpo'), emsp: sum('emsp'), delisted: sum('delisted') },
      authorities: own.map(({ register: _register, lastSeen, ...one }) => ({
        ...one,
        last_seen: lastSeen.toISOString(),
      })),
      ...viewLast(last),
    };
  });
}

function viewLast(last: LastImport | undefined): Pick<OperatorRegisterView, 'last_import' | 'last_good_at'> {
  return {
    last_import: last ? viewImport(last) : null,
    last_good_at: last?.lastGoodAt?.toISOString() ?? null,
  };
}

function viewImport(ended: OperatorImport): OperatorImportView {
  const { register, origin, state, received, entries, created, updated, unchanged, delisted } = ended;
  const { malformed, findings, problem, startedAt, finishedAt } = ended;
  return {
    ...{ authority: register, origin, state, received, entries, created, updated, unchanged, delisted },
    ...{ malformed, findings, problem },
    finished_at: finishedAt.toISOString(),
    seconds: (finishedAt.getTime() - startedAt.getTime()) / 1_000,
  };
}

function viewOperator(operator: FoundOperator): OperatorView {
  return {
    country_code: operator.countryCode,
    operator_id: operator.operatorId,
    role: operator.role,
    status: operator.status,
    name: operator.name,
    website: operator.website,
    authority: operator.authority,
    first_seen: operator.firstSeen.toISOString(),
    last_seen: operator.lastSeen.toISOString(),
    also_listed_by: operator.alsoListedBy,
  };
}
