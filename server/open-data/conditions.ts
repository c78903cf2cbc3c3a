/**
 * What a request wants of a file, by its conditions and its range (RFC 9110, sections 13 and 14). Pure: headers
 * and facts in, a decision out.
 */
import type { IncomingHttpHeaders } from 'node:http';
import parseRange from 'range-parser';

/** The chosen representation of a file. */
export interface Validators {
  /** Strong, in quotes. */
  readonly etag: string;
  readonly lastModified: Date;
  readonly bytes: number;
}

export type Decision =
  | { readonly kind: 'whole' }
  /** Both ends are included. */
  | { readonly kind: 'part'; readonly start: number; readonly end: number }
  | { readonly kind: 'not-modified' }
  | { readonly kind: 'precondition-failed' }
  | { readonly kind: 'range-not-satisfiable' };

/** For GET and HEAD. In the order of RFC 9110, section 13.2.2. */
export function decide(
  method: string,
  headers: Readonly<IncomingHttpHeaders>,
  validators: Validators,
): Decision {
  if (!preconditionHolds(headers, validators)) return { kind: 'precondition-failed' };
  if (isUnmodified(headers, validators)) return { kind: 'not-modified' };
  const wantsPart = method === 'GET' && headers.range !== undefined && rangeApplies(headers, validators);
  return wantsPart ? choosePart(headers.range ?? '', validators.bytes) : { kind: 'whole' };
}

function preconditionHolds(headers: Readonly<IncomingHttpHeaders>, validators: Validators): boolean {
  const ifMatch = headers['if-match'];
  if (ifMatch !== undefined) return ifMatch.trim() === '*' || entityTags(ifMatch).includes(validators.etag);
  const since = parseHttpDate(headers['if-unmodified-since']);
  return since === null || seconds(validators.lastModified) <= since;
}

function isUnmodified(headers: Readonly<IncomingHttpHeaders>, validators: Validators): boolean {
  const ifNoneMatch = headers['if-none-match'];
  if (ifNoneMatch !== undefined) return namesEntity(ifNoneMatch, validators.etag);
  const since = parseHttpDate(headers['if-modified-since']);
  return since !== null && seconds(validators.lastModified) <= since;
}

/**
 * Whether an `If-None-Match` names what would be sent. For answers that have nothing else to be compared by.
 *
 * @param etag strong, in quotes
 */
export function namesEntity(ifNoneMatch: string, etag: string): boolean {
  return ifNoneMatch.trim() === '*' || entityTags(ifNoneMatch).map(withoutWeakness).includes(etag);
}

/** `If-Range` guards against joining parts of two editions: a tag must be strong, a date must be the very one. */
function rangeApplies(headers: Readonly<IncomingHttpHeaders>, validators: Validators): boolean {
  const ifRange = headers['if-range']?.toString();
  if (ifRange === undefined) return true;
  if (/^(W\/)?"/.test(ifRange)) return ifRange === validators.etag;
  return parseHttpDate(ifRange) === seconds(validators.lastModified);
}

/** One part is served. What is no range, and several of them, may be answered with the whole, and is. */
function choosePart(range: string, bytes: number): Decision {
  const parts = parseRange(bytes, range, { combine: true });
  if (parts === -1) return { kind: 'range-not-satisfiable' };
  const part = parts === -2 || parts.type !== 'bytes' || parts.length !== 1 ? undefined : parts[0];
  return part ? { kind: 'part', start: part.start, end: part.end } : { kind: 'whole' };
}

function entityTags(list: string): string[] {
  return list.match(/(W\/)?"[^"]*"/g) ?? [];
}

function withoutWeakness(tag: string): string {
  return tag.replace(/^W\//, '');
}

/** Whole seconds, which is all that HTTP dates have. */
function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}

function parseHttpDate(text: string | undefined): number | null {
  const milliseconds = text === undefined ? Number.NaN : Date.parse(text);
  return Number.isNaN(milliseconds) ? null : Math.floor(milliseconds / 1000);
}
