/**
 * The one OCPI status of an EVSE as the two values that the law asks for (Reg. (EU) 2025/655): whether it is in
 * service (F1), and whether it is taken (F2). UNKNOWN is neither free nor occupied, neither in nor out of service.
 */
import type { Status } from '../db/model.ts';

/** F1. */
export type OperationalStatus = 'in_service' | 'out_of_service' | 'unknown';

/** F2. Of an EVSE out of service nobody says whether a vehicle stands there. */
export type Occupancy = 'free' | 'occupied' | 'reserved' | 'unknown';

const REGULATED: Readonly<Record<Status, readonly [OperationalStatus, Occupancy]>> = {
  AVAILABLE: ['in_service', 'free'],
  BLOCKED: ['in_service', 'occupied'],
  CHARGING: ['in_service', 'occupied'],
  RESERVED: ['in_service', 'reserved'],
  INOPERATIVE: ['out_of_service', 'unknown'],
  OUTOFORDER: ['out_of_service', 'unknown'],
  PLANNED: ['out_of_service', 'unknown'],
  REMOVED: ['out_of_service', 'unknown'],
  UNKNOWN: ['unknown', 'unknown'],
};

export function operationalStatus(status: Status): OperationalStatus {
  return REGULATED[status][0];
}

export function occupancy(status: Status): Occupancy {
  return REGULATED[status][1];
}
