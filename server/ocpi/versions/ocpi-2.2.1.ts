/** OCPI 2.2.1 over HTTP. */
import { ocpi221 } from '../../../exports/dialects/ocpi-2.2.1.ts';
import type { VersionRules } from './version-rules.ts';

export const rules221: VersionRules = {
  dialect: ocpi221,
  endpointRoles: true, // 6.2.2 Endpoint class
  routingHeaders: true, // 4.1.2.1 Message routing headers
  requestIds: true, // 4.1.3 Unique message IDs
  limitHeader: 'largest-page', // 4.1.4 Pagination
  patchesTariffs: false, // 11.2.2 Receiver interface
};
