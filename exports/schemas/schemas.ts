/**
 * The JSON Schemas of our own JSON, as they are served: whole documents that refer to each other by their URLs.
 */
import { CATALOGUE_SCHEMAS } from './catalogue-schemas.ts';
import { CHANGE_SCHEMAS } from './change-schemas.ts';
import { LOCATION_SCHEMAS } from './location-schemas.ts';
import { QUALITY_SCHEMAS } from './quality-schemas.ts';
import type { JsonSchema, NamedSchema } from './schema.ts';

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/** All of them, by name. */
export const SCHEMAS: ReadonlyMap<string, JsonSchema> = new Map(
  [...LOCATION_SCHEMAS, ...CHANGE_SCHEMAS, ...CATALOGUE_SCHEMAS, ...QUALITY_SCHEMAS].map(
    ({ name, schema }: NamedSchema) => [name, schema],
  ),
);

/** A schema as a document of its own; null when there is none of that name. */
export function schemaDocument(address: string, name: string): JsonSchema | null {
  const schema = SCHEMAS.get(name);
  return schema ? { $schema: DIALECT, $id: `${address}/data/schemas/${name}.json`, ...schema } : null;
}

/** The same schemas as parts of one document: what they refer to is found below `root`, e.g. `#/components/schemas/`. */
export function embeddedSchemas(root: string): Record<string, JsonSchema> {
  return Object.fromEntries(
    [...SCHEMAS].map(([name, schema]) => [name, withReferences(schema, root) as JsonSchema]),
  );
}

function withReferences(value: unknown, root: string): unknown {
  if (Array.isArray(value)) return value.map((item) => withReferences(item, root));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) =>
      name === '$ref' && typeof item === 'string'
        ? [name, `${root}${item.replace(/\.json$/, '')}`]
        : [name, withReferences(item, root)],
    ),
  );
}
