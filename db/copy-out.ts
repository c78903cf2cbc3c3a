/**
 * Rows of a query as bytes: `COPY ... TO STDOUT` in PostgreSQL's binary format. `pg` makes a string of every value that
 * a query answers; texts that only pass through, by the thousand, are left as they come.
 *
 * Guarantees: rows come in the order of the query, all of them or none; bytes are a copy of what came, and stay as they
 * are. Works on both engines, and on the connection of a transaction. Fails as the database fails.
 */
import type { Knex } from 'knex';
import type pg from 'pg';

/** Bytes of the blocks into which rows are copied, many a block: the first, and the largest. Each doubles the last. */
const FIRST_BLOCK = 16 * 1024;
const LARGEST_BLOCK = 256 * 1024;
/** Of the format: a signature of 11 bytes, flags, and the length of an extension. */
const SIGNATURE_BYTES = 11;
const FLAGS_BYTES = 4;
/** Instead of a number of columns: there are no more rows. */
const END = -1;
/** Instead of a length: there is no value. */
const NULL = -1;

/** The columns of a row, to be read one after the other, each as what it is in the query. */
export interface CopiedColumns {
  /** Of any width. */
  integer(): number;
  integerOrNull(): number | null;
  boolean(): boolean;
  text(): string;
  textOrNull(): string | null;
  /** The bytes of a text. */
  bytes(): Buffer;
}

/**
 * Reads all rows of a query.
 *
 * @param query with its bindings, which Knex writes into its text as literals, for `COPY` takes none apart: a time must be
 *   text that names its zone, and no text may hold a NUL
 * @param read makes something of each row, before the next one is read
 */
export async function copyOut<Row>(
  knex: Knex,
  query: Knex.Raw,
  read: (columns: CopiedColumns) => Row,
): Promise<Row[]> {
  const client = knex.client as Knex.Client;
  const connection = (await client.acquireConnection()) as pg.Client;
  try {
    const messages = await new Promise<Buffer[]>((resolve, reject) => {
      connection.query(new Copy(`copy (${query.toQuery()}) to stdout (format binary)`, resolve, reject));
    });
    return readRows(messages, read);
  } finally {
    await client.releaseConnection(connection);
  }
}

/** What `pg` calls as the answer comes. None of it may throw: an error would have no one to go to. */
class Copy implements pg.Submittable {
  readonly #sql: string;
  readonly #resolve: (messages: Buffer[]) => void;
  readonly #reject: (error: Error) => void;
  readonly #messages: Buffer[] = [];
  #block = Buffer.alloc(0);
  /** How much of the block is taken. */
  #taken = 0;

  constructor(sql: string, resolve: (messages: Buffer[]) => void, reject: (error: Error) => void) {
    this.#sql = sql;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  submit(connection: pg.Connection): void {
    connection.query(this.#sql);
  }

  /** The chunk, of one message, is a window on a buffer that `pg` writes over when more comes. */
  handleCopyData({ chunk }: { chunk: Buffer }): void {
    if (this.#taken + chunk.length > this.#block.length) {
      const room = Math.min(Math.max(this.#block.length * 2, FIRST_BLOCK), LARGEST_BLOCK);
      this.#block = Buffer.allocUnsafe(Math.max(chunk.length, room));
      this.#taken = 0;
    }
    chunk.copy(this.#block, this.#taken);
    this.#messages.push(this.#block.subarray(this.#taken, this.#taken + chunk.length));
    this.#taken += chunk.length;
  }

  handleCommandComplete(): void {}

  handleError(error: Error): void {
    this.#reject(error);
  }

  handleReadyForQuery(): void {
    this.#resolve(this.#messages);
  }
}

/** The server sends each row as a message; before the first one stands the header, after the last one the end. */
function readRows<Row>(messages: readonly Buffer[], read: (columns: CopiedColumns) => Row): Row[] {
  const rows: Row[] = [];
  for (const [index, message] of messages.entries()) {
    const columns = new Columns(message);
    if (index === 0) columns.skipHeader();
    if (columns.begin()) rows.push(read(columns));
  }
  return rows;
}

class Columns implements CopiedColumns {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  skipHeader(): void {
    const extension = SIGNATURE_BYTES + FLAGS_BYTES;
    this.#at = extension + 4 + this.#bytes.readInt32BE(extension);
  }

  /** Goes to the first column; false where there is no row any more. */
  begin(): boolean {
    const count = this.#bytes.readInt16BE(this.#at);
    this.#at += 2;
    return count !== END;
  }

  integer(): number {
    return present(this.integerOrNull());
  }

  integerOrNull(): number | null {
    const length = this.#next();
    if (length === NULL) return null;
    if (length < 8) return this.#bytes.readIntBE(this.#at - length, length);
    const value = this.#bytes.readInt32BE(this.#at - 8) * 2 ** 32 + this.#bytes.readUInt32BE(this.#at - 4);
    if (Number.isSafeInteger(value)) return value;
    throw new RangeError(`The integer ${value} does not fit a JavaScript number; select it as text`);
  }

  boolean(): boolean {
    return this.#next() === 1 && this.#bytes[this.#at - 1] === 1;
  }

  text(): string {
    return present(this.textOrNull());
  }

  textOrNull(): string | null {
    const length = this.#next();
    return length === NULL ? null : this.#bytes.toString('utf8', this.#at - length, this.#at);
  }

  bytes(): Buffer {
    const length = this.#next();
    return present(length === NULL ? null : this.#bytes.subarray(this.#at - length, this.#at));
  }

  /** Goes behind the next column, and answers its length. */
  #next(): number {
    const length = this.#bytes.readInt32BE(this.#at);
    this.#at += 4 + Math.max(0, length);
    return length;
  }
}

function present<T>(value: T | null): T {
  if (value === null) throw new TypeError('A column has no value, and is read as one that always has');
  return value;
}
