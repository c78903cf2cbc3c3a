/**
 * Turns a finding of the validator into one sentence for a partner's engineer: where, what was wrong, what was
 * received (house style 13). Received values are cut, so that an answer never carries a megabyte back.
 */

/** Where in an object: property names and list positions from the root. */
export type Pointer = readonly (string | number)[];

const MAX_RECEIVED = 80;
const MAX_LISTED_VALUES = 12;

const TYPE_PHRASES: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  integer: 'an integer',
  number: 'a number',
  object: 'an object',
  string: 'a string',
};

/** What a pattern or format asks, by the title of the schema definition. */
const SHAPE_PHRASES: Readonly<Record<string, string>> = {
  CiString: 'must hold printable ASCII characters only',
  Country: 'must be an ISO 3166-1 alpha-3 code in capitals, such as "NLD"',
  CountryCode: 'must be an ISO 3166-1 alpha-2 code, such as "NL"',
  Currency: 'must be an ISO 4217 code in capitals, such as "EUR"',
  DateTime: 'must be a UTC time such as "2026-06-07T12:00:00Z", without offset',
  Id: 'must be an identifier of printable ASCII characters, not "#NA"',
  Language: 'must be an ISO 639-1 code of two letters',
  Latitude: 'must be a string with 5 to 7 decimals (2.1.1: 6) between -90 and 90, such as "52.370220"',
  LocalDate: 'must be a date such as "2026-06-07"',
  Longitude: 'must be a string with 5 to 7 decimals (2.1.1: 6) between -180 and 180, such as "4.895170"',
  OpenValue: 'must be 1 to 64 printable ASCII characters',
  PartyId: 'must be three letters or digits',
  String: 'must not hold control characters such as line breaks',
  TimeOfDay: 'must be a time from "00:00" to "23:59"',
  TimeZone: 'must be a name of the IANA time zone database, such as "Europe/Amsterdam"',
  Url: 'must be an absolute http or https URL',
};

/** `['evses', 2, 'max_voltage']` as `evses[2].max_voltage`. */
export function formatPath(pointer: Pointer): string {
  let path = '';
  for (const step of pointer) {
    if (typeof step === 'number') path += `[${step}]`;
    else path += path === '' ? step : `.${step}`;
  }
  return path;
}

function cut(text: string): string {
  const characters = Array.from(text.slice(0, MAX_RECEIVED * 2));
  const short = characters.slice(0, MAX_RECEIVED).join('');
  return short.length < text.length ? `${short}…` : text;
}

/** The received value as it may be shown or kept: scalars cut to about 80 characters, the rest described. */
export function received(value: unknown): unknown {
  if (typeof value === 'string') return cut(value);
  if (Array.isArray(value)) return value.length === 0 ? [] : `a list of ${value.length}`;
  return typeof value === 'object' && value !== null ? 'an object' : value;
}

/** The received value inside a sentence. */
export function receivedText(value: unknown): string {
  const short = received(value);
  return typeof value === 'object' && value !== null && typeof short === 'string'
    ? short
    : JSON.stringify(short);
}

/** `path: phrase`, with what was received unless the thing is absent. */
export function sentence(pointer: Pointer, kind: string, phrase: string, value: unknown): string {
  const where = pointer.length === 0 ? kind : formatPath(pointer);
  return value === undefined ? `${where}: ${phrase}` : `${where}: ${phrase}, received ${receivedText(value)}`;
}

/** An enumeration value reduced to its letters and digits: what spellings such as `Ac-3 phase ` have in common. */
export function spellingKey(value: string): string {
  return value.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
}

/** The one value that a text is another spelling of, if any. */
export function closestValue(text: string, values: readonly unknown[]): string | undefined {
  const key = spellingKey(text);
  if (key === '') return undefined;
  return values.find((value): value is string => typeof value === 'string' && spellingKey(value) === key);
}

function enumPhrase(typeName: string, values: readonly unknown[], value: unknown): string {
  const names = values.filter((name) => name !== null);
  const close = typeof value === 'string' ? closestValue(value, names) : undefined;
  if (close !== undefined) return `must be ${JSON.stringify(close)} to the letter`;
  if (names.length <= MAX_LISTED_VALUES) return `must be one of ${names.join(', ')}`;
  return `must be a value of ${typeName} such as ${names.slice(0, 3).join(', ')}`;
}

/** The phrase for a failed keyword of JSON Schema. */
export function phraseFor(
  keyword: string,
  params: Record<string, unknown>,
  typeName: string,
  value: unknown,
): string {
  switch (keyword) {
    case 'required':
      return 'is required';
    case 'type': {
      const types = [params.type].flat().filter((type) => type !== 'null');
      return `must be ${types.map((type) => TYPE_PHRASES[String(type)] ?? String(type)).join(' or ')}`;
    }
    case 'enum':
      return enumPhrase(typeName, (params.allowedValues ?? []) as unknown[], value);
    case 'maxLength':
      return `must be at most ${params.limit} characters long`;
    case 'minLength':
      return 'must not be empty';
    case 'minItems':
      return `must have at least ${params.limit} ${params.limit === 1 ? 'entry' : 'entries'}`;
    case 'minimum':
      return `must be at least ${params.limit}`;
    case 'maximum':
      return `must be at most ${params.limit}`;
    default:
      return SHAPE_PHRASES[typeName] ?? 'is not as the specification asks';
  }
}
