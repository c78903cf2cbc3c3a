/**
 * The power of a connector, by one rule for the registry and for everything that is published from it.
 */
import type { Connector, PowerType } from './model.ts';

/**
 * Conductors that carry the stated voltage and amperage. `max_voltage` is line to neutral for AC_3_PHASE
 * (OCPI, Connector), so three phases count thrice; two-phase types count twice (OD-06).
 */
const PHASES: Readonly<Record<PowerType, number>> = {
  AC_1_PHASE: 1,
  AC_2_PHASE: 2,
  AC_2_PHASE_SPLIT: 2,
  AC_3_PHASE: 3,
  DC: 1,
};

/**
 * Power of a connector in watt: as its owner states it, else voltage times amperage times phases (OD-06).
 * A stated 0 is no statement.
 */
export function connectorPower(
  connector: Pick<Connector, 'max_electric_power' | 'max_voltage' | 'max_amperage' | 'power_type'>,
): number {
  return connector.max_electric_power
    ? connector.max_electric_power
    : connector.max_voltage * connector.max_amperage * PHASES[connector.power_type];
}
