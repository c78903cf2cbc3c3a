import { expect } from 'chai';
import { voltageBetweenLines } from '../../../ingest/rules/voltage-between-lines.ts';
import { buildConnector, buildEvse, buildLocation, type Overrides } from '../../support/builders.ts';
import { pathsOf } from '../../support/rules.ts';

describe('The voltage between lines of a three-phase Connector', () => {
  const withConnector = (more: Overrides) =>
    buildLocation({ evses: [buildEvse({ connectors: [buildConnector(more)] })] });

  it('is told', () => {
    expect(pathsOf(voltageBetweenLines, withConnector({ max_voltage: 400 }))).to.deep.equal([
      'evses[0].connectors[0].max_voltage',
    ]);
  });

  it('is not told where the power is stated, and not derived from it', () => {
    const stated = withConnector({ max_voltage: 400, max_electric_power: 11_000 });
    expect(pathsOf(voltageBetweenLines, stated)).to.deep.equal([]);
  });

  it('is told from 380 V on, of three phases only', () => {
    expect(pathsOf(voltageBetweenLines, withConnector({ max_voltage: 379 }))).to.deep.equal([]);
    expect(pathsOf(voltageBetweenLines, withConnector({ max_voltage: 380 }))).to.have.length(1);
    expect(pathsOf(voltageBetweenLines, withConnector({ max_voltage: 400, power_type: 'DC' }))).to.deep.equal(
      [],
    );
  });
});
