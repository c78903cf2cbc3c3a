import { expect } from 'chai';
import { powerOffByAThousand } from '../../../ingest/rules/power-off-by-a-thousand.ts';
import { buildConnector, buildEvse, buildLocation, type Overrides } from '../../support/builders.ts';
import { pathsOf } from '../../support/rules.ts';

describe('A power in another unit than watts', () => {
  const withConnector = (more: Overrides) =>
    buildLocation({ evses: [buildEvse({ connectors: [buildConnector(more)] })] });

  it('is told: in kilowatts, in milliwatts', () => {
    for (const max_electric_power of [11, 11_000_000]) {
      expect(pathsOf(powerOffByAThousand, withConnector({ max_electric_power }))).to.deep.equal([
        'evses[0].connectors[0].max_electric_power',
      ]);
    }
  });

  it('is not told where it is not stated', () => {
    for (const max_electric_power of [11_000, 0, null, undefined]) {
      expect(pathsOf(powerOffByAThousand, withConnector({ max_electric_power }))).to.deep.equal([]);
    }
  });

  it('is told from 500 W down and from 4 MW up, whatever voltage and amperage say', () => {
    const stated = (max_electric_power: number) =>
      pathsOf(powerOffByAThousand, withConnector({ max_voltage: 0, max_electric_power })).length;
    expect([499, 500, 4_000_000, 4_000_001].map(stated)).to.deep.equal([1, 0, 0, 1]);
  });

  it('is told from 300 times what voltage and amperage give', () => {
    // 230 V and 16 A on one phase give 3,680 W.
    const stated = (max_electric_power: number) =>
      pathsOf(powerOffByAThousand, withConnector({ power_type: 'AC_1_PHASE', max_electric_power })).length;
    expect([1_104_000, 1_104_001].map(stated)).to.deep.equal([0, 1]);
  });
});
