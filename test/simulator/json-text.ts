// Cuts the JSON of a list into the texts of its objects without building the whole
// list, so that a national feed of 139 MB can be served object by object, byte for
// byte as its owner wrote it. Takes a bare array or an OCPI envelope (an object whose
// `data` is the array). Guarantees that each slice is one element's exact text. Fails
// with a message that names the byte when there is no such array or it never ends;
// what is inside an element is not checked here.

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const COMMA = 0x2c;
const BYTE_ORDER_MARK = 0xef;

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

function skipBlanks(bytes: Buffer, from: number): number {
  let at = from;
  while (isBlank(bytes[at])) at += 1;
  return at;
}

/** The position after the string that begins at `from`. */
function skipString(bytes: Buffer, from: number): number {
  let at = from + 1;
  for (;;) {
    const quote = bytes.indexOf(QUOTE, at);
    if (quote < 0) throw new SyntaxError(`a string that begins at byte ${from} never ends`);
    let backslashes = 0;
    while (bytes[quote - 1 - backslashes] === BACKSLASH) backslashes += 1;
    if (backslashes % 2 === 0) return quote + 1;
    at = quote + 1;
  }
}

/** The position after the value that begins at `from`. */
function skipValue(bytes: Buffer, from: number): number {
  let at = from;
  let depth = 0;
  while (at < bytes.length) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = skipString(bytes, at);
      if (depth === 0) return at;
      continue;
    }
    if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) depth += 1;
    else if (byte === CLOSE_OBJECT || byte === CLOSE_ARRAY) {
      if (depth === 0) return at;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (byte === COMMA || isBlank(byte))) return at;
    at += 1;
  }
  throw new SyntaxError(`a value that begins at byte ${from} never ends`);
}

/** Where the list begins: at the start, or at the `data` of an envelope. */
function findList(bytes: Buffer): number {
  let at = skipBlanks(bytes, bytes[0] === BYTE_ORDER_MARK ? 3 : 0);
  if (bytes[at] === OPEN_ARRAY) return at;
  if (bytes[at] !== OPEN_OBJECT) throw new SyntaxError('neither a JSON list nor an OCPI envelope');
  at = skipBlanks(bytes, at + 1);
  while (bytes[at] === QUOTE) {
    const end = skipString(bytes, at);
    const key = bytes.toString('utf8', at + 1, end - 1);
    // Over the colon, to the value.
    const value = skipBlanks(bytes, skipBlanks(bytes, end) + 1);
    if (key === 'data' && bytes[value] === OPEN_ARRAY) return value;
    at = skipBlanks(bytes, skipValue(bytes, value));
    if (bytes[at] === COMMA) at = skipBlanks(bytes, at + 1);
  }
  throw new SyntaxError('an object without a list `data`');
}

/** The elements of the list, each as a view on `bytes`. */
export function* splitList(bytes: Buffer): Generator<Buffer> {
  const list = findList(bytes);
  let at = skipBlanks(bytes, list + 1);
  while (bytes[at] !== CLOSE_ARRAY) {
    if (at >= bytes.length) throw new SyntaxError(`the list at byte ${list} never ends`);
    const end = skipValue(bytes, at);
    if (end === at) throw new SyntaxError(`no value at byte ${at}`);
    yield bytes.subarray(at, end);
    at = skipBlanks(bytes, end);
    if (bytes[at] === COMMA) at = skipBlanks(bytes, at + 1);
  }
}
