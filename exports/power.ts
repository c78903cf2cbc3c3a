/**
 * The power of a connector as it is published: as its owner states it, else derived (OD-06). The rule itself is
 * the registry's (`db/power.ts`); here it gets its units and learns to say "unknown".
 */
import type { Connector } from '../db/model.ts';
import { connectorPower } from '../db/power.ts';

const WATTS_PER_KILOWATT = 1000;

/**
 * Watt, or null when unknown: where neither a power nor a voltage and an amperage are given there are zeros,
 * and a connector of 0 W is none.
 */
export function powerInWatts(connector: Connector): number | null {
  const watts = connectorPower(connector);
  return watts > 0 ? watts : null;
}

/** Kilowatt, or null when unknown. */
export function powerInKilowatts(connector: Connector): number | null {
  const watts = powerInWatts(connector);
  return watts === null ? null : watts / WATTS_PER_KILOWATT;
}

/** Of the strongest of these connectors; null when the power of none is known. */
export function maxPowerInKilowatts(connectors: readonly Connector[]): number | null {
  let most: number | null = null;
  for (const connector of connectors) {
    const power = powerInKilowatts(connector);
    if (power !== null && (most === null || power > most)) most = power;
  }
  return most;
}
