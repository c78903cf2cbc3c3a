/**
 * Validates the objects of one OCPI version: JSON Schemas by Ajv (compiled once), then the rules between fields.
 *
 * Guarantees: every problem is reported at once, each with its path and a sentence that its sender can act on; a
 * valid object yields none and costs microseconds; the value is never changed. Does not throw, whatever the value.
 */
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { formats } from './schemas/formats.ts';
import { formatPath, type Pointer, phraseFor, received, sentence } from './validation-message.ts';
import { checkParking, checkRules, type Report, type VersionRules } from './validation-rules.ts';

/** The objects that OCPI lets a partner send on their own. */
export type ObjectKind = 'location' | 'evse' | 'connector' | 'tariff';

/** Something because of which an object is refused. */
export interface Problem {
  /** Such as `evses[2].connectors[0].max_voltage`; empty for the object itself. */
  path: string;
  /** A keyword of JSON Schema (`type`, `required`, `enum`...) or the id of a rule (`LR-29`, `unique-evse-uid`...). */
  rule: string;
  message: string;
  /** Cut to about 80 characters; lists and objects are described. Absent when nothing was received. */
  received?: unknown;
}

/** Something accepted that its sender should know. */
export interface Note {
  rule: string;
  path: string;
  message: string;
}

/** All that there is to say about one object; without problems it is valid. */
export interface Inspection {
  problems: Problem[];
  notes: Note[];
}

/** A problem with what a repair needs to know: the place, the whole value and the schema that was not met. */
export interface Finding {
  pointer: Pointer;
  rule: string;
  phrase: string;
  received: unknown;
  /** Title of the definition, such as `DateTime` or `ConnectorType`; empty where the schema has none. */
  typeName: string;
  /** JSON types that the place may hold; empty for a rule. */
  types: readonly string[];
  /** Values of the enumeration that was not met. */
  values: readonly unknown[];
  /** Limit that was not met, such as the length. */
  limit: number | null;
}

/** Checks objects of one OCPI version. */
export interface Validator {
  /** The problems, at most 100 and a last one that counts the rest; none when the object is valid. */
  validate(kind: ObjectKind, value: unknown): Problem[];
  /** All problems and the notes; of an object of hundreds of thousands of values only the first problem. */
  inspect(kind: ObjectKind, value: unknown): Inspection;
  /** As `inspect`, for repairs. */
  find(kind: ObjectKind, value: unknown): Finding[];
}

/** A JSON Schema as imported. */
export type Schema = Record<string, unknown> & { $id: string };

/** The schemas of one version. */
export interface SchemaSet {
  /** Definitions that the schemas of the kinds refer to. */
  common: Schema;
  /** The enumerations by name; those of optional lists are only noted (ENV-15). */
  enumerations: Schema & { $defs: Record<string, { enum?: readonly unknown[] }> };
  kinds: Record<ObjectKind, Schema>;
  /** Values of `standard` that are accepted beside the closed enumeration (ENV-15). */
  allowedStandards: readonly string[];
  /** Enumerations of lists whose unknown values are noted, not refused (ENV-15). */
  notedEnumerations: readonly string[];
  /** Rules between fields that not every version has. */
  rules: VersionRules;
}

const MAX_PROBLEMS = 100;
/**
 * An invalid object with more values than this is told its first problem only: listing millions of nulls would take
 * more memory than the process has. The largest Location of the Dutch feed has 4,895.
 */
const MAX_VALUES = 250_000;
/** As many findings of the rules between fields are kept, for the same reason. */
const MAX_RULE_FINDINGS = 10_000;
/** Of several problems at one place the one that says most; the rest would be noise. */
const PRECEDENCE = ['required', 'type', 'enum', 'minLength', 'pattern', 'format', 'maxLength'];

/** Ajv writes `/evses/0/uid`; a numeric step is a position only where the value has a list. */
function pointerOf(instancePath: string, root: unknown): (string | number)[] {
  const pointer: (string | number)[] = [];
  let value = root as Record<string, unknown> | undefined | null;
  for (const step of instancePath.split('/').slice(1)) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    pointer.push(Array.isArray(value) ? Number(name) : name);
    value = value?.[name] as typeof value;
  }
  return pointer;
}

function typeNameOf(schema: Record<string, unknown> | undefined): string {
  const reference = schema?.$ref;
  const title = schema?.title;
  if (typeof title === 'string') return title;
  return typeof reference === 'string' ? reference.slice(reference.lastIndexOf('/') + 1) : '';
}

function findingOf(error: ErrorObject, root: unknown): Finding {
  const pointer = pointerOf(error.instancePath, root);
  let schema = error.parentSchema as Record<string, unknown> | undefined;
  let rule = error.keyword;
  let value: unknown = error.data;
  if (rule === 'required') {
    const missing = String(error.params.missingProperty);
    pointer.push(missing);
    schema = (schema?.properties as Record<string, Record<string, unknown>> | undefined)?.[missing];
    value = undefined;
  } else if (rule === 'type' && value === null && typeof pointer.at(-1) === 'string') {
    rule = 'required'; // null is the same as absent (ENV-10, ENV-11)
  }
  const typeName = typeNameOf(schema);
  const limit: unknown = error.params.limit;
  return {
    pointer,
    rule,
    phrase: phraseFor(rule, error.params, typeName, value),
    received: value,
    typeName,
    types: [schema?.type ?? []].flat() as string[],
    values: (error.params.allowedValues ?? []) as unknown[],
    limit: typeof limit === 'number' ? limit : null,
  };
}

function precedence(finding: Finding): number {
  const position = PRECEDENCE.indexOf(finding.rule);
  return position < 0 ? PRECEDENCE.length : position;
}

/** One finding a place: a wrong type also fails every pattern, and microseconds also fail the length. */
function withoutNoise(findings: Finding[]): Finding[] {
  const places = new Map<string, Finding>();
  for (const finding of findings) {
    const path = formatPath(finding.pointer);
    const other = places.get(path);
    if (other === undefined || precedence(finding) < precedence(other)) places.set(path, finding);
  }
  return [...places.values()];
}

/** At most `limit` problems, and a last one that says how many more there are. */
export function boundProblems(problems: Problem[], limit = MAX_PROBLEMS): Problem[] {
  if (problems.length <= limit) return problems;
  const more = problems.length - limit;
  return [
    ...problems.slice(0, limit),
    { path: '', rule: 'more', message: `and ${more} more problem${more === 1 ? '' : 's'}` },
  ];
}

function problemOf(kind: ObjectKind, finding: Finding): Problem {
  const { pointer, rule, phrase, received: value } = finding;
  const problem: Problem = {
    path: formatPath(pointer),
    rule,
    message: sentence(pointer, kind, phrase, value),
  };
  if (value !== undefined) problem.received = received(value);
  return problem;
}

function withAllowedStandards({ enumerations, allowedStandards }: SchemaSet): SchemaSet['enumerations'] {
  if (allowedStandards.length === 0) return enumerations;
  const { ConnectorType } = enumerations.$defs;
  const values = [...(ConnectorType?.enum ?? []), ...allowedStandards];
  return {
    ...enumerations,
    $defs: { ...enumerations.$defs, ConnectorType: { ...ConnectorType, enum: values } },
  };
}

/** Whether an object holds more values than `limit`; stops counting there. */
function holdsMoreThan(root: unknown, limit: number): boolean {
  const open: unknown[] = [root];
  let count = 0;
  while (open.length > 0 && count <= limit) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null) continue;
    for (const child of Object.values(value)) {
      count += 1;
      if (typeof child === 'object' && child !== null) open.push(child);
    }
  }
  return count > limit;
}

/** LR-11 for one EVSE of a Location: where its parking refers to no place there. */
export function parkingProblems(location: object, place: number): Problem[] {
  const problems: Problem[] = [];
  checkParking(location as Record<string, unknown>, {
    problem(rule, pointer, phrase, value) {
      if (pointer[0] !== 'evses' || pointer[1] !== place) return;
      const message = sentence(pointer, 'location', phrase, value);
      problems.push({ path: formatPath(pointer), rule, message, received: received(value) });
    },
  });
  return problems;
}

/** The compiled schemas of one version; `allErrors` decides whether they stop at the first problem. */
function compile(schemas: SchemaSet, allErrors: boolean): (kind: ObjectKind) => ValidateFunction {
  // Definitions carry no type of their own (see common.schema.json), which Ajv's strict mode would call a mistake.
  const ajv = new Ajv2020({
    allErrors,
    verbose: true,
    strict: true,
    strictTypes: false,
    // They are ours, and tests hold them against it: compiling the schema of schemas takes longer than one of ours.
    validateSchema: false,
    formats: { ...formats },
  });
  ajv.addSchema([schemas.common, withAllowedStandards(schemas), ...Object.values(schemas.kinds)]);
  const compiled = new Map<ObjectKind, ValidateFunction>();
  return (kind) => {
    const known = compiled.get(kind) ?? (ajv.getSchema(schemas.kinds[kind].$id) as ValidateFunction);
    compiled.set(kind, known);
    return known;
  };
}

function errorsOf(validate: ValidateFunction, value: unknown): ErrorObject[] {
  const errors = validate(value) ? [] : (validate.errors ?? []);
  // The errors refer to the whole value, and the compiled function lives as long as the process.
  validate.errors = null;
  return errors;
}

/** Makes the validator of one version. Schemas are compiled when first needed, some tens of milliseconds each. */
export function createValidator(schemas: SchemaSet): Validator {
  const firstError = compile(schemas, false);
  const everyError = compile(schemas, true);
  const knownValues: Record<string, ReadonlySet<string>> = {
    AllowedStandard: new Set(schemas.allowedStandards),
  };
  for (const name of schemas.notedEnumerations) {
    knownValues[name] = new Set((schemas.enumerations.$defs[name]?.enum ?? []) as string[]);
  }

  function examine(kind: ObjectKind, value: unknown, notes: Note[]): Finding[] {
    let errors = errorsOf(firstError(kind), value);
    if (errors.length > 0 && !holdsMoreThan(value, MAX_VALUES)) errors = errorsOf(everyError(kind), value);
    const findings = errors.map((error) => findingOf(error, value));
    const limit = findings.length + MAX_RULE_FINDINGS;
    const problem: Report = (rule, pointer, phrase, found) => {
      if (findings.length >= limit) return;
      findings.push({
        pointer,
        rule,
        phrase,
        received: found,
        typeName: '',
        types: [],
        values: [],
        limit: null,
      });
    };
    const note: Report = (rule, pointer, phrase, found) => {
      if (notes.length >= MAX_RULE_FINDINGS) return;
      notes.push({ rule, path: formatPath(pointer), message: sentence(pointer, kind, phrase, found) });
    };
    checkRules(kind, value, { problem, note, knownValues, rules: schemas.rules });
    return findings.length < 2 ? findings : withoutNoise(findings);
  }

  return {
    find: (kind, value) => examine(kind, value, []),
    inspect(kind, value) {
      const notes: Note[] = [];
      const findings = examine(kind, value, notes);
      return { problems: findings.map((finding) => problemOf(kind, finding)), notes };
    },
    validate(kind, value) {
      return boundProblems(examine(kind, value, []).map((finding) => problemOf(kind, finding)));
    },
  };
}
