/** The operator's wishes about connections. Handshakes that we begin are in `connection-handshake.ts`. */
import type { Role } from '../../db/model.ts';
import { DEFAULT_OCPI_VERSION, OCPI_VERSIONS } from '../../db/ocpi-version.ts';
import type { Connection } from '../../db/partner-model.ts';
import type { ClientInfoStore } from '../../db/registry/client-info-store.ts';
import { usualTokenForm } from '../../ingest/ocpi-client/token.ts';
import { isOwnPartySet } from '../config.ts';
import type { Agreement } from '../ocpi/credentials/initiator.ts';
import { OwnPartyUnsetError } from '../ocpi/credentials/own-credentials.ts';
import { generateToken, hashToken } from '../secret-box.ts';
import { AdminError } from './admin-error.ts';
import {
  beginHandshake,
  checkSourceName,
  type HandshakeParts,
  type Planned,
  rotateWithPartner,
} from './connection-handshake.ts';
import { viewConnection } from './connection-view.ts';
import { viewHubParties } from './hub-parties.ts';
import { flag, name, oneOf, optional, parties, readInput, token, webUrl, withDefault } from './input.ts';
import type { AdminService, IssuedToken } from './service.ts';

export const ROLES = ['CPO', 'EMSP', 'HUB', 'NAP', 'NSP', 'OTHER', 'SCSP'] as const satisfies readonly Role[];
export const STRICTNESSES = ['report', 'reject'] as const;
export const CLOCKS = ['registry', 'object'] as const;
export const TOKEN_FORMS = ['base64', 'raw'] as const;

type ConnectionMethods = Pick<
  AdminService,
  | 'addConnection'
  | 'listConnections'
  | 'showConnection'
  | 'setConnection'
  | 'rotateConnection'
  | 'removeConnection'
>;

const SETTINGS = {
  role: optional(oneOf(ROLES)),
  parties: optional(parties),
  version: optional(oneOf(OCPI_VERSIONS)),
  strictness: optional(oneOf(STRICTNESSES)),
  clock: optional(oneOf(CLOCKS)),
  token_form: optional(oneOf(TOKEN_FORMS)),
  push_only: optional(flag),
};

const NEW_CONNECTION = {
  name,
  role: oneOf(ROLES),
  parties,
  static: withDefault(flag, false),
  versions_url: optional(webUrl),
  token: optional(token),
  version: optional(oneOf(OCPI_VERSIONS)),
  strictness: withDefault(oneOf(STRICTNESSES), 'report' as const),
  clock: withDefault(oneOf(CLOCKS), 'registry' as const),
  token_form: optional(oneOf(TOKEN_FORMS)),
  push_only: withDefault(flag, false),
};

type Wish = ReturnType<typeof readInput<typeof NEW_CONNECTION>>;

export interface ConnectionServiceParts extends HandshakeParts {
  /** The list of versions that a partner of this role and version is given. */
  readonly versionsUrl: (partner: Pick<Connection, 'role' | 'version'>) => string;
  readonly clientInfo: Pick<ClientInfoStore, 'list'>;
  /** After a source was added, removed, or follows another partner. */
  readonly changed: () => Promise<void>;
}

export function createConnectionService(parts: ConnectionServiceParts): ConnectionMethods {
  const { connections, changed } = parts;
  const find = (wanted: string) => findConnection(parts, wanted);
  return {
    addConnection: (input) => addConnection(parts, readInput(input, NEW_CONNECTION)),
    async listConnections() {
      return (await connections.list()).map(viewConnection);
    },
    async showConnection(wanted) {
      const connection = await find(wanted);
      return { ...viewConnection(connection), ...(await viewHubParties(parts.clientInfo, connection)) };
    },
    async setConnection(wanted, input) {
      const wish = readInput(input, SETTINGS);
      if (Object.values(wish).every((value) => value === undefined)) {
        throw new AdminError('usage', `say what to change: ${Object.keys(SETTINGS).join(', ')}`);
      }
      const { id } = await find(wanted);
      const { token_form: tokenForm, push_only: pushOnly, ...same } = wish;
      const tokenFormIsSet = tokenForm === undefined ? undefined : true;
      const changes = Object.entries({ ...same, tokenForm, tokenFormIsSet, pushOnly }).filter(
        ([, value]) => value !== undefined,
      );
      const changed = await connections.set(id, Object.fromEntries(changes));
      // Removed by somebody between the two.
      return changed ? viewConnection(changed) : viewConnection(await find(wanted));
    },
    async rotateConnection(wanted, input = {}) {
      const { reset } = readInput(input, { reset: withDefault(flag, false) });
      const connection = await find(wanted);
      if (connection.peer && !reset) {
        return agreed(parts, await rotateWithPartner(parts, connection));
      }
      const fresh = generateToken();
      if (!(await connections.rotate(connection.id, hashToken(fresh), { reset }))) await find(wanted);
      return issued(parts, connection, fresh, reset ? 'registration' : connection.tokenKind);
    },
    async removeConnection(wanted) {
      const connection = await find(wanted);
      const problem = await parts.initiator.sayGoodbye(connection);
      await connections.remove(connection.id);
      await changed();
      const { name: removed, peer } = connection;
      return peer ? { removed, partner_problem: problem } : { removed };
    },
  };
}

async function addConnection(parts: ConnectionServiceParts, wish: Wish): Promise<IssuedToken> {
  const { versions_url: versionsUrl, token: partnersToken, static: isStatic } = wish;
  if ((versionsUrl === undefined) !== (partnersToken === undefined)) {
    throw new AdminError('usage', 'to begin the handshake, versions_url and token are both wanted');
  }
  if (isStatic && versionsUrl !== undefined) {
    throw new AdminError(
      'usage',
      'static is for connections without a handshake: leave it out, or versions_url',
    );
  }
  const planned: Planned = {
    name: wish.name,
    role: wish.role,
    parties: wish.parties,
    version: wish.version ?? DEFAULT_OCPI_VERSION,
    strictness: wish.strictness,
    clock: wish.clock,
    tokenForm: wish.token_form ?? usualTokenForm(wish.version ?? DEFAULT_OCPI_VERSION),
    tokenFormIsSet: wish.token_form !== undefined,
    pushOnly: wish.push_only,
  };
  if (!isStatic) await checkSourceName(parts, planned);
  if (versionsUrl !== undefined && partnersToken !== undefined) {
    const versions = wish.version === undefined ? OCPI_VERSIONS : [wish.version];
    const introduction = { versionsUrl, token: partnersToken, tokenForm: wish.token_form, versions };
    return agreed(parts, await beginHandshake(parts, planned, introduction));
  }
  const fresh = generateToken();
  const tokenKind = isStatic ? 'static' : 'registration';
  const added = await parts.connections.add({ ...planned, tokenHash: hashToken(fresh), tokenKind });
  return issued(parts, added, fresh, tokenKind);
}

async function findConnection({ connections }: ConnectionServiceParts, wanted: string): Promise<Connection> {
  const connection = await connections.findByName(wanted);
  if (connection) return connection;
  throw new AdminError(
    'unknown',
    `There is no connection ${wanted}. "nap connection list" shows those that are.`,
  );
}

function issued(
  { versionsUrl, settings }: ConnectionServiceParts,
  to: Connection,
  fresh: string | null,
  kind: string,
): IssuedToken {
  const told = { name: to.name, token: fresh, versions_url: versionsUrl(to), token_kind: kind };
  const needsParty = kind === 'registration' && !isOwnPartySet(settings);
  return needsParty ? { ...told, hint: new OwnPartyUnsetError().message } : told;
}

/** A handshake of ours that ended well. */
async function agreed(parts: ConnectionServiceParts, agreement: Agreement): Promise<IssuedToken> {
  await parts.changed();
  const { connection, source, isSourceNameTaken, notes } = agreement;
  const taken = `a source ${connection.name} was there already; "nap source add NAME --connection ${connection.name}" adds one of another name`;
  return {
    ...issued(parts, connection, null, connection.tokenKind),
    registered: {
      version: connection.version,
      source,
      notes: isSourceNameTaken ? [...notes, taken] : notes,
    },
  };
}
