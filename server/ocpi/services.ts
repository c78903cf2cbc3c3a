/** What the OCPI server needs of the services of the process. */
import type { Logger } from 'pino';
import type { Database } from '../../db/connection.ts';
import type { ClientInfoStore } from '../../db/registry/client-info-store.ts';
import type { ConnectionStore } from '../../db/registry/connection-store.ts';
import type { Partners } from '../../db/registry/partner.ts';
import type { PushPositionStore } from '../../db/registry/push-position-store.ts';
import type { HttpClient } from '../../ingest/http/http-client.ts';
import type { Pipeline } from '../../ingest/pipeline.ts';
import type { Scheduler } from '../../ingest/schedule.ts';
import type { Config } from '../config.ts';
import type { SecretBox } from '../secret-box.ts';

export interface OcpiServices {
  readonly config: Pick<Config, 'publicUrl' | 'party' | 'name'>;
  readonly database: Pick<Database, 'knex' | 'readKnex'>;
  readonly connections: Pick<
    ConnectionStore,
    'findByTokenHashes' | 'noteContact' | 'register' | 'unregister'
  >;
  readonly partners: Partners;
  readonly clientInfo: Pick<ClientInfoStore, 'put' | 'find'>;
  readonly pushPositions: Pick<PushPositionStore, 'noteListRead'>;
  readonly pipeline: Omit<Pipeline, 'takePulled' | 'removeUnseen'>;
  /** Calls partners back. */
  readonly fetcher: HttpClient;
  readonly secretBox: Pick<SecretBox, 'seal'>;
  /** Is told when a handshake added or rests a source. */
  readonly scheduler: Pick<Scheduler, 'refresh'>;
  readonly clock: () => Date;
  readonly logger: Logger;
}
