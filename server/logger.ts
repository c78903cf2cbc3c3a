/**
 * The log: one JSON object a line (pino), for machines to gather and people to search.
 *
 * Guarantees: fields that carry secrets never reach the output, at the top level or one below. Levels: ERROR
 * and above is for what a person must fix here; a partner's mistake is `warn` at most.
 */
import { type DestinationStream, destination, type Logger, pino } from 'pino';
import type { LogLevel } from './config.ts';

/** Names of fields that carry secrets, whoever logs them. */
const SECRETS = [
  'authorization',
  'Authorization',
  'token',
  'sealedToken',
  'secretKey',
  'adminToken',
  'password',
];

/** File descriptors of the standard streams. */
export const STANDARD_OUTPUT = 1;
export const STANDARD_ERROR = 2;

/** How to log. */
export interface LoggerSettings {
  readonly level: LogLevel;
  /** Where to: a stream, or the number of a standard stream. Default: standard output. */
  readonly to?: DestinationStream | number;
}

/** Makes the one logger of a process. Written at once, so that nothing is lost when the process dies. */
export function createLogger(settings: LoggerSettings): Logger {
  const { to = STANDARD_OUTPUT } = settings;
  const stream = typeof to === 'number' ? destination({ dest: to, sync: true }) : to;
  return pino(
    {
      level: settings.level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: [
          ...SECRETS,
          ...SECRETS.map((name) => `*.${name}`),
          'headers.authorization',
          '*.headers.authorization',
        ],
        censor: '***',
      },
    },
    stream,
  );
}
