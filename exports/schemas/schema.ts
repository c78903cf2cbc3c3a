/**
 * What the JSON Schemas of our own JSON are written with (draft 2020-12). An object has all its properties, unless it
 * says which are optional, and may have further ones: fields are added at any time (docs/deprecation.md).
 */

export type JsonSchema = Readonly<Record<string, unknown>>;

/** A schema under the name by which it is served: `/data/schemas/{name}.json`. */
export interface NamedSchema {
  readonly name: string;
  readonly schema: JsonSchema;
}

export const text: JsonSchema = { type: 'string' };
export const textOrNull: JsonSchema = { type: ['string', 'null'] };
export const count: JsonSchema = { type: 'integer', minimum: 0 };
export const countOrNull: JsonSchema = { type: ['integer', 'null'], minimum: 0 };
export const numberOrNull: JsonSchema = { type: ['number', 'null'] };
export const moment: JsonSchema = { type: 'string', format: 'date-time' };
export const momentOrNull: JsonSchema = { type: ['string', 'null'], format: 'date-time' };
export const url: JsonSchema = { type: 'string', format: 'uri' };
export const urlOrNull: JsonSchema = { type: ['string', 'null'], format: 'uri' };
export const sha256OrNull: JsonSchema = { type: ['string', 'null'], pattern: '^[0-9a-f]{64}$' };

/** With a sentence for people. */
export function said(schema: JsonSchema, description: string): JsonSchema {
  return { ...schema, description };
}

export function oneOf(...values: readonly string[]): JsonSchema {
  return { type: 'string', enum: values };
}

export function listOf(items: JsonSchema): JsonSchema {
  return { type: 'array', items };
}

/** Values by names that are not known beforehand. */
export function mapOf(values: JsonSchema): JsonSchema {
  return { type: 'object', additionalProperties: values };
}

export function objectOf(
  properties: Readonly<Record<string, JsonSchema>>,
  { optional = [] }: { optional?: readonly string[] } = {},
): JsonSchema {
  const required = Object.keys(properties).filter((name) => !optional.includes(name));
  return { type: 'object', required, properties };
}

export function orNull(schema: JsonSchema): JsonSchema {
  return { anyOf: [schema, { type: 'null' }] };
}

/** Another of our schemas, by its name. */
export function named(name: string): JsonSchema {
  return { $ref: `${name}.json` };
}
