/**
 * A register's list where it is: a file of this machine or a URL, packed with gzip or not.
 *
 * Guarantees: a URL goes through the guarded HTTP client; time and size are bounded, packed and unpacked; with
 * validators of the last answer the request is a conditional one. Fails with HttpError, PartnerError, and
 * NotModifiedError when the list is still the one of the last answer.
 */
import { sniffedGunzip } from '../http/body.ts';
import { describeUrl } from '../http/describe-url.ts';
import type { HttpAnswer, HttpClient } from '../http/http-client.ts';
import { isWebUrl, openLocalFile } from '../local-file.ts';
import type { RegisterDocument } from './operator-register.ts';

const MEBIBYTE = 1024 * 1024;

/** Bytes of a list: the largest known has one megabyte. */
const LIST_BYTES = 32 * MEBIBYTE;
/** Registers are small, and their servers slow. */
const LIMITS = { packedBytes: LIST_BYTES, unpackedBytes: LIST_BYTES, totalMs: 120_000 };

/** What an answer said of its own version. */
export interface Validators {
  readonly etag?: string;
  readonly lastModified?: string;
}

/** The list is the one that the validators belong to. */
export class NotModifiedError extends Error {
  override readonly name = 'NotModifiedError';
}

/** A document and what its answer said of itself. */
export interface OpenDocument extends RegisterDocument {
  /** Of the answer at the URL as given; empty before it was loaded, and where there is none. */
  validators(): Validators;
}

/** Opens nothing yet: `load` does. */
export function registerDocument(
  from: string,
  parts: {
    readonly http: HttpClient;
    readonly correlationId: string;
    readonly signal: AbortSignal;
    /** Of the last answer, when it is enough to know that nothing has changed. */
    readonly known?: Validators | undefined;
  },
): OpenDocument {
  return isWebUrl(from) ? webDocument(from, parts) : fileDocument(from);
}

function fileDocument(from: string): OpenDocument {
  return {
    where: from,
    isUrl: false,
    validators: () => ({}),
    async load() {
      const file = await openLocalFile(from);
      try {
        return await collect(file.bytes, file.path);
      } finally {
        file.close();
      }
    },
  };
}

function webDocument(from: string, parts: Parameters<typeof registerDocument>[1]): OpenDocument {
  const { http, correlationId, signal, known = {} } = parts;
  const where = describeUrl(from);
  let validators: Validators = {};

  async function read(answer: HttpAnswer): Promise<Buffer> {
    if (answer.status === 304) throw new NotModifiedError(`${where} has not changed`);
    return collect(answer.body, where);
  }

  return {
    where,
    isUrl: true,
    validators: () => validators,
    async load(parameters) {
      const accept = 'application/json, text/csv;q=0.9, */*;q=0.1';
      if (parameters) {
        const url = new URL(from);
        for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
        return http.ask({ url, correlationId, signal, limits: LIMITS, headers: { accept } }, read);
      }
      const headers = {
        accept,
        ...(known.etag ? { 'if-none-match': known.etag } : {}),
        ...(known.lastModified ? { 'if-modified-since': known.lastModified } : {}),
      };
      return http.ask({ url: from, correlationId, signal, limits: LIMITS, headers }, async (answer) => {
        const bytes = await read(answer);
        const { etag, 'last-modified': lastModified } = answer.headers;
        validators = { ...(etag ? { etag } : {}), ...(lastModified ? { lastModified } : {}) };
        return bytes;
      });
    },
  };
}

async function collect(bytes: AsyncIterable<Buffer>, where: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of sniffedGunzip(bytes, LIST_BYTES, where)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
