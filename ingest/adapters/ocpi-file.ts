/**
 * Pulls one file: a JSON array of OCPI objects, or an OCPI envelope around one, packed with gzip or not, from a
 * URL or a path of this machine. The file is streamed, so its size is bounded by the disk, not by the memory.
 *
 * Every pull is a full one. A URL that gave an ETag or Last-Modified is asked whether the file has changed; only
 * a pull that was stored whole is remembered for that, and `--full` asks for the file in any case. What stands
 * before a fault in the file is taken, and the pull is partial.
 */
import type { Module } from '../../db/model.ts';
import { DEFAULT_OCPI_VERSION, type OcpiVersion } from '../../db/ocpi-version.ts';
import {
  type Adapter,
  type AdapterSettings,
  isTokenRefused,
  PartnerError,
  type PullContext,
  type PulledBatch,
  type PullVerdict,
  partnerProblem,
} from '../adapter.ts';
import { sniffedGunzip } from '../http/body.ts';
import { describeUrl } from '../http/describe-url.ts';
import { JSON_LIST_LIMITS, readJsonList } from '../json-list.ts';
import { isWebUrl, openLocalFile } from '../local-file.ts';
import { unknownOptions } from '../ocpi-client/options.ts';
import { checkEnvelope } from '../ocpi-client/page.ts';
import { withTokenForms } from '../ocpi-client/token.ts';

const OPTIONS: ReadonlySet<string> = new Set(['module', 'tokenForm']);
const MODULES: readonly unknown[] = ['locations', 'tariffs'];

const GIBIBYTE = 1024 ** 3;

/** Unpacked bytes of a file: some fifteen times the largest national feed known. */
const FILE_BYTES = 2 * GIBIBYTE;

/** A file may be slow to come, but it must keep coming; the largest known take a minute. */
const FILE_LIMITS = { packedBytes: FILE_BYTES, unpackedBytes: FILE_BYTES, totalMs: 3_600_000 };

/** A file that is open, or the news that it has not changed. */
type Opened =
  | { readonly changed: false }
  | {
      readonly changed: true;
      readonly where: string;
      readonly bytes: AsyncIterable<Buffer>;
      readonly validators: Readonly<Record<string, unknown>>;
      close(): void;
    };

export const ocpiFile: Adapter = {
  kind: 'ocpi-file',
  description: 'A URL or path of a JSON array or OCPI envelope of Locations or Tariffs, gzip or not.',

  validateOptions({ url, options }) {
    const problems = unknownOptions(options, OPTIONS);
    if (!url) problems.push('A source of kind ocpi-file needs --url: the URL or path of its file.');
    if (options.module !== undefined && !MODULES.includes(options.module)) {
      problems.push(`--module must be locations or tariffs, not "${String(options.module)}".`);
    }
    return problems;
  },

  modulesOf: (settings) => [moduleOf(settings)],

  async *pull(context) {
    const module = moduleOf(context);
    const version = versionOf(context);
    const memory: Record<string, unknown> = { ...context.memory };
    delete memory.validators;
    const verdict = (more: Partial<PullVerdict> & { state: 'complete' | 'partial' | 'not-modified' }) => ({
      modules: [{ module, version, state: more.state, isWhole: more.state === 'complete' }],
      problems: more.problems ?? [],
      notes: [],
      isBroken: more.isBroken ?? false,
      memory,
      memoryWhenStored: more.memoryWhenStored ?? {},
    });
    let opened: Opened | undefined;
    try {
      opened = await open(context, memory);
      if (!opened.changed) {
        const { validators } = context.memory;
        return verdict({ state: 'not-modified', memoryWhenStored: { validators } });
      }
      yield* readObjects(opened, module, context);
      return verdict({ state: 'complete', memoryWhenStored: { validators: opened.validators } });
    } catch (error) {
      context.signal.throwIfAborted();
      const problem = partnerProblem(error);
      if (problem === undefined) throw error;
      const isBroken = isTokenRefused(error);
      return verdict({ state: 'partial', problems: [problem], isBroken });
    } finally {
      if (opened?.changed) opened.close();
    }
  },
};

function moduleOf({ options }: AdapterSettings): Module {
  return options.module === 'tariffs' ? 'tariffs' : 'locations';
}

/** A file does not say in which version it is written. */
function versionOf({ version }: PullContext): OcpiVersion {
  return version ?? DEFAULT_OCPI_VERSION;
}

async function* readObjects(
  opened: Extract<Opened, { changed: true }>,
  module: Module,
  context: PullContext,
): AsyncGenerator<PulledBatch, void> {
  const { signal } = context;
  const version = versionOf(context);
  const recognises = await context.recogniser(module, version);
  const bytes = sniffedGunzip(opened.bytes, FILE_BYTES, opened.where);
  const list = readJsonList(bytes, JSON_LIST_LIMITS, recognises);
  try {
    for (;;) {
      const { value, done } = await list.next();
      signal.throwIfAborted();
      if (done) {
        checkEnvelope(value, opened.where);
        return;
      }
      yield { module, version, objects: value };
    }
  } catch (error) {
    if ((error as Error).name !== 'MalformedJsonError') throw error;
    throw new PartnerError(`${opened.where}: ${(error as Error).message}`);
  } finally {
    // Its result has been used, or nobody wants it any more.
    await list.return({ shape: 'array', hasList: true, fields: {} });
  }
}

function open(context: PullContext, memory: Record<string, unknown>): Promise<Opened> {
  const url = context.url ?? '';
  return isWebUrl(url) ? openUrl(url, context, memory) : openPath(url);
}

async function openUrl(url: string, context: PullContext, memory: Record<string, unknown>): Promise<Opened> {
  const { http, correlationId, signal, full } = context;
  const validators = full ? {} : recordOf(context.memory.validators);
  return withTokenForms(context, memory, async (authorization) => {
    const answer = await http.stream({
      url,
      correlationId,
      signal,
      limits: FILE_LIMITS,
      headers: {
        ...authorization,
        accept: 'application/json, application/gzip;q=0.9, */*;q=0.1',
        ...(typeof validators.etag === 'string' ? { 'if-none-match': validators.etag } : {}),
        ...(typeof validators.lastModified === 'string'
          ? { 'if-modified-since': validators.lastModified }
          : {}),
      },
    });
    if (answer.status === 304) {
      answer.close();
      return { changed: false };
    }
    const { etag, 'last-modified': lastModified } = answer.headers;
    const known = { ...(etag ? { etag } : {}), ...(lastModified ? { lastModified } : {}) };
    return {
      changed: true,
      where: describeUrl(answer.url),
      bytes: answer.body,
      validators: known,
      close: answer.close,
    };
  });
}

async function openPath(url: string): Promise<Opened> {
  const { path, bytes, close } = await openLocalFile(url);
  return { changed: true, where: path, bytes, validators: {}, close };
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
