/**
 * The registry's words as OCPI 2.3.0: they are its words, so a document goes out as it is stored, unparsed,
 * wherever it holds nothing else (`asStored`).
 *
 * Guarantees: a Location that holds something else loses just that: what an older version's sender wrote under a
 * name of 2.3.0 and nobody could check (LS-11), and the length of ids that 2.1.1 allows. Tariffs are always stored in
 * the words of 2.3.0. Throws a SyntaxError when a stored document is not JSON, which the registry never holds.
 */
import type { Connector, Evse } from '../../db/model.ts';
import { readShortId, shortId } from './alias.ts';
import type { ExportDialect, Stored } from './dialect.ts';
import { changeField, changeList, type Fields, without } from './fields.ts';

const VERSION = '2.3.0';

// 2.1 and 2.2: fields that only 2.3.0 has, which an older sender may have used for something of its own.
const LOCATION_FIELDS = new Set(['parking_places', 'help_phone']);
const EVSE_FIELDS = new Set(['parking', 'accepted_service_providers']);
const CONNECTOR_FIELDS = new Set(['capabilities']);

export const ocpi230 = {
  version: VERSION,
  needsTariffs: false,
  tariffLimits: { obstacles: [], onlyValid: false },
  location,
  tariff: ({ document }: Pick<Stored, 'document'>) => document,
  evse: (evse: Evse) => ({ ...evse, uid: shortId(evse.uid) }),
  connector: (connector: Connector) => connector,
  objectId: (_module, _owner, id) => shortId(id),
  evseUid: (uid: string) => shortId(uid),
  readId: (_module, id) => readShortId(id),
} as const satisfies ExportDialect;

function location({ document, asStored }: Pick<Stored, 'document' | 'asStored'>): string | null {
  if (asStored.includes(VERSION)) return document;
  const wire = without(JSON.parse(document) as Fields, LOCATION_FIELDS);
  changeField(wire, 'id', (id) => shortId(id as string)); // 2.1 id, CV-11
  changeList(wire, 'evses', (evses) => (evses as Evse[]).map(uncheckedEvse));
  return JSON.stringify(wire);
}

function uncheckedEvse(evse: Evse): object {
  const connectors = evse.connectors.map((connector) => without(connector, CONNECTOR_FIELDS));
  return { ...without(evse, EVSE_FIELDS), uid: shortId(evse.uid), connectors }; // 2.2 uid
}
