/**
 * What an official register of operator IDs is. One file a register in `ingest/operators/registers`; it exports one
 * object that meets this interface, is found by its folder (`discover-registers.ts`) and held to one contract test.
 * Types, and the one error that all registers share.
 */
import type { RegisterRow } from './register-row.ts';

/** A register's list, to be read from a file or a URL. */
export interface RegisterDocument {
  /** The file or URL in words. */
  readonly where: string;
  readonly isUrl: boolean;
  /**
   * Its bytes, unpacked, at most some megabytes.
   *
   * @param parameters for a URL: set in its query
   */
  load(parameters?: Readonly<Record<string, string>>): Promise<Buffer>;
}

export interface OperatorRegister {
  /** As in `nap operators import --authority`. */
  readonly authority: string;
  /** Who publishes it, for people. */
  readonly title: string;
  /** Countries whose IDs it gives out (ISO 3166-1 alpha-2); null: each row names its own. */
  readonly countries: readonly string[] | null;
  /**
   * Reads the whole list, a row at a time. What is wrong with one row stands in the row; what is wrong with the
   * list as a whole is a RegisterError. Names of persons are left out, of `raw` too.
   */
  read(document: RegisterDocument): AsyncGenerator<RegisterRow, void>;
}

/** It is not the list that it should be; the message says how, for a person. */
export class RegisterError extends Error {
  override readonly name = 'RegisterError';
}

/** Told by name, as in `isHttpError`. */
export function isRegisterError(error: unknown): error is RegisterError {
  return error instanceof Error && error.name === 'RegisterError';
}
