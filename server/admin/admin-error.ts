/**
 * What goes wrong with a wish of the operator, in words with the next step. The same on every road: the
 * command line turns it into an exit code, /admin into a status, the socket's client back into itself.
 */
import { NameTakenError } from '../../db/registry/connection-store.ts';
import { VoiceTakenError } from '../../db/registry/voice-store.ts';
import { UnknownFormatError } from '../../exports/snapshots.ts';
import { OwnPartyUnsetError } from '../ocpi/credentials/own-credentials.ts';
import { SecretBoxError } from '../secret-box.ts';

/**
 * `usage`: the wish cannot be read; `unknown`: it names something that is not there; `conflict`: something is in
 * its way; `unavailable`: this access point cannot do it now, as it is set up; `failed`: it was tried in vain.
 */
export type AdminErrorCode = 'usage' | 'unknown' | 'conflict' | 'unavailable' | 'failed';

export class AdminError extends Error {
  override readonly name = 'AdminError';
  readonly code: AdminErrorCode;

  constructor(code: AdminErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The error for the operator, when the cause is one that an operator can mend; undefined for our own faults. */
export function toAdminError(error: unknown): AdminError | undefined {
  if (error instanceof AdminError) return error;
  if (error instanceof NameTakenError || error instanceof VoiceTakenError) {
    return new AdminError('conflict', error.message);
  }
  if (error instanceof UnknownFormatError) return new AdminError('unknown', error.message);
  if (error instanceof SecretBoxError || error instanceof OwnPartyUnsetError)
    return new AdminError('unavailable', error.message);
  return undefined;
}
