/**
 * The operator's side of a handshake that we begin: register, rotate, say goodbye. What can be known beforehand is
 * checked before the partner is called; what it answers is told with the step at which it answered so. After a
 * failure everything is as before, so the same wish can be made again.
 */
import type { Connection } from '../../db/partner-model.ts';
import type { ConnectionStore, NewConnection } from '../../db/registry/connection-store.ts';
import type { SourceStore } from '../../db/registry/source-store.ts';
import { isPulled, isUnderWay } from '../ocpi/credentials/handshake-policy.ts';
import type { Agreement, Initiator, Introduction } from '../ocpi/credentials/initiator.ts';
import { checkOwnParty, type OwnSettings } from '../ocpi/credentials/own-credentials.ts';
import { HandshakeError } from '../ocpi/credentials/peer-reader.ts';
import { AdminError } from './admin-error.ts';

export interface HandshakeParts {
  readonly connections: ConnectionStore;
  readonly sources: Pick<SourceStore, 'findByName'>;
  readonly initiator: Initiator;
  readonly settings: OwnSettings;
  /** Whether a partner's callback can reach a process of this access point, as far as this one knows. */
  readonly canBeCalled: boolean;
  readonly clock: () => Date;
}

/** A connection to be, but for what the handshake brings. */
export type Planned = Omit<NewConnection, 'tokenHash' | 'tokenKind'>;

/** Registers with a partner that gave us a token, and makes the connection when that has gone well. */
export async function beginHandshake(
  parts: HandshakeParts,
  planned: Planned,
  introduction: Introduction,
): Promise<Agreement> {
  const { connections, initiator } = parts;
  checkReady(parts);
  const former = await checkName(parts, planned.name);
  return explained(planned.name, async () => {
    const offer = await initiator.explore(introduction, planned);
    const connection = former
      ? ((await connections.set(former.id, planned)) ?? former)
      : await connections.add({ ...planned, tokenHash: null, tokenKind: 'registration' });
    try {
      return await initiator.register(connection, introduction, offer);
    } catch (error) {
      if (!former) await connections.remove(connection.id);
      throw error;
    }
  });
}

/** Replaces the tokens of both sides. */
export async function rotateWithPartner(parts: HandshakeParts, connection: Connection): Promise<Agreement> {
  checkReady(parts);
  try {
    return await explained(connection.name, () => parts.initiator.rotate(connection));
  } catch (error) {
    if (!(error instanceof AdminError)) throw error;
    throw new AdminError(
      error.code,
      `${error.message} If it knows us no more, "nap connection rotate ${connection.name} --reset" makes a token for a new handshake.`,
    );
  }
}

/**
 * A connection that will be pulled gets a source of its own name by itself, so that name must be free.
 *
 * @throws AdminError `conflict`
 */
export async function checkSourceName(
  { sources }: Pick<HandshakeParts, 'sources'>,
  planned: Pick<Planned, 'name' | 'role' | 'pushOnly'>,
): Promise<void> {
  if (!isPulled(planned)) return;
  const source = await sources.findByName(planned.name);
  if (!source || source.connectionId !== null) return;
  throw new AdminError(
    'conflict',
    `There is a source ${planned.name} already, and a connection with a CPO or hub gets a source of its own name. ` +
      `Take another name, remove the source with "nap source remove ${planned.name}", or add --push-only.`,
  );
}

/** What we need ourselves. @throws AdminError, OwnPartyUnsetError */
function checkReady({ settings, canBeCalled }: HandshakeParts): void {
  checkOwnParty(settings);
  if (canBeCalled) return;
  throw new AdminError(
    'unavailable',
    'The partner calls back during the handshake, and no access point is listening on this data directory. ' +
      'Start "nap serve" and try again.',
  );
}

/** One of this name that never had a partner, or lost it, is taken up again. */
async function checkName(
  { connections, clock }: HandshakeParts,
  name: string,
): Promise<Connection | undefined> {
  const present = await connections.findByName(name);
  if (!present) return undefined;
  const { peer, hasToken } = present;
  const isBusy = isUnderWay(present, clock());
  if (!peer && !hasToken && !isBusy) return present;
  throw new AdminError(
    'conflict',
    isBusy
      ? `A handshake of the connection ${name} is under way. Try again in some minutes.`
      : `There is a connection ${name} already. Take another name, or remove it with "nap connection remove ${name}".`,
  );
}

async function explained<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof HandshakeError)) throw error;
    const { step, message } = error;
    throw new AdminError(
      'failed',
      `The handshake with ${name} failed at step "${step}": ${message}. Nothing was changed here.${ADVICE[step]}`,
    );
  }
}

/** After the credentials were sent nobody can know what the partner has kept of them. */
const ADVICE: Readonly<Record<HandshakeError['step'], string>> = {
  versions: ' Try again when that is mended.',
  details: ' Try again when that is mended.',
  endpoints: ' Nothing was sent to it. Try again when that is mended.',
  credentials: ' Try again; if it then refuses the token, it has used it up: ask it for another.',
};
