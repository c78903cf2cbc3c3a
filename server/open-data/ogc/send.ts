/**
 * How answers leave: with their media type, the position of the journal that they hold, and for how long they may be
 * kept. Documents and single Features have a tag, and whoever has them already gets 304; pages of Features have none,
 * are compressed instead, and say when they were made.
 */
import type { Context } from 'koa';
import { isKnown, tagOf } from '../entity-tag.ts';
import { PAGE_POLICY } from '../page.ts';
import { type Link, linkHeader, type Place } from './links.ts';
import { MEDIA } from './names.ts';

export interface Answer {
  readonly place: Place;
  /** What it says, as JSON and as a page. */
  readonly json: object;
  readonly html: () => string;
  /** Of the JSON. */
  readonly jsonType: string;
  readonly sequence: number;
  /** Links for those who do not read the body. */
  readonly links?: readonly Link[];
  readonly isTagged: boolean;
}

/** Seconds; whoever needs the newest asks with the tag. */
const CACHE_CONTROL = 'public, max-age=10';

export function sendAnswer(ctx: Context, answer: Answer): void {
  const { place, json, html, jsonType, sequence, links = [], isTagged } = answer;
  const isHtml = place.form === 'html';
  const body = isHtml ? html() : `${JSON.stringify(json)}\n`;
  ctx.vary('Accept');
  ctx.set('Cache-Control', CACHE_CONTROL);
  ctx.set('NAP-Sequence', String(sequence));
  if (links.length > 0) ctx.set('Link', linkHeader(links));
  if (isHtml) ctx.set('Content-Security-Policy', PAGE_POLICY);
  ctx.status = 200;
  ctx.set('Content-Type', isHtml ? `${MEDIA.html}; charset=utf-8` : jsonType);
  if (isTagged && isKnown(ctx, `"${tagOf(body)}"`)) return;
  ctx.body = Buffer.from(body);
}
