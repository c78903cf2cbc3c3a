/** Powers are in watts. */
import { connectorPower } from '../../db/power.ts';
import { connectorsInUse } from '../evses-in-use.ts';
import type { LocationRule } from '../rule.ts';
import { isOffByAThousand } from '../stated-power.ts';

/** Watts. Below, not even a bicycle is charged: the figure is in kilowatts. */
const LEAST_POWER_W = 500;
/** Watts. Above, not even a lorry is charged with what is built today (MCS: 3.75 MW). */
const MOST_POWER_W = 4_000_000;

export const powerOffByAThousand: LocationRule = {
  on: 'location',
  id: 'power-off-by-a-thousand',
  severity: 'error',
  title: 'The power of a Connector is in another unit than watts',
  afir: 'B6',
  source: 'OCPI 2.2.1, 8.3.3: max_electric_power is in watts',
  meaning: 'The figure is so small or so large that it must be in kilowatts, or in milliwatts.',
  mend: 'Send max_electric_power in watts: 22000 for 22 kW.',

  check(location, _context, found) {
    for (const { evse, connector, path } of connectorsInUse(location)) {
      const stated = connector.max_electric_power;
      if (!stated || stated <= 0) continue;
      const derived = connectorPower({ ...connector, max_electric_power: null });
      const isPossible = stated >= LEAST_POWER_W && stated <= MOST_POWER_W;
      if (isPossible && !(derived > 0 && isOffByAThousand(stated, derived))) continue;
      found({
        path: `${path}.max_electric_power`,
        message: 'is not in watts',
        received: stated,
        evse,
        connector,
      });
    }
  },
};
