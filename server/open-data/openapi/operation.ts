/**
 * What the paths of the OpenAPI document are written with: an operation is its words, its parameters and its answers;
 * what all have in common (problems, rate limits, headers of caches) is added here.
 */
import type { JsonSchema } from '../../../exports/schemas/schema.ts';

/** One representation of an answer: a schema, or null for what JSON Schema cannot describe. */
export type Content = Readonly<Record<string, JsonSchema | null>>;

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly description: string;
  readonly schema: JsonSchema;
  readonly example?: string | number;
  readonly required?: boolean;
}

export interface Operation {
  readonly id: string;
  readonly tag: 'Data' | 'Catalogue' | 'Services' | 'Quality' | 'Health';
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly Parameter[];
  readonly content: Content;
  /** Header names of `HEADERS` that a 200 has beyond those of all. */
  readonly headers?: readonly HeaderName[];
  /** Further statuses without a body, by what they mean. */
  readonly empty?: Readonly<Record<number, string>>;
  /** Statuses that are answered with a problem document, by when. */
  readonly problems?: Readonly<Record<number, string>>;
  /** Further statuses with the same content, by what they mean. */
  readonly likewise?: Readonly<Record<number, string>>;
  readonly isLimited?: boolean;
  readonly needsToken?: boolean;
}

export type Paths = Readonly<Record<string, Operation>>;

const text = { type: 'string' };

/** Headers of answers, by name. */
export const HEADERS = {
  'Cache-Control': { description: 'For how long anybody may keep it', schema: text },
  'Content-Disposition': { description: 'The name under which it is saved', schema: text },
  Deprecation: { description: 'Since when it is deprecated (RFC 9745); absent: it is not', schema: text },
  ETag: { description: 'Send it in If-None-Match: 304 until there is something new', schema: text },
  'Last-Modified': { description: 'When it was made', schema: text },
  Link: { description: 'Licence, metadata, next page (RFC 8288)', schema: text },
  'NAP-Sequence': {
    description: 'Position of the journal up to which the answer is complete; go on from there at /changes',
    schema: { type: 'integer' },
  },
  RateLimit: { description: 'What is left: r requests within t seconds', schema: text },
  'RateLimit-Policy': { description: 'The limit: q requests in w seconds', schema: text },
  'Retry-After': { description: 'Seconds after which to ask again', schema: { type: 'integer' } },
  Sunset: { description: 'Until when it works (RFC 8594); absent: nothing is planned', schema: text },
} as const;
export type HeaderName = keyof typeof HEADERS;

/** Of every answer, when it applies. */
const COMMON_HEADERS: readonly HeaderName[] = [
  'Cache-Control',
  'RateLimit',
  'RateLimit-Policy',
  'Deprecation',
  'Sunset',
];

/** A schema of ours by its name. */
export function schemaOf(name: string): JsonSchema {
  return { $ref: `#/components/schemas/${name}` };
}

/** A path with its one operation, GET, as OpenAPI 3.1 writes it. */
export function pathItem(operation: Operation) {
  const { id, tag, summary, description, parameters = [], isLimited = true, needsToken = false } = operation;
  const problems = {
    ...operation.problems,
    ...(isLimited ? { 429: 'More requests than the limit allows' } : {}),
  };
  return {
    get: {
      operationId: id,
      tags: [tag],
      summary,
      ...(description === undefined ? {} : { description }),
      ...(needsToken ? { security: [{ token: [] }] } : {}),
      parameters: parameters.map((one) => ({ ...one, required: one.required ?? one.in === 'path' })),
      responses: {
        200: whole('As asked', operation),
        ...mapped(operation.likewise, (meaning) => whole(meaning, operation)),
        ...mapped(operation.empty, (meaning) => ({ description: meaning })),
        ...mapped(problems, problem),
      },
    },
  };
}

function whole(description: string, { content, headers = [] }: Operation) {
  return {
    description,
    headers: headersNamed([...headers, ...COMMON_HEADERS]),
    content: Object.fromEntries(
      Object.entries(content).map(([type, schema]) => [type, schema === null ? {} : { schema }]),
    ),
  };
}

function problem(description: string, status: string) {
  const isLater = status === '429' || status === '503';
  return {
    description,
    ...(isLater ? { headers: headersNamed(['Retry-After']) } : {}),
    content: { 'application/problem+json': { schema: schemaOf('problem') } },
  };
}

function headersNamed(names: readonly HeaderName[]) {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

function mapped<T>(
  meanings: Readonly<Record<number, string>> = {},
  make: (meaning: string, status: string) => T,
) {
  return Object.fromEntries(
    Object.entries(meanings).map(([status, meaning]) => [status, make(meaning, status)]),
  );
}
