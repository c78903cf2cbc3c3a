/** Reads what a request for findings asks for, and tells all that is wrong with it. Fails with 400. */
import type { Context } from 'koa';
import type { Severity } from '../../db/model.ts';
import { type PageWish, PositionError } from './finding-pages.ts';

/** Findings in a page unless told, and at most: some 500 bytes each. */
const USUAL_LIMIT = 100;
const PAGE_LIMIT = 1_000;

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info'];
const FINDING_PARAMETERS = ['limit', 'after', 'rule', 'severity'];
/** Characters of a position; those that we make are far shorter. */
const POSITION_LIMIT = 1_000;
/** Characters of what was received that a message repeats. */
const QUOTE_LIMIT = 60;

/** The page of findings that a request wants. `further` names parameters that somebody else reads. */
export function readPageWish(ctx: Context, further: readonly string[] = []): PageWish {
  for (const [name, value] of Object.entries(ctx.query)) {
    if (![...FINDING_PARAMETERS, ...further].includes(name)) {
      ctx.throw(400, `${name.slice(0, QUOTE_LIMIT)} is not known here: ${FINDING_PARAMETERS.join(', ')}`);
    }
    if (Array.isArray(value)) ctx.throw(400, `${name}: given more than once`);
  }
  const { after, rule, severity } = ctx.query as Record<string, string | undefined>;
  if (after !== undefined && after.length > POSITION_LIMIT)
    ctx.throw(400, 'after: not a position of this list');
  if (rule !== undefined && (rule === '' || rule.length > QUOTE_LIMIT || rule.includes('\0'))) {
    ctx.throw(400, 'rule: must be the id of a rule, such as ID-07');
  }
  if (severity !== undefined && !SEVERITIES.includes(severity as Severity)) {
    ctx.throw(400, `severity: must be one of ${SEVERITIES.join(', ')}`);
  }
  return {
    after,
    rule,
    severity: severity as Severity | undefined,
    limit: Math.min(readNumber(ctx, 'limit', 1) ?? USUAL_LIMIT, PAGE_LIMIT),
  };
}

/** A whole number from `least`; undefined when it is not given. */
export function readNumber(ctx: Context, name: string, least: number): number | undefined {
  const text = ctx.query[name];
  if (text === undefined) return undefined;
  const value = typeof text === 'string' && /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= least)) ctx.throw(400, `${name}: must be a whole number from ${least}`);
  return value;
}

/** The same request for what follows. */
export function nextUrl(address: string, ctx: Context, changes: Readonly<Record<string, string>>): string {
  const parameters = new URLSearchParams(ctx.querystring);
  for (const [name, value] of Object.entries(changes)) parameters.set(name, value);
  return `${address}${ctx.path}?${parameters}`;
}

/** What was asked for cannot be gone on with: the caller's mistake. */
export function badPosition(ctx: Context): (error: unknown) => never {
  return (error) => {
    if (error instanceof PositionError) ctx.throw(400, error.message);
    throw error;
  };
}
