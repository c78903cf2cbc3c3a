/**
 * `/data/{file}`: one published file, whole or in part, as it is or gzipped.
 *
 * Guarantees: what is sent is one edition from the first byte to the last, also while the next one is
 * published; its ETag is strong and belongs to the encoding that was chosen, and ranges are of that. A file is
 * opened only to be sent, and closed when it is sent or the client is gone.
 * Where nothing has been built yet, the first request builds it and all that come meanwhile wait for that build;
 * whoever has waited long enough gets 503 with Retry-After, and the build goes on.
 * `?view=` chooses between everything and one EVSE an EVSE ID; each view is a file of its own, with its own ETag.
 * Fails with http-errors: 400 for a view that there is not, 404, 412, 416, 503.
 */
import { type FileHandle, open } from 'node:fs/promises';
import type { ParameterizedContext } from 'koa';
import type { Representation, Snapshot } from '../../exports/build/edition-store.ts';
import {
  isCsv,
  TABLE_METADATA_MEDIA_TYPE,
  tableMetadataName,
} from '../../exports/catalogue/table-metadata.ts';
import type { ExportFormat } from '../../exports/format.ts';
import type { Snapshots } from '../../exports/snapshots.ts';
import { type View, viewsOf } from '../../exports/view.ts';
import { type Decision, decide } from './conditions.ts';
import { licenceUrl } from './licence.ts';

/** Milliseconds to wait for the first build: most proxies give up after 30 s, and we would rather answer. */
const FIRST_BUILD_WAIT = 25_000;

/** Seconds after which to ask again when there is no file. */
const RETRY_AFTER = '10';

/**
 * Files change every forty seconds while the registry does: kept for a quarter of that, a cache adds little to their
 * age.
 * `no-transform` because another encoding would need another ETag.
 */
const CACHE_CONTROL = 'public, max-age=10, no-transform';

/** Milliseconds without progress after which a client that does not read is cut off. */
const IDLE_LIMIT = 120_000;

/** Bytes read at once: a file of 100 MB in 400 steps. */
const CHUNK_BYTES = 256 * 1024;

/** Tries to open a file that a new edition has just replaced. */
const OPEN_ATTEMPTS = 3;

interface Choice {
  readonly snapshot: Snapshot;
  readonly encoding: 'gzip' | 'identity';
  readonly representation: Representation;
  readonly decision: Decision;
}

/** Sends a file. `name` is as in the address, decoded. */
export async function sendDownload(
  ctx: ParameterizedContext,
  snapshots: Snapshots,
  name: string,
): Promise<void> {
  const format = await snapshots.find(name);
  if (!format) return ctx.throw(404, `There is no download "${name}"; /data lists those there are`);
  const view = wantedView(ctx, format);
  for (let attempt = 1; ; attempt += 1) {
    const choice = choose(ctx, await availableSnapshot(ctx, snapshots, { name, view }));
    refuse(ctx, choice);
    const file = await openToSend(ctx, choice, attempt);
    if (file === 'replaced') continue;
    describe(ctx, fileName(format, view), format, choice);
    send(ctx, choice, file);
    return;
  }
}

/** `raw` unless the query says otherwise; refuses what the format has not. */
export function wantedView(ctx: ParameterizedContext, format: ExportFormat): View {
  const wanted = ctx.query.view ?? 'raw';
  const views = viewsOf(format);
  const view = views.find((one) => one === wanted);
  return view ?? ctx.throw(400, `${format.name} has no such view; view is one of ${views.join(', ')}`);
}

async function availableSnapshot(
  ctx: ParameterizedContext,
  snapshots: Snapshots,
  { name, view }: { name: string; view: View },
): Promise<Snapshot> {
  const ready = await snapshots.current(name, view);
  if (ready) return ready;
  const built = await within(FIRST_BUILD_WAIT, snapshots.currentOrBuild(name, view));
  return (
    built ??
    ctx.throw(503, 'The file has not been built yet: ask again', {
      expose: true,
      headers: { 'Retry-After': RETRY_AFTER },
    })
  );
}

function choose(ctx: ParameterizedContext, snapshot: Snapshot): Choice {
  const encoding = ctx.acceptsEncodings('gzip', 'identity') === 'gzip' ? 'gzip' : 'identity';
  const representation = snapshot[encoding];
  const { etag, bytes } = representation;
  const decision = decide(ctx.method, ctx.req.headers, { etag, bytes, lastModified: snapshot.generatedAt });
  return { snapshot, encoding, representation, decision };
}

function refuse(ctx: ParameterizedContext, { decision, representation }: Choice): void {
  if (decision.kind === 'precondition-failed') ctx.throw(412, 'The file is no longer the one that you have');
  if (decision.kind === 'range-not-satisfiable') {
    ctx.throw(416, `The file has ${representation.bytes} bytes; the range begins after them`, {
      headers: { 'Content-Range': `bytes */${representation.bytes}` },
    });
  }
}

/** As it is saved: the view before the ending, so that programs still know the type. */
export function fileName({ name }: ExportFormat, view: View): string {
  return view === 'raw' ? name : name.replace('.', `.${view}.`);
}

/** Null when there is no body to send; `replaced` when the edition has gone since it was chosen. */
async function openToSend(
  ctx: ParameterizedContext,
  { decision, representation }: Choice,
  attempt: number,
): Promise<FileHandle | null | 'replaced'> {
  if (ctx.method === 'HEAD' || decision.kind === 'not-modified') return null;
  try {
    return await open(representation.path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && attempt < OPEN_ATTEMPTS) return 'replaced';
    throw error;
  }
}

/** Headers that a 200, a 206 and a 304 have in common. */
function describe(ctx: ParameterizedContext, file: string, format: ExportFormat, choice: Choice): void {
  const { snapshot, representation } = choice;
  ctx.vary('Accept-Encoding');
  ctx.set('ETag', representation.etag);
  ctx.set('Last-Modified', snapshot.generatedAt.toUTCString());
  ctx.set('Cache-Control', CACHE_CONTROL);
  ctx.set('NAP-Sequence', String(snapshot.sequence));
  const licence = licenceUrl(snapshot.licence);
  if (licence) ctx.append('Link', `<${licence}>; rel="license"`);
  // Where the standard says that it lies: what a table cannot say of itself.
  if (isCsv(format)) {
    const metadata = tableMetadataName(format.name);
    ctx.append('Link', `<${metadata}>; rel="describedby"; type="${TABLE_METADATA_MEDIA_TYPE}"`);
  }
  if (choice.decision.kind === 'not-modified') return;
  ctx.set('Accept-Ranges', 'bytes');
  ctx.set('Content-Type', format.mediaType);
  ctx.set('Content-Disposition', `attachment; filename="${file}"`);
  if (choice.encoding === 'gzip') ctx.set('Content-Encoding', 'gzip');
}

/** Nothing between here and the assignment of the body may fail: the body is what closes the file. */
function send(ctx: ParameterizedContext, choice: Choice, file: FileHandle | null): void {
  const { decision, representation } = choice;
  if (decision.kind === 'not-modified') {
    ctx.status = 304;
    return;
  }
  const last = representation.bytes - 1;
  const { start, end } = decision.kind === 'part' ? decision : { start: 0, end: last };
  ctx.status = decision.kind === 'part' ? 206 : 200;
  ctx.res.setTimeout(IDLE_LIMIT);
  if (file) ctx.body = file.createReadStream({ start, end, highWaterMark: CHUNK_BYTES });
  ctx.length = end - start + 1;
  if (decision.kind === 'part') ctx.set('Content-Range', `bytes ${start}-${end}/${representation.bytes}`);
}

/** The result, or null when it takes longer. What was begun goes on. */
async function within<T>(milliseconds: number, result: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<null>((resolve) => {
    timer = setTimeout(resolve, milliseconds, null);
  });
  try {
    return await Promise.race([result, limit]);
  } finally {
    clearTimeout(timer);
  }
}
