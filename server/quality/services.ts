/** What the routes of the report are given. */
import type { Logger } from 'pino';
import type { Database } from '../../db/connection.ts';
import type { ConnectionStore } from '../../db/registry/connection-store.ts';
import type { Config } from '../config.ts';
import type { QualityReports } from './reports.ts';

/** What the report needs of the services of the process. */
export interface QualityServices {
  readonly reports: QualityReports;
  readonly database: Pick<Database, 'readKnex'>;
  readonly connections: Pick<ConnectionStore, 'findByTokenHashes' | 'noteContact'>;
  readonly config: Pick<Config, 'publicUrl' | 'name' | 'licence'>;
  readonly clock: () => Date;
  readonly logger: Logger;
}
