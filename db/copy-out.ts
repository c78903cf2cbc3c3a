/**
 * Rows of a query as bytes: `COPY ... TO STDOUT` in PostgreSQL's binary format. `pg` makes a string of every value that
 * a query answers; texts that only pass through, by the thousand, are left as they come.
 *
 * Guarantees: rows come in the order of the query, all of them or none; bytes are a copy of what came, and stay as they
 * are. Works on both engines, and on the connection of a transaction. Fails as the database fails.
 */
import type { Knex } from 'knex';
import type pg from 'pg';

/** Bytes that are made room for at first; it doubles. */
const FIRST_ROOM = 64 * 1024;
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
 * @param query with its bindings; they go into its text, as `COPY` takes none: a time as text that names its zone
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
    const bytes = await new Promise<Buffer>((resolve, reject) => {
      connection.query(new Copy(`copy (${query.toQuery()}) to stdout (format binary)`, resolve, reject));
    });
    return readRows(bytes, read);
  } finally {
    await client.releaseConnection(connection);
  }
}

/** What `pg` calls as the answer comes. None of it may throw: an error would have no one to go to. */
class Copy implements pg.Submittable {
  readonly #sql: string;
  readonly #resolve: (bytes: Buffer) => void;
  readonly #reject: (error: Error) => void;
  #room = Buffer.allocUnsafe(FIRST_ROOM);
  #length = 0;

  constructor(sql: string, resolve: (bytes: Buffer) => void, reject: (error: Error) => void) {
    this.#sql = sql;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  submit(connection: pg.Connection): void {
    connection.query(this.#sql);
  }

  /** The chunk is a window on a buffer that `pg` writes over when more comes. */
  handleCopyData({ chunk }: { chunk: Buffer }): void {
    const length = this.#length + chunk.length;
    if (length > this.#room.length) {
      const room = Buffer.allocUnsafe(Math.max(length, this.#room.length * 2));
      this.#room.copy(room, 0, 0, this.#length);
      this.#room = room;
    }
    chunk.copy(this.#room, this.#length);
    this.#length = length;
  }

  handleCommandComplete(): void {}

  handleError(error: Error): void {
    this.#reject(error);
  }

  handleReadyForQuery(): void {
    this.#resolve(this.#room.subarray(0, this.#length));
  }
}

function readRows<Row>(bytes: Buffer, read: (columns: CopiedColumns) => Row): Row[] {
  const columns = new Columns(bytes);
  const rows: Row[] = [];
  columns.skipHeader();
  while (columns.begin()) rows.push(read(columns));
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

  /** Goes to the first column of the next row; false when there is none. */
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
    return this.bytes()[0] === 1;
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
