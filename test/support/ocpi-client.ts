/**
 * A partner's HTTP client as small as it can be: sends a token, reads an envelope. It checks nothing by itself
 * but keeps all that came, so that a test can.
 */
import { request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';

/** What came back. */
export interface OcpiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly text: string;
  /** The parsed body; undefined when it is no JSON. */
  readonly body: Envelope;
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape.
export type Data = any;

export interface Envelope {
  readonly status_code: number;
  readonly status_message?: string;
  readonly timestamp: string;
  readonly data?: Data;
}

export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** An object goes out as JSON; text and bytes go as they are. */
  readonly body?: unknown;
}

/** Milliseconds for a whole answer, and its bytes at most: nothing that is asked for here takes longer or more. */
const ANSWER_LIMIT_MS = 60_000;
const ANSWER_LIMIT_BYTES = 128 * 1024 * 1024;

/** The token as 2.2.1 wants it: in Base64. */
export function authorization(token: string): string {
  return `Token ${Buffer.from(token).toString('base64')}`;
}

/** Sends one request by Node's own client, which alters neither path nor headers. */
export function send(
  url: string,
  method: string,
  path: string,
  options: RequestOptions = {},
): Promise<OcpiResponse> {
  const { body } = options;
  // Bytes: with a text, Node would write the headers as UTF-8 as well.
  const bytes = body === undefined || Buffer.isBuffer(body) ? body : Buffer.from(asText(body));
  // Node leaves the length out for methods that usually have no body.
  const typed = bytes && { 'Content-Type': 'application/json', 'Content-Length': String(bytes.length) };
  return new Promise((resolve, reject) => {
    const { protocol, hostname, port } = new URL(url);
    const request = protocol === 'https:' ? requestSecure : requestPlain;
    const signal = AbortSignal.timeout(ANSWER_LIMIT_MS);
    const outgoing = request(
      { hostname, port, method, path, headers: { ...typed, ...options.headers }, agent: false, signal },
      (incoming) => {
        const chunks: Buffer[] = [];
        let length = 0;
        incoming.on('data', (chunk: Buffer) => {
          length += chunk.length;
          if (length > ANSWER_LIMIT_BYTES)
            outgoing.destroy(new Error(`More than ${ANSWER_LIMIT_BYTES} bytes came`));
          else chunks.push(chunk);
        });
        incoming.on('error', reject);
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const headers = incoming.headers as Record<string, string | undefined>;
          resolve({ status: incoming.statusCode ?? 0, headers, text, body: parse(text) });
        });
      },
    );
    outgoing.on('error', reject);
    outgoing.end(bytes);
  });
}

function asText(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}

function parse(text: string): Envelope {
  try {
    return JSON.parse(text) as Envelope;
  } catch {
    return undefined as unknown as Envelope;
  }
}

/** Speaks as one connection. */
export class OcpiClient {
  readonly #url: string;
  readonly #authorization: string;

  constructor(url: string, token: string) {
    this.#url = url;
    this.#authorization = authorization(token);
  }

  send(method: string, path: string, options: RequestOptions = {}): Promise<OcpiResponse> {
    const headers = { Authorization: this.#authorization, ...options.headers };
    return send(this.#url, method, path, { ...options, headers });
  }

  get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<OcpiResponse> {
    return this.send('GET', path, { headers });
  }

  put(path: string, body: unknown): Promise<OcpiResponse> {
    return this.send('PUT', path, { body });
  }

  patch(path: string, body: unknown): Promise<OcpiResponse> {
    return this.send('PATCH', path, { body });
  }

  delete(path: string): Promise<OcpiResponse> {
    return this.send('DELETE', path);
  }
}
