/**
 * `/data/daily`: what was published last on each of the days before.
 *
 *   GET /data/daily                 the days that are kept, and their files
 *   GET /data/daily/{day}/{file}    one of them, as it was; `?view=resolved` as in `/data`
 *
 * Guarantees: the file of a day never changes, so its ETag is strong and it may be kept for ever. It lies here
 * gzipped, and is sent so to whoever takes that, else unpacked on its way; there are no ranges.
 * Fails with http-errors: 400 for a view that there is not, 404, 412.
 */
import { open } from 'node:fs/promises';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { ParameterizedContext } from 'koa';
import { type DailyFile, KEPT_DAYS } from '../../exports/build/daily-files.ts';
import type { DailyDownload, Snapshots } from '../../exports/snapshots.ts';
import { fileOf, fileReference, partsOfFileName } from '../../exports/view.ts';
import { decide } from './conditions.ts';
import { fileName, wantedView } from './downloads.ts';

/** The list grows at midnight. */
const LIST_CACHE_CONTROL = 'public, max-age=300';

/** A file of a day is what it is; a year is the longest that caches go by. */
const FILE_CACHE_CONTROL = 'public, max-age=31536000, immutable, no-transform';

/** Sends the list of days. */
export async function sendDays(
  ctx: ParameterizedContext,
  snapshots: Snapshots,
  address: string,
): Promise<void> {
  const days = await snapshots.days();
  ctx.set('Cache-Control', LIST_CACHE_CONTROL);
  ctx.type = 'application/json';
  const described = days.map(({ day, files }) => ({
    day,
    files: files.map((file) => ({ ...file, url: urlOf(address, day, file) })),
  }));
  ctx.body = `${JSON.stringify({ kept_days: KEPT_DAYS, days: described }, null, 2)}\n`;
}

/** Sends a file of a day. Names are as in the address, decoded. */
export async function sendDailyFile(
  ctx: ParameterizedContext,
  snapshots: Snapshots,
  { day, name }: { day: string; name: string },
): Promise<void> {
  const format = await snapshots.find(name);
  const view = format ? wantedView(ctx, format) : 'raw';
  const wanted = (format && fileOf(format, view)?.name) ?? name;
  const found = await snapshots.dailyFile(day, wanted);
  if (!found)
    return ctx.throw(404, `There is no ${name} of ${day}; /data/daily lists the days and their files`);
  const isGzipped = ctx.acceptsEncodings('gzip', 'identity') === 'gzip';
  describe(ctx, found, isGzipped);
  if (ctx.status === 304) return;
  ctx.set('Content-Type', format?.mediaType ?? 'application/octet-stream');
  const saved = format ? fileName(format, view) : name;
  ctx.set('Content-Disposition', `attachment; filename="${day}.${saved}"`);
  await send(ctx, found, isGzipped);
}

function describe(ctx: ParameterizedContext, { file }: DailyDownload, isGzipped: boolean): void {
  const { bytes, sha256 } = isGzipped ? file.gzip : file.identity;
  const lastModified = new Date(file.generated_at);
  const etag = isGzipped ? `"${sha256}-gzip"` : `"${sha256}"`;
  ctx.vary('Accept-Encoding');
  ctx.set('ETag', etag);
  ctx.set('Last-Modified', lastModified.toUTCString());
  ctx.set('Cache-Control', FILE_CACHE_CONTROL);
  ctx.set('NAP-Sequence', String(file.sequence));
  const { range: _, ...conditions } = ctx.req.headers;
  const decision = decide(ctx.method, conditions, { etag, lastModified, bytes });
  if (decision.kind === 'precondition-failed') ctx.throw(412, 'The file is not the one that you have');
  ctx.status = decision.kind === 'not-modified' ? 304 : 200;
}

/** Nothing between opening and the assignment of the body may fail: the body is what closes the file. */
async function send(
  ctx: ParameterizedContext,
  { file, path }: DailyDownload,
  isGzipped: boolean,
): Promise<void> {
  if (isGzipped) ctx.set('Content-Encoding', 'gzip');
  if (ctx.method !== 'HEAD') {
    const handle = await open(path, 'r');
    const packed = handle.createReadStream();
    // Whichever end breaks off, the other is closed; Koa hears of it by the body.
    ctx.body = isGzipped ? packed : pipeline(packed, createGunzip(), () => undefined);
  }
  ctx.length = isGzipped ? file.gzip.bytes : file.identity.bytes;
}

function urlOf(address: string, day: string, { name }: DailyFile): string {
  const file = partsOfFileName(name);
  return `${address}/data/daily/${day}/${fileReference(file.name, file.view)}`;
}
