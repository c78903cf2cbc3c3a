/**
 * Reads a ClientInfo, what a hub tells of one party behind it (2.2.1 and 2.3.0, mod_hub_client_info), pushed or
 * pulled.
 *
 * Guarantees: every problem at once, each with its field and a sentence that the hub's engineer can act on. A
 * missing `last_updated` is taken as the time of receipt and noted, since the specification's own example of a PUT
 * has none (HCI-03). Pure; does not throw, whatever the value.
 */
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Finding, Problem, Role } from '../db/model.ts';
import type { ClientInfo, ConnectionStatus } from '../db/partner-model.ts';
import { formats, parseDateTime } from './schemas/formats.ts';
import schema221 from './schemas/ocpi-2.2.1/client-info.schema.json' with { type: 'json' };
import schema230 from './schemas/ocpi-2.3.0/client-info.schema.json' with { type: 'json' };
import type { Schema } from './validation.ts';
import { phraseFor, sentence } from './validation-message.ts';

/** The versions that have the module: 2.1.1 knows no hubs. */
export type ClientInfoVersion = '2.2.1' | '2.3.0';

/** What a ClientInfo says, or what is wrong with it. */
export type ClientInfoReading =
  | { readonly info: ClientInfo; readonly findings: readonly Finding[] }
  | { readonly problems: readonly Problem[] };

/** Tests hold them against the schema of schemas. */
const ajv = new Ajv2020({
  allErrors: true,
  verbose: true,
  validateSchema: false,
  formats: { ...formats },
});
const SCHEMAS: Readonly<Record<ClientInfoVersion, Schema>> = { '2.2.1': schema221, '2.3.0': schema230 };

const UNDATED: Finding = {
  rule: 'HCI-03',
  severity: 'info',
  path: 'last_updated',
  message: 'last_updated: is required; the time of receipt was taken',
  occurrences: 1,
};

/** Reads what came at `receivedAt` in the words of a version. */
export function readClientInfo(
  value: unknown,
  version: ClientInfoVersion,
  receivedAt: Date,
): ClientInfoReading {
  const isUndated = isObject(value) && (value.last_updated ?? null) === null;
  const dated = isUndated ? { ...value, last_updated: receivedAt.toISOString() } : value;
  const problems = problemsOf(validatorOf(version), dated);
  if (problems.length > 0) return { problems };
  const fields = dated as Record<string, string>;
  const info: ClientInfo = {
    owner: {
      countryCode: fields.country_code?.toUpperCase() as string,
      partyId: fields.party_id?.toUpperCase() as string,
    },
    role: fields.role as Role,
    status: fields.status as ConnectionStatus,
    lastUpdated: parseDateTime(fields.last_updated as string) ?? receivedAt,
  };
  return { info, findings: isUndated ? [UNDATED] : [] };
}

/** Compiled when first asked for: hubs are few. */
function validatorOf(version: ClientInfoVersion): ValidateFunction {
  const schema = SCHEMAS[version];
  return ajv.getSchema(schema.$id) ?? ajv.compile(schema);
}

function problemsOf(validate: ValidateFunction, value: unknown): Problem[] {
  if (validate(value)) return [];
  const problems = (validate.errors ?? []).map(problemOf);
  // The errors refer to the whole value, and the compiled function lives as long as the process.
  validate.errors = null;
  // One a field: what has the wrong type also fails everything else.
  return [...new Map(problems.reverse().map((problem) => [problem.path, problem])).values()].reverse();
}

function problemOf({ keyword, instancePath, params, parentSchema, data }: ErrorObject): Problem {
  const isMissing = keyword === 'required' || (keyword === 'type' && data === null);
  const field = keyword === 'required' ? String(params.missingProperty) : instancePath.slice(1);
  const rule = isMissing ? 'required' : keyword;
  const phrase = phraseFor(rule, params, String(parentSchema?.title ?? ''), data);
  const pointer = field === '' ? [] : [field];
  return {
    path: field,
    rule,
    message: sentence(pointer, 'ClientInfo', phrase, isMissing ? undefined : data),
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
