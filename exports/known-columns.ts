/**
 * Columns that several tables have: what they are called, what they hold, and where that comes from, said once. How
 * their cells are written is the table's own word.
 */
import type { Evse } from '../db/model.ts';
import { textOrNull } from './missing.ts';
import { operatorName } from './names.ts';
import type { PublicLocation } from './public-objects.ts';
import { occupancy, operationalStatus } from './regulated-status.ts';

type Read = (object: PublicLocation, evse: Evse) => string | null;

const KNOWN = {
  country_code: ["Country of the owner's OCPI party", ({ location }) => location.country_code.toUpperCase()],
  party_id: ["The owner's OCPI party", ({ location }) => location.party_id.toUpperCase()],
  location_id: ['Unique within country_code and party_id', ({ location }) => location.id],
  name: ['Name of the Location', ({ location }) => textOrNull(location.name)],
  address: ['Street and house number', ({ location }) => textOrNull(location.address)],
  postal_code: ['Postal code', ({ location }) => textOrNull(location.postal_code)],
  city: ['City', ({ location }) => textOrNull(location.city)],
  state: ['State or province', ({ location }) => textOrNull(location.state)],
  country: ['ISO 3166-1 alpha-3', ({ location }) => textOrNull(location.country)],
  time_zone: ['IANA name', ({ location }) => textOrNull(location.time_zone)],
  parking_type: ['OCPI ParkingType', ({ location }) => textOrNull(location.parking_type)],
  operator: ['Who operates the Location', operatorName],
  suboperator: [
    'Who operates it on behalf of the operator',
    ({ location }) => textOrNull(location.suboperator?.name),
  ],
  owner: ['Who owns it', ({ location }) => textOrNull(location.owner?.name)],
  help_phone: ['Telephone number for help on the spot', ({ location }) => textOrNull(location.help_phone)],
  evse_uid: ['Unique within the Location', (_, evse) => evse.uid],
  evse_id: ['EVSE ID as shown on the charge point', (_, evse) => textOrNull(evse.evse_id)],
  status: ['OCPI Status; UNKNOWN is neither free nor occupied', (_, evse) => evse.status],
  operational_status: [
    'in_service, out_of_service or unknown: item F1 of Reg. (EU) 2025/655',
    (_, evse) => operationalStatus(evse.status),
  ],
  occupancy: [
    'free, occupied, reserved or unknown: item F2 of Reg. (EU) 2025/655',
    (_, evse) => occupancy(evse.status),
  ],
  floor_level: ['Floor in a garage', (_, evse) => textOrNull(evse.floor_level)],
  physical_reference: [
    'Number or text on the outside of the EVSE',
    (_, evse) => textOrNull(evse.physical_reference),
  ],
} satisfies Readonly<Record<string, readonly [description: string, read: Read]>>;

/** The line of a table for one of these columns. */
export function known<Word>(
  name: keyof typeof KNOWN,
  word: Word,
): readonly [name: string, word: Word, description: string, read: Read] {
  const [description, read] = KNOWN[name];
  return [name, word, description, read as Read];
}
