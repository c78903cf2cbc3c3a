/**
 * Turns a failed attempt to reach PostgreSQL into a message that a person can act on: which setting,
 * which server, what went wrong, what to do. Never holds the password: neither the URL nor the original
 * error is passed on, only its code and, where it cannot quote the URL, its text.
 */
import type pg from 'pg';

/** What to do, by the code of the system or of PostgreSQL. */
const NEXT_STEPS: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there. Is PostgreSQL running, and are host and port right?',
  ENOTFOUND: 'the host name is not known. Is it spelled right?',
  EAI_AGAIN: 'the host name cannot be looked up now. Is the network up?',
  ENOENT: 'its Unix socket is not there. Is PostgreSQL running, and is the folder right?',
  EHOSTUNREACH: 'the host cannot be reached. Is the network up?',
  ETIMEDOUT: 'it did not answer in time. Is a firewall in between?',
  ECONNRESET: 'it closed the connection. Is it really PostgreSQL that listens there?',
  '28P01': 'the password is refused. Is it right, and are special characters percent-encoded?',
  '28000': 'this user may not connect. Does pg_hba.conf allow it, with or without TLS?',
  '3D000': 'the database does not exist. Create it with: createdb NAME',
  '42501': 'this user may not connect to the database. Grant it: grant connect on database NAME to USER',
  '53300': 'it has no connection left. Raise max_connections or use a smaller pool.',
  '57P03': 'it is starting up or shutting down. Try again in a moment.',
};

/** An error for the person who set `setting`, from whatever `pg` reported. */
export function describeConnectionError(
  error: unknown,
  setting: string,
  client: pg.Client | undefined,
): Error {
  if (!client) {
    return new Error(
      `${setting} is not a PostgreSQL URL. It should read like postgres://user:password@host:5432/database`,
    );
  }
  const code = codeOf(error);
  const next = (code && NEXT_STEPS[code]) || textOf(error, client.password);
  const place = `${client.host}:${client.port}, database ${client.database}, user ${client.user}`;
  const failure = new Error(
    `Cannot connect to PostgreSQL at ${place}: ${next} The setting to look at is ${setting}.`,
  );
  return code ? Object.assign(failure, { code }) : failure;
}

function codeOf(error: unknown): string | undefined {
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : undefined;
}

function textOf(error: unknown, password: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const secret = typeof password === 'string' && password.length > 0 ? password : undefined;
  return `${secret ? text.replaceAll(secret, '***') : text}.`;
}
