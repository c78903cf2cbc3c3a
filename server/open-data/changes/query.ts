/**
 * Reads what a request for changes asks for. Fails with 400 and a sentence that says what to write instead.
 */
import type { ParameterizedContext } from 'koa';
import type { Owner } from '../../../db/model.ts';
import type { Box, ChangeFilter, ChangeKind } from '../../../db/reads/public-changes.ts';
import { readPosition } from './position.ts';

export interface ChangesQuery {
  /** Null: from now on. */
  readonly after: number | null;
  readonly filter: ChangeFilter;
  /** Changes in a page. */
  readonly limit: number;
}

const PARAMETERS = ['since', 'limit', 'party', 'bbox', 'kind'];

/** Changes in a page unless told, and at most: a Feature has some 1,500 bytes. */
const USUAL_LIMIT = 1_000;
const PAGE_LIMIT = 10_000;

/** Parties that one follower may name; who wants more wants all. */
const PARTY_LIMIT = 100;

/** `static` is what the law calls it. */
const KINDS: Readonly<Record<string, ChangeKind>> = {
  location: 'location',
  static: 'location',
  status: 'status',
  tariff: 'tariff',
};

/** Characters of what was received that a message repeats. */
const QUOTE_LIMIT = 60;

export function readChangesQuery(ctx: ParameterizedContext): ChangesQuery {
  const query: Record<string, string> = {};
  for (const [name, value] of Object.entries(ctx.query)) {
    if (!PARAMETERS.includes(name)) {
      ctx.throw(400, `${quoted(name)} is not known here; write ${PARAMETERS.join(', ')}`);
    }
    if (typeof value !== 'string') ctx.throw(400, `${name} is given more than once; write it once`);
    query[name] = value as string;
  }
  const { since, limit, party, bbox, kind } = query;
  return {
    after: since === undefined ? null : readSince(ctx, since),
    filter: {
      parties: party === undefined ? null : readParties(ctx, party),
      kinds: kind === undefined ? null : readKinds(ctx, kind),
      box: bbox === undefined ? null : readBox(ctx, bbox),
    },
    limit: limit === undefined ? USUAL_LIMIT : readLimit(ctx, limit),
  };
}

/** The position that a client of a stream has got to; null when it says none. It knows better than its URL. */
export function readLastEventId(ctx: ParameterizedContext): number | null {
  const text = ctx.get('Last-Event-ID').trim();
  if (text === '') return null;
  return (
    readPosition(text) ??
    ctx.throw(400, `Last-Event-ID is ${quoted(text)}; send the id of the last event, a whole number`)
  );
}

function readSince(ctx: ParameterizedContext, text: string): number {
  return (
    readPosition(text) ??
    ctx.throw(
      400,
      `since is ${quoted(text)}; write the NAP-Sequence of a file, a whole number, or take the URL in next`,
    )
  );
}

function readLimit(ctx: ParameterizedContext, text: string): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value < 1) ctx.throw(400, `limit is ${quoted(text)}; write a whole number from 1 to ${PAGE_LIMIT}`);
  return Math.min(value, PAGE_LIMIT);
}

/** Sorted, each once: followers that want the same are served the same page. */
function readParties(ctx: ParameterizedContext, text: string): Owner[] {
  const names = [...new Set(text.toUpperCase().split(','))].sort();
  if (names.length > PARTY_LIMIT) ctx.throw(400, `party names more than ${PARTY_LIMIT} parties; name fewer`);
  return names.map((name) => {
    const [, countryCode, partyId] = /^([A-Z]{2})-([A-Z0-9]{3})$/.exec(name) ?? [];
    if (!countryCode || !partyId) {
      return ctx.throw(400, `party has ${quoted(name)}; write NL-TNM, and several as NL-TNM,BE-ABC`);
    }
    return { countryCode, partyId };
  });
}

function readKinds(ctx: ParameterizedContext, text: string): ChangeKind[] {
  const kinds = text.split(',').map((name) => {
    const kind = Object.hasOwn(KINDS, name) ? KINDS[name] : undefined;
    return (
      kind ?? ctx.throw(400, `kind has ${quoted(name)}; write ${Object.keys(KINDS).join(', ')}, or several`)
    );
  });
  return [...new Set(kinds)].sort();
}

function readBox(ctx: ParameterizedContext, text: string): Box {
  const isNumber = (part: string) => /^[+-]?(\d{1,3}(\.\d*)?|\.\d+)$/.test(part);
  const parts = text.split(',');
  const [west = Number.NaN, south = Number.NaN, east = Number.NaN, north = Number.NaN] = parts.map(Number);
  const isBox =
    parts.length === 4 &&
    parts.every(isNumber) &&
    [west, east].every((longitude) => Math.abs(longitude) <= 180) &&
    [south, north].every((latitude) => Math.abs(latitude) <= 90) &&
    south <= north;
  if (!isBox) {
    ctx.throw(
      400,
      `bbox is ${quoted(text)}; write west,south,east,north in degrees, such as 3.2,50.7,7.3,53.6 ` +
        '(west beyond east: across the antimeridian)',
    );
  }
  return { west, south, east, north };
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, QUOTE_LIMIT));
}
