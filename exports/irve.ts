/**
 * What the two French files share: identifiers as the IRVE schemas want them, and the plugs that they know
 * (docs/mapping/irve.md).
 */
import { parseEvseId } from '../db/identifiers/evse-id.ts';
import type { Evse } from '../db/model.ts';

/** Of `schema-irve-dynamique`; the static schema has the same, and `Non concerné` beside it. */
const IDENTIFIER = /^[A-Z]{2}[A-Z0-9]{4,33}$/;

/** The EVSE ID without separators; null where the EVSE has none, or none of an EVSE. */
export function irveIdentifier({ evse_id }: Evse): string | null {
  const id = typeof evse_id === 'string' ? parseEvseId(evse_id) : null;
  return id?.kind === 'evse' && IDENTIFIER.test(id.compact) ? id.compact : null;
}

/**
 * The ID of the station: OCPI has none, but the owner may use the pool's ID as the id of the Location. Taken for one
 * only when it reads as such and is of the operator whom the EVSE ID names; null otherwise.
 */
export function irveStationIdentifier(locationId: string, evse: Evse): string | null {
  const pool = parseEvseId(locationId);
  const own = typeof evse.evse_id === 'string' ? parseEvseId(evse.evse_id) : null;
  const isPool = pool?.kind === 'pool' && IDENTIFIER.test(pool.compact);
  const sameOperator = pool?.countryCode === own?.countryCode && pool?.operatorId === own?.operatorId;
  return isPool && sameOperator ? pool.compact : null;
}

/** The plugs that the schemas name, by OCPI's ConnectorType; every other one is `autre`. */
export const IRVE_PLUGS = {
  ef: 'DOMESTIC_E',
  type2: 'IEC_62196_T2',
  comboCcs: 'IEC_62196_T2_COMBO',
  chademo: 'CHADEMO',
} as const;

export function hasPlug(evse: Evse, plug: keyof typeof IRVE_PLUGS): boolean {
  return evse.connectors.some(({ standard }) => standard === IRVE_PLUGS[plug]);
}

/** ConnectorTypes of the EVSE that the schemas do not name, each once. */
export function otherPlugs(evse: Evse): string[] {
  const known: readonly string[] = Object.values(IRVE_PLUGS);
  return [...new Set(evse.connectors.map(({ standard }) => standard))].filter(
    (plug) => !known.includes(plug),
  );
}
