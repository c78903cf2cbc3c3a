/** The stated power of a Connector is what its voltage, amperage and phases can give. */
import { connectorPower } from '../../db/power.ts';
import { connectorsInUse } from '../evses-in-use.ts';
import type { LocationRule } from '../rule.ts';
import { isOffByAThousand } from '../stated-power.ts';

/**
 * Per cent of volts times amperes that the stated power may be: nominal voltages are 230 or 240 V line to neutral, and
 * figures are rounded to whole kilowatts.
 */
const MOST_PERCENT = 115;

export const powerDoesNotFit: LocationRule = {
  on: 'location',
  id: 'power-does-not-fit',
  severity: 'warning',
  title: 'The power of a Connector is more than its voltage and amperage can give',
  afir: 'B6',
  source: 'OCPI 2.2.1, 8.3.3: max_electric_power, max_voltage, max_amperage; requirements, OD-06',
  meaning:
    'Voltage times amperage times phases is the most that a Connector can give. A higher max_electric_power means ' +
    'that one of the figures is wrong, and drivers wait longer than they were told.',
  mend: 'Correct the figure that is wrong. For AC_3_PHASE, max_voltage is line to neutral: 230, not 400.',

  check(location, _context, found) {
    for (const { evse, connector, path } of connectorsInUse(location)) {
      const stated = connector.max_electric_power;
      if (!stated || stated <= 0) continue;
      const derived = connectorPower({ ...connector, max_electric_power: null });
      if (derived <= 0 || stated * 100 <= derived * MOST_PERCENT || isOffByAThousand(stated, derived))
        continue;
      found({
        path: `${path}.max_electric_power`,
        message: `is more than the ${derived} W that ${connector.max_voltage} V and ${connector.max_amperage} A give`,
        received: stated,
        evse,
        connector,
      });
    }
  },
};
