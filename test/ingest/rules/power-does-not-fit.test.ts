import { expect } from 'chai';
import { powerDoesNotFit } from '../../../ingest/rules/power-does-not-fit.ts';
import { buildConnector, buildEvse, buildLocation, type Overrides } from '../../support/builders.ts';
import { askRule } from '../../support/rules.ts';

describe('A power that voltage and amperage cannot give', () => {
  const withConnector = (more: Overrides) =>
    buildLocation({ evses: [buildEvse({ connectors: [buildConnector(more)] })] });

  it('is told, with the Connector', () => {
    const [found] = askRule(
      powerDoesNotFit,
      withConnector({ power_type: 'AC_1_PHASE', max_amperage: 32, max_electric_power: 22_000 }),
    );
    expect(found).to.deep.include({ path: 'evses[0].connectors[0].max_electric_power', received: 22_000 });
    expect(found?.evse?.uid).to.equal('EVSE-1');
    expect(found?.connector?.id).to.equal('1');
  });

  it('is not told where it is less, or not stated', () => {
    for (const max_electric_power of [3_700, 11_000, 0, null, undefined]) {
      expect(askRule(powerDoesNotFit, withConnector({ max_electric_power }))).to.deep.equal([]);
    }
  });

  it('is told from more than 15 per cent too much on', () => {
    // 230 V and 16 A give 11,040 W over three phases.
    expect(askRule(powerDoesNotFit, withConnector({ max_electric_power: 12_696 }))).to.deep.equal([]);
    expect(askRule(powerDoesNotFit, withConnector({ max_electric_power: 12_697 }))).to.have.length(1);
  });

  it('is not told where nothing can be derived, nor where the unit is wrong, of which another rule speaks', () => {
    const none = withConnector({ max_voltage: 0, max_electric_power: 11_000 });
    expect(askRule(powerDoesNotFit, none)).to.deep.equal([]);
    expect(askRule(powerDoesNotFit, withConnector({ max_electric_power: 11_000_000 }))).to.deep.equal([]);
  });
});
