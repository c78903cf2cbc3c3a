/** The parties behind a hub, as the operator sees them. */
import type { Connection } from '../../db/partner-model.ts';
import type { ClientInfoStore } from '../../db/registry/client-info-store.ts';
import { isHub } from '../../db/registry/partner.ts';
import { formatParty } from './input.ts';
import type { ConnectionView } from './service.ts';

/** What a hub told; nothing at all for who is none. */
export async function viewHubParties(
  clientInfo: Pick<ClientInfoStore, 'list'>,
  connection: Connection,
): Promise<Pick<ConnectionView, 'hub_parties'>> {
  if (!isHub(connection)) return {};
  const infos = await clientInfo.list(connection.id);
  return {
    hub_parties: infos.map(({ owner, role, status, lastUpdated }) => ({
      party: formatParty(owner),
      role,
      status,
      last_updated: lastUpdated.toISOString(),
    })),
  };
}
