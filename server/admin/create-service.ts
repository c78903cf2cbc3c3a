/** Wires the operator's wishes to what carries them out. */
import type { Database } from '../../db/connection.ts';
import { readRegistryCounts } from '../../db/reads/registry-counts.ts';
import { readSilentSources, type SilentSpeaker } from '../../db/reads/silent-sources.ts';
import type { ClientInfoStore } from '../../db/registry/client-info-store.ts';
import type { PushPositionStore } from '../../db/registry/push-position-store.ts';
import type { Snapshots } from '../../exports/snapshots.ts';
import { VERSION } from '../version.ts';
import { type ConnectionServiceParts, createConnectionService } from './connection-service.ts';
import { formatParty } from './input.ts';
import { createOperatorService, type OperatorServiceParts } from './operator-service.ts';
import { viewPushes } from './push-view.ts';
import { createQualityService, type QualityServiceParts } from './quality-service.ts';
import type { AdminService, SilentView } from './service.ts';
import { createSourceService, type SourceServiceParts } from './source-service.ts';

export interface AdminServiceParts
  extends SourceServiceParts,
    ConnectionServiceParts,
    OperatorServiceParts,
    QualityServiceParts {
  readonly sources: SourceServiceParts['sources'];
  readonly database: Pick<Database, 'engine' | 'knex'>;
  readonly clientInfo: Pick<ClientInfoStore, 'list'>;
  readonly snapshots: Pick<Snapshots, 'build'>;
  readonly pushPositions: Pick<PushPositionStore, 'list'>;
}

export function createAdminService(parts: AdminServiceParts): AdminService {
  const { database, snapshots, pushPositions } = parts;
  const connections = createConnectionService(parts);
  const sources = createSourceService(parts);
  return {
    ...connections,
    ...sources,
    ...createOperatorService(parts),
    ...createQualityService(parts),
    async showConnection(name) {
      const connection = await connections.showConnection(name);
      return { ...connection, push: viewPushes(await pushPositions.list(), name) };
    },
    buildExports: (format) => snapshots.build(format),
    async status() {
      const counts = await readRegistryCounts(database.knex);
      return {
        engine: database.engine,
        version: VERSION,
        sequence: counts.sequence,
        locations: counts.locations,
        evses: counts.evses,
        connectors: counts.connectors,
        tariffs: counts.tariffs,
        sources: await sources.listSources(),
        connections: await connections.listConnections(),
        silent: (await readSilentSources(database.knex, parts.clock())).map(viewSilent),
      };
    },
  };
}

function viewSilent({ kind, name, lastHeardAt, owners }: SilentSpeaker): SilentView {
  return { kind, name, last_heard_at: lastHeardAt?.toISOString() ?? null, parties: owners.map(formatParty) };
}
