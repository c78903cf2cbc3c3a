// The words that faults and the platform share: the page of a list on its way to an
// answer, and the answer on its way to the wire. Types only.

import type { OutgoingHttpHeaders } from 'node:http';
import type { StoredObject } from './object-store.ts';

export interface FaultRequest {
  method: string;
  /** Path and query as received. */
  url: string;
  /** The URL with scheme and host, as the client sees it. */
  absoluteUrl: string;
}

/** One page of a list. */
export interface PageView {
  rows: readonly StoredObject[];
  offset: number;
  limit: number;
  /** Set by repeatingPage: this is the second time that the page is asked for. */
  again: boolean;
  /** Set by repeatingPage: what the next link says; `next` unless told. */
  link: 'next' | 'self' | 'again';
  /** Set by foreignLink: scheme and host of the next link. */
  linkOrigin?: string;
}

/** What goes out, and how. */
export interface Answer {
  status: number;
  headers: OutgoingHttpHeaders;
  body: string | Buffer;
  /** Milliseconds to wait before the first byte. */
  delay: number;
  /** How the body is sent: whole, never, without an end, or cut at a share of its bytes. */
  delivery: 'whole' | 'never' | 'endless' | 'cut' | 'reset';
  /** For `cut` and `reset`: how much of the body goes out, 0 to 1. */
  share: number;
  /** For `endless`: bytes after which the connection is closed all the same. */
  ceiling: number;
}

/** Everything that a fault can be told. */
export interface FaultParameters {
  retryAfter?: number;
  retryAfterDate?: boolean;
  status?: number;
  delay?: number;
  never?: boolean;
  share?: number;
  reset?: boolean;
  direction?: 'down' | 'up';
  shifts?: number;
  self?: boolean;
  statusCode?: number;
  message?: string;
  ceiling?: number;
  location?: string;
  origin?: string;
  contentType?: string;
}

export interface Fault {
  sentence: string;
  parameters: readonly (keyof FaultParameters)[];
  page?: (
    page: PageView,
    parameters: FaultParameters,
    request: FaultRequest,
    memory: Map<string, number>,
  ) => void;
  answer?: (answer: Answer, parameters: FaultParameters, request: FaultRequest) => void;
}

/** A fault that hits one request, with what its rule says and remembers. */
export interface FaultAct {
  fault: Fault;
  parameters: FaultParameters;
  memory: Map<string, number>;
}
