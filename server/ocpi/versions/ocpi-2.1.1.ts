/** OCPI 2.1.1 over HTTP. */
import { ocpi211 } from '../../../exports/dialects/ocpi-2.1.1.ts';
import type { VersionRules } from './version-rules.ts';

export const rules211: VersionRules = {
  dialect: ocpi211,
  endpointRoles: false, // "Version details endpoint", Endpoint class: identifier and url
  routingHeaders: false, // not in the specification
  requestIds: false, // not in the specification
  limitHeader: 'this-page', // "Pagination": "number of objects that are returned ... an upper limit"
  patchesTariffs: true, // "Tariffs module", eMSP interface: PATCH
};
