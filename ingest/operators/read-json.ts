/**
 * A register's answer as JSON. Fails with RegisterError, saying what came instead: an HTML page, nothing, text that
 * is not UTF-8, JSON that breaks off or has another shape.
 */
import { type RegisterDocument, RegisterError } from './operator-register.ts';

/** The bytes as text. */
export function decodeText(bytes: Buffer, where: string): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new RegisterError(`${where} is not in UTF-8: it was perhaps saved in another encoding`);
  }
  if (text.trim() === '') throw new RegisterError(`${where} is empty`);
  if (/^\s*<[!?a-z]/i.test(text)) throw new RegisterError(`${where} is an HTML or XML page, not the list`);
  return text;
}

/** The document as a JSON value. */
export async function loadJson(
  document: RegisterDocument,
  parameters?: Readonly<Record<string, string>>,
): Promise<unknown> {
  const text = decodeText(await document.load(parameters), document.where);
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RegisterError(`${document.where} is not JSON: ${(error as Error).message}`);
  }
}

/** The list under a name of an object; null as name: the value itself. */
export function listOf(value: unknown, name: string | null, where: string): unknown[] {
  const list = name === null ? value : fieldsOf(value)[name];
  if (Array.isArray(list)) return list;
  const wanted = name === null ? 'a list' : `an object with a list "${name}"`;
  throw new RegisterError(`${where} has another form than this register's: ${wanted} is wanted`);
}

/** The fields of a JSON object; none for any other value. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

/** These fields of an item, as far as they are texts. */
export function textsOf<const Name extends string>(
  item: unknown,
  names: readonly Name[],
): Record<Name, string | null> {
  const fields = fieldsOf(item);
  const texts = names.map((name) => {
    const value = Object.hasOwn(fields, name) ? fields[name] : null;
    return [name, typeof value === 'string' ? value : null];
  });
  return Object.fromEntries(texts) as Record<Name, string | null>;
}

/**
 * Refuses a list whose items are of another kind.
 *
 * @param name the field that every item of this register has
 */
export function requireField(items: readonly unknown[], name: string, where: string): void {
  if (items.length === 0) throw new RegisterError(`${where} lists nobody`);
  if (!items.some((item) => Object.hasOwn(fieldsOf(item), name))) {
    throw new RegisterError(`${where} has other fields than this register's: "${name}" is in no item`);
  }
}
