/** The operator's wishes about connections. */
import type { Connection, Role } from '../../db/model.ts';
import { DEFAULT_OCPI_VERSION, OCPI_VERSIONS } from '../../db/ocpi-version.ts';
import type { ClientInfoStore } from '../../db/registry/client-info-store.ts';
import type { ConnectionStore } from '../../db/registry/connection-store.ts';
import { usualTokenForm } from '../../ingest/ocpi-client/token.ts';
import { generateToken, hashToken } from '../secret-box.ts';
import { AdminError } from './admin-error.ts';
import { viewHubParties } from './hub-parties.ts';
import { flag, formatParty, name, oneOf, optional, parties, readInput, withDefault } from './input.ts';
import type { AdminService, ConnectionView, IssuedToken } from './service.ts';

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
  version: withDefault(oneOf(OCPI_VERSIONS), DEFAULT_OCPI_VERSION),
  strictness: withDefault(oneOf(STRICTNESSES), 'report' as const),
  clock: withDefault(oneOf(CLOCKS), 'registry' as const),
  token_form: optional(oneOf(TOKEN_FORMS)),
  push_only: withDefault(flag, false),
};

export function createConnectionService(parts: {
  connections: ConnectionStore;
  clientInfo: Pick<ClientInfoStore, 'list'>;
  /** The list of versions that a partner of this role and version is given. */
  versionsUrl: (partner: Pick<Connection, 'role' | 'version'>) => string;
}): ConnectionMethods {
  const { connections, clientInfo, versionsUrl } = parts;

  async function find(wanted: string): Promise<Connection> {
    const connection = await connections.findByName(wanted);
    if (connection) return connection;
    throw new AdminError(
      'unknown',
      `There is no connection ${wanted}. "nap connection list" shows those that are.`,
    );
  }

  const issued = (to: Connection, token: string): IssuedToken => ({
    name: to.name,
    token,
    versions_url: versionsUrl(to),
    token_kind: to.tokenKind,
  });

  return {
    async addConnection(input) {
      const wish = readInput(input, NEW_CONNECTION);
      const token = generateToken();
      const added = await connections.add({
        name: wish.name,
        role: wish.role,
        parties: wish.parties,
        version: wish.version,
        strictness: wish.strictness,
        clock: wish.clock,
        tokenForm: wish.token_form ?? usualTokenForm(wish.version),
        pushOnly: wish.push_only,
        tokenHash: hashToken(token),
        tokenKind: wish.static ? 'static' : 'registration',
      });
      return issued(added, token);
    },
    async listConnections() {
      return (await connections.list()).map(viewConnection);
    },
    async showConnection(wanted) {
      const connection = await find(wanted);
      return { ...viewConnection(connection), ...(await viewHubParties(clientInfo, connection)) };
    },
    async setConnection(wanted, input) {
      const wish = readInput(input, SETTINGS);
      if (Object.values(wish).every((value) => value === undefined)) {
        throw new AdminError('usage', `say what to change: ${Object.keys(SETTINGS).join(', ')}`);
      }
      const { id } = await find(wanted);
      const { token_form: tokenForm, push_only: pushOnly, ...same } = wish;
      const changes = Object.entries({ ...same, tokenForm, pushOnly }).filter(
        ([, value]) => value !== undefined,
      );
      const changed = await connections.set(id, Object.fromEntries(changes));
      // Removed by somebody between the two.
      return changed ? viewConnection(changed) : viewConnection(await find(wanted));
    },
    async rotateConnection(wanted) {
      const found = await find(wanted);
      const token = generateToken();
      if (!(await connections.rotate(found.id, hashToken(token)))) await find(wanted);
      return issued(found, token);
    },
    async removeConnection(wanted) {
      const { id, name: removed } = await find(wanted);
      await connections.remove(id);
      return { removed };
    },
  };
}

/** A connection as the operator sees it. */
export function viewConnection(connection: Connection): ConnectionView {
  return {
    name: connection.name,
    role: connection.role,
    parties: connection.parties.map(formatParty),
    version: connection.version,
    token_kind: connection.tokenKind,
    token_form: connection.tokenForm,
    token_form_seen: connection.tokenFormSeen,
    strictness: connection.strictness,
    clock: connection.clock,
    push_only: connection.pushOnly,
    created_at: connection.createdAt.toISOString(),
    last_contact_at: connection.lastContactAt?.toISOString() ?? null,
  };
}
