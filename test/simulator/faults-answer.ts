// Faults of single answers: they replace or spoil an answer before it is sent. Each
// does what its sentence says, to whatever request the rule hits. Never fails.

import type { Answer, Fault } from './faults-types.ts';

/** Bytes after which even an endless answer ends, so that a broken client costs no more. */
const DEFAULT_CEILING = 2 ** 32;

/** An answer whose body is an OCPI envelope without data. */
function envelope(answer: Answer, status: number, statusCode: number, message: string): void {
  answer.status = status;
  answer.headers['content-type'] = 'application/json';
  delete answer.headers.link;
  answer.body = JSON.stringify({
    status_code: statusCode,
    status_message: message,
    timestamp: new Date().toISOString(),
  });
}

export const ANSWER_FAULTS = {
  tooManyRequests: {
    sentence:
      'Answers 429 with Retry-After in seconds (retryAfter, 1 unless told), as an HTTP date with retryAfterDate=true.',
    parameters: ['retryAfter', 'retryAfterDate'],
    answer: (answer, { retryAfter = 1, retryAfterDate = false }) => {
      envelope(answer, 429, 2000, 'Too many requests');
      answer.headers['retry-after'] = retryAfterDate
        ? new Date(Date.now() + retryAfter * 1000).toUTCString()
        : String(retryAfter);
    },
  },
  randomServerError: {
    sentence: 'Answers 500 (or status) with a short plain text, as a crashed process or a proxy does.',
    parameters: ['status'],
    answer: (answer, { status = 500 }) => {
      answer.status = status;
      answer.headers = { 'content-type': 'text/plain' };
      answer.body = 'Internal Server Error';
    },
  },
  slow: {
    sentence:
      'Waits delay milliseconds (1000) before it answers; with never=true it takes the request and never answers.',
    parameters: ['delay', 'never'],
    answer: (answer, { delay = 1000, never = false }) => {
      answer.delay = delay;
      if (never) answer.delivery = 'never';
    },
  },
  truncatedJson: {
    sentence:
      'Sends the first share (0.5) of the body: as a complete answer whose JSON breaks off, or with reset=true under the full Content-Length, then resets the connection.',
    parameters: ['share', 'reset'],
    answer: (answer, { share = 0.5, reset = false }) => {
      answer.share = share;
      answer.delivery = reset ? 'reset' : 'cut';
    },
  },
  unauthorized: {
    sentence: 'Answers 401 with status_code 2000, whatever the token.',
    parameters: [],
    answer: (answer) => {
      envelope(answer, 401, 2000, 'Invalid or missing token');
      answer.headers['www-authenticate'] = 'Token';
    },
  },
  notFound: {
    sentence: 'Answers 404 with status_code 2000.',
    parameters: [],
    answer: (answer) => envelope(answer, 404, 2000, 'Not found'),
  },
  htmlInsteadOfJson: {
    sentence: 'Answers 200 with the HTML of a maintenance page.',
    parameters: [],
    answer: (answer) => {
      answer.status = 200;
      answer.headers = { 'content-type': 'text/html; charset=utf-8' };
      answer.body = '<!DOCTYPE html><html><body><h1>We will be back soon</h1></body></html>';
    },
  },
  ocpiError: {
    sentence: 'Answers HTTP 200 with an OCPI error: status_code 3000 (statusCode) and no data.',
    parameters: ['statusCode', 'message'],
    answer: (answer, { statusCode = 3000, message = 'Generic server error' }) =>
      envelope(answer, 200, statusCode, message),
  },
  hugeBody: {
    sentence: 'Sends valid JSON that never ends, until the client leaves or ceiling bytes are out (4 GiB).',
    parameters: ['ceiling'],
    answer: (answer, { ceiling = DEFAULT_CEILING }) => {
      answer.status = 200;
      answer.headers['content-type'] = 'application/json';
      answer.delivery = 'endless';
      answer.ceiling = ceiling;
    },
  },
  redirect: {
    sentence: 'Answers 302 (or status) to location, or to the same path on http://elsewhere.invalid.',
    parameters: ['location', 'status'],
    answer: (answer, { location, status = 302 }, request) => {
      answer.status = status;
      answer.headers = { location: location ?? `http://elsewhere.invalid${request.url}` };
      answer.body = '';
    },
  },
  wrongContentType: {
    sentence: 'Sends the right body as text/plain (contentType).',
    parameters: ['contentType'],
    answer: (answer, { contentType = 'text/plain' }) => {
      answer.headers['content-type'] = contentType;
    },
  },
} satisfies Record<string, Fault>;
