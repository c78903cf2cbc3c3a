/**
 * Reads what a request for Features asks for, and says what is wrong with it. Fails with 400, in words that say what to
 * write instead. A parameter that the collection does not have is refused, so that a misspelt filter never looks like
 * one that found everything.
 */
import type { Context } from 'koa';
import { parseBbox } from './bbox.ts';
import type { Collection } from './collections.ts';
import { type Cursor, parseCursor } from './cursor.ts';
import { parseDatetime } from './datetime.ts';
import { CRS84 } from './names.ts';
import type { Queryable, Selection } from './queryables.ts';

/** Features in a page unless told, and at most. */
export const USUAL_LIMIT = 100;
export const PAGE_LIMIT = 1_000;

/** Values of one parameter, and characters of all of them. */
const VALUES_LIMIT = 50;
const TEXT_LIMIT = 2_000;
/** Characters of what was received that a message repeats. */
const QUOTE_LIMIT = 60;

/** What every list of Features takes beside the queryables of its collection. */
export const LIST_PARAMETERS = ['bbox', 'bbox-crs', 'crs', 'datetime', 'limit', 'cursor', 'f'] as const;

export interface ItemsQuery {
  readonly selection: Selection;
  readonly limit: number;
  readonly cursor: Cursor | null;
  /** The same text for the same selection, whatever the page. */
  readonly key: string;
}

export function readItemsQuery(ctx: Context, { queryables }: Collection): ItemsQuery {
  const values = readParameters(ctx, [...LIST_PARAMETERS, ...queryables.map(({ name }) => name)]);
  for (const name of ['bbox-crs', 'crs']) {
    const crs = values.get(name);
    if (crs !== undefined && crs !== CRS84) ctx.throw(400, `${name}: only ${CRS84} is served`);
  }
  const selection = {
    ...readBoxes(ctx, values.get('bbox')),
    ...readTimes(ctx, values.get('datetime')),
    ...queryables
      .map((queryable) => readQueryable(ctx, queryable, values.get(queryable.name)))
      .reduce<Selection>((all, one) => Object.assign(all, one), {}),
  };
  const cursor = readCursor(ctx, values.get('cursor'));
  return { selection, limit: readLimit(ctx, values.get('limit')), cursor, key: JSON.stringify(selection) };
}

/** The parameters of a request, each once and each one of those that there are. */
export function readParameters(ctx: Context, known: readonly string[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of Object.entries(ctx.query)) {
    const quoted = name.slice(0, QUOTE_LIMIT);
    if (!known.includes(name))
      ctx.throw(400, `${quoted} is not a parameter here; there are ${known.join(', ')}`);
    if (typeof value !== 'string')
      ctx.throw(400, `${quoted}: given more than once; separate values by commas`);
    const text = value as string;
    if (text === '' || text.length > TEXT_LIMIT || text.includes('\0')) {
      ctx.throw(
        400,
        `${quoted}: must be a text of 1 to ${TEXT_LIMIT} characters; leave it out to ask for all`,
      );
    }
    values.set(name, text);
  }
  return values;
}

function readBoxes(ctx: Context, text: string | undefined): Selection {
  if (text === undefined) return {};
  const boxes = parseBbox(text);
  return typeof boxes === 'string' ? ctx.throw(400, `bbox: ${boxes}`) : { boxes };
}

function readTimes(ctx: Context, text: string | undefined): Selection {
  if (text === undefined) return {};
  const interval = parseDatetime(text);
  return typeof interval === 'string' ? ctx.throw(400, `datetime: ${interval}`) : interval;
}

function readLimit(ctx: Context, text: string | undefined): number {
  if (text === undefined) return USUAL_LIMIT;
  const limit = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  if (limit < 1) ctx.throw(400, `limit: must be a whole number from 1; a page has at most ${PAGE_LIMIT}`);
  return Math.min(limit, PAGE_LIMIT);
}

function readCursor(ctx: Context, text: string | undefined): Cursor | null {
  if (text === undefined) return null;
  return parseCursor(text) ?? ctx.throw(400, 'cursor: must come from a link "next" or "prev" as it is');
}

function readQueryable(ctx: Context, queryable: Queryable, text: string | undefined): Selection {
  if (text === undefined) return {};
  const { name, isSingle, schema } = queryable;
  const values = isSingle ? [text] : text.split(',').map((value) => value.trim());
  if (values.length > VALUES_LIMIT) ctx.throw(400, `${name}: at most ${VALUES_LIMIT} values`);
  const isTooLong =
    schema.maxLength !== undefined && values.some(({ length }) => length > (schema.maxLength ?? 0));
  if (isTooLong || values.includes('')) {
    ctx.throw(400, `${name}: each value has 1 to ${schema.maxLength ?? TEXT_LIMIT} characters`);
  }
  const selected = queryable.read(values, text);
  return typeof selected === 'string' ? ctx.throw(400, `${name}: ${selected}`) : selected;
}
