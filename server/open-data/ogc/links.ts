/**
 * In which form a resource is wanted, and the links between resources. `f` in the address decides, else the `Accept`
 * of the request; whoever wants neither JSON nor HTML gets JSON.
 */
import type { Context } from 'koa';
import { MEDIA } from './names.ts';

export type Form = 'json' | 'html';

/** A link as OGC API writes it. */
export interface Link {
  readonly href: string;
  readonly rel: string;
  readonly type?: string;
  readonly title?: string;
}

/** Where a request came to, and what is wanted. */
export interface Place {
  /** Of `/ogc`, without a slash at the end. */
  readonly base: string;
  /** The address that was asked for. */
  readonly self: string;
  readonly form: Form;
  /** The same address with other values; null takes one away. */
  with(changes: Readonly<Record<string, string | null>>): string;
}

/** @param address where the service is reached, without a slash at the end */
export function placeOf(ctx: Context, address: string): Place {
  const path = `${address}${ctx.path}`;
  const addressWith = (changes: Readonly<Record<string, string | null>>): string => {
    const parameters = new URLSearchParams(ctx.querystring);
    for (const [name, value] of Object.entries(changes)) {
      if (value === null) parameters.delete(name);
      else parameters.set(name, value);
    }
    // Commas, colons and slashes are ordinary there, and links stay readable.
    const text = String(parameters).replaceAll('%2C', ',').replaceAll('%3A', ':').replaceAll('%2F', '/');
    return text === '' ? path : `${path}?${text}`;
  };
  return { base: `${address}/ogc`, self: addressWith({}), form: wantedForm(ctx), with: addressWith };
}

function wantedForm(ctx: Context): Form {
  const { f } = ctx.query;
  if (f !== undefined && f !== 'json' && f !== 'html') ctx.throw(400, 'f: must be json or html');
  if (f !== undefined) return f as Form;
  const types = [MEDIA.json, MEDIA.geojson, MEDIA.schema, 'application/vnd.oai.openapi+json', MEDIA.html];
  return ctx.accepts(types) === MEDIA.html ? 'html' : 'json';
}

/** `self` and `alternate` of a resource whose JSON has this media type. */
export function ownLinks({ self, form, with: addressWith }: Place, jsonType: string): Link[] {
  const isJson = form === 'json';
  return [
    { href: self, rel: 'self', type: isJson ? jsonType : MEDIA.html, title: 'This document' },
    {
      href: addressWith({ f: isJson ? 'html' : 'json' }),
      rel: 'alternate',
      type: isJson ? MEDIA.html : jsonType,
      title: isJson ? 'This document as HTML' : 'This document as JSON',
    },
  ];
}

/** Links as a header says them (RFC 8288). */
export function linkHeader(links: readonly Link[]): string {
  return links
    .map(({ href, rel, type }) => `<${href}>; rel="${rel}"${type ? `; type="${type}"` : ''}`)
    .join(', ');
}
