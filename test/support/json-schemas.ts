/**
 * Our own JSON Schemas for tests, compiled: as they are, or closed, so that a property that no schema tells of is an
 * error as well as one that is missing.
 */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { SCHEMAS } from '../../exports/schemas/schemas.ts';

const FORMATS: Readonly<Record<string, RegExp | ((text: string) => boolean)>> = {
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/,
  uri: (text) => URL.canParse(text),
  date: /^\d{4}-\d\d-\d\d$/,
};

/** @param closed whether objects may have nothing but the properties that are described */
export function compileSchemas({ closed }: { closed: boolean }): (name: string) => ValidateFunction {
  const ajv = newAjv();
  for (const [name, schema] of SCHEMAS) {
    ajv.addSchema({ $id: `https://nap.example/${name}.json`, ...(closed ? close(schema) : schema) });
  }
  return (name) => {
    const validate = ajv.getSchema(`https://nap.example/${name}.json`);
    if (!validate) throw new Error(`there is no schema ${name}`);
    return validate as ValidateFunction;
  };
}

/** Knows the formats that our schemas use. */
export function newAjv(): Ajv2020 {
  return new Ajv2020({ strict: false, allErrors: true, formats: FORMATS });
}

function close<T>(schema: T): T {
  if (Array.isArray(schema)) return schema.map(close) as T;
  if (typeof schema !== 'object' || schema === null) return schema;
  const parts = Object.fromEntries(Object.entries(schema).map(([name, part]) => [name, close(part)]));
  return (
    'properties' in parts && parts.type === 'object' ? { ...parts, additionalProperties: false } : parts
  ) as T;
}
