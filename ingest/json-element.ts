/**
 * An element of a JSON list: by what its text is known again, and what it says. One that was recognised, because the
 * registry holds what it says already, is not read unless somebody asks for its value: reading is the greater part of
 * what a pull of unchanged objects costs.
 */

/** No JSON holds a symbol, so no value can look like one of these. */
const ELEMENT = Symbol.for('JSON element');

/** Whose object it is, and which, in the fields that say so. */
export interface ElementHead {
  readonly country_code: string;
  readonly party_id: string;
  readonly id: string;
}

/**
 * Tells by the digest of an element whether its like is known. May be wrong when it says so; what it denies was not
 * known when it was made.
 */
export type Recognise = (digest: string) => boolean;

export class JsonElement {
  readonly brand = ELEMENT;
  /** SHA-256 of its bytes, in base64. */
  readonly digest: string;
  /** False when whoever was asked denied that its like is known. */
  readonly mayBeKnown: boolean;
  /** As it begins; only of one that was recognised, and not to be relied on until that is confirmed. */
  readonly head: ElementHead | null;
  #bytes: Buffer | null;
  #value: unknown;

  private constructor(
    digest: string,
    mayBeKnown: boolean,
    content: { readonly bytes: Buffer; readonly head: ElementHead } | { readonly value: unknown },
  ) {
    this.digest = digest;
    this.mayBeKnown = mayBeKnown;
    this.head = 'head' in content ? content.head : null;
    this.#bytes = 'bytes' in content ? content.bytes : null;
    this.#value = 'value' in content ? content.value : undefined;
  }

  static read(digest: string, value: unknown, mayBeKnown: boolean): JsonElement {
    return new JsonElement(digest, mayBeKnown, { value });
  }

  static recognised(digest: string, bytes: Buffer, head: ElementHead): JsonElement {
    return new JsonElement(digest, true, { bytes, head });
  }

  /** What it says. */
  get value(): unknown {
    if (this.#bytes !== null) {
      this.#value = readLate(this.#bytes);
      this.#bytes = null;
    }
    return this.#value;
  }
}

/** Told by its brand, not by class: see `isHttpError`. */
export function isJsonElement(element: unknown): element is JsonElement {
  return (element as Partial<JsonElement> | null)?.brand === ELEMENT;
}

/** What an element says; any other value itself. */
export function elementValue(element: unknown): unknown {
  return isJsonElement(element) ? element.value : element;
}

/** More than the three fields take at their longest, with some blanks. */
const HEAD_BYTES = 160;
const HEAD =
  /^\{\s*"country_code"\s*:\s*"([A-Za-z]{2})"\s*,\s*"party_id"\s*:\s*"([A-Za-z0-9]{3})"\s*,\s*"id"\s*:\s*"([ !#-[\]-~]+)"/;

/** Whose and which an element is that begins with the fields that say so, in the order of the specification; else null. */
export function headOf(bytes: Buffer): ElementHead | null {
  const [, countryCode, partyId, id] = HEAD.exec(bytes.toString('latin1', 0, HEAD_BYTES)) ?? [];
  if (countryCode === undefined || partyId === undefined || id === undefined) return null;
  return { country_code: countryCode, party_id: partyId, id };
}

/** What was recognised by mistake may be no JSON: it stays a text, which is refused as no object. */
function readLate(bytes: Buffer): unknown {
  const text = bytes.toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
