/** The voltage of a three-phase Connector is line to neutral. */
import { connectorsInUse } from '../evses-in-use.ts';
import type { LocationRule } from '../rule.ts';

/** Volts. Between line and neutral there are 230 or 240, between lines 400 or 415. */
const BETWEEN_LINES_V = 380;

export const voltageBetweenLines: LocationRule = {
  on: 'location',
  id: 'voltage-between-lines',
  severity: 'warning',
  title: 'The voltage of a three-phase Connector is that between lines, and its power is not stated',
  afir: 'B6',
  source: 'OCPI 2.2.1, 8.3.3: max_voltage is line to neutral for AC_3_PHASE',
  meaning:
    'The power has to be derived from voltage and amperage, and from the voltage between lines it is 1.7 times too ' +
    'high. Where max_electric_power is stated nobody is misled, and nothing is said.',
  mend: 'Send 230 as max_voltage of an AC_3_PHASE Connector at a 400 V supply, and its max_electric_power.',

  check(location, _context, found) {
    for (const { evse, connector, path } of connectorsInUse(location)) {
      if (connector.power_type !== 'AC_3_PHASE' || connector.max_voltage < BETWEEN_LINES_V) continue;
      if (connector.max_electric_power) continue;
      const message = 'is the voltage between lines';
      found({ path: `${path}.max_voltage`, message, received: connector.max_voltage, evse, connector });
    }
  },
};
