/**
 * Tags of answers that are whole in memory, and whether the client already has what would be sent. Not by Koa's
 * `ctx.fresh`: that sends an answer again to every page that asks with a tag by `fetch`, which adds `no-cache`.
 */
import { createHash } from 'node:crypto';
import type { ParameterizedContext } from 'koa';
import { namesEntity } from './conditions.ts';

/** Characters of a hash in base64: 132 bits, so that no two answers ever have the same. */
const LENGTH = 22;

/** Of the content alone: an unchanged answer stays itself whatever else changes. Without quotes. */
export function tagOf(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('base64url').slice(0, LENGTH);
}

/** Sets the tag, and answers 304 to whoever has it; true then. For answers that have no time to be compared by. */
export function isKnown(ctx: ParameterizedContext, etag: string): boolean {
  ctx.set('ETag', etag);
  if (!namesEntity(ctx.get('If-None-Match'), etag)) return false;
  ctx.status = 304;
  return true;
}
