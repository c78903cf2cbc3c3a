import { expect } from 'chai';
import fc from 'fast-check';
import { ocpi221 } from '../../ingest/dialects/ocpi-2.2.1.ts';
import { salvageLocation } from '../../ingest/salvage.ts';
import { buildConnector, buildEvse, buildLocation } from '../support/builders.ts';

function salvage(location: unknown) {
  return salvageLocation(location, ocpi221.inspect('location', location).problems);
}

const broken = (id: string) => buildConnector({ id, power_type: null });

describe('salvage of a pulled Location', () => {
  it('LR-32: leaves out only the invalid Connector', () => {
    const evses = [
      buildEvse({ uid: 'A', connectors: [buildConnector({ id: '1' }), broken('2')] }),
      buildEvse({ uid: 'B' }),
    ];
    const result = salvage(buildLocation({ evses }));
    const kept = [
      buildEvse({ uid: 'A', connectors: [buildConnector({ id: '1' })] }),
      buildEvse({ uid: 'B' }),
    ];
    expect(result?.location).to.deep.equal(buildLocation({ evses: kept }));
    expect(result?.omitted.evses).to.deep.equal([]);
    expect(result?.omitted.connectors.map(({ evseUid, id }) => [evseUid, id])).to.deep.equal([['A', '2']]);
    expect(result?.omitted.connectors[0]?.problems[0]?.path).to.equal('evses[0].connectors[1].power_type');
  });

  it('LR-32: leaves out an EVSE whose own fields are invalid or that keeps no Connector', () => {
    const evses = [
      buildEvse({ uid: 'A', status: 'FREE' }),
      buildEvse({ uid: 'B', connectors: [broken('1')] }),
      buildEvse({ uid: 'C', connectors: [] }),
      buildEvse({ uid: 'D' }),
    ];
    const result = salvage(buildLocation({ evses }));
    expect(result?.location).to.deep.equal(buildLocation({ evses: [buildEvse({ uid: 'D' })] }));
    expect(result?.omitted.evses.map(({ uid }) => uid)).to.deep.equal(['A', 'B', 'C']);
    expect(result?.omitted.connectors).to.deep.equal([]);
  });

  it('names an EVSE null whose uid cannot be read', () => {
    const result = salvage(buildLocation({ evses: [null, buildEvse({ uid: 7 }), buildEvse()] }));
    expect(result?.omitted.evses.map(({ uid }) => uid)).to.deep.equal([null, null]);
  });

  it('LR-32: gives up a Location that is invalid itself or loses its last EVSE', () => {
    expect(salvage(buildLocation({ city: null }))).to.equal(null);
    expect(salvage(buildLocation({ evses: 'x' }))).to.equal(null);
    expect(salvage(buildLocation({ evses: [buildEvse({ connectors: [] })] }))).to.equal(null);
    expect(salvage(5)).to.equal(null);
  });

  it('hands back a valid Location itself', () => {
    const location = buildLocation({ evses: [] });
    expect(salvage(location)?.location).to.equal(location);
  });

  it('never leaves an empty list of Connectors, never changes its input, and leaves a valid Location', () => {
    const connector = fc.constantFrom(buildConnector(), broken('2'), null, buildConnector({ id: 5 }));
    const evse = fc.record({
      uid: fc.constantFrom('A', 'B', 'C', null, 5),
      status: fc.constantFrom('AVAILABLE', 'FREE'),
      last_updated: fc.constantFrom('2026-06-01T12:00:00Z', 'x'),
      connectors: fc.oneof(
        { weight: 5, arbitrary: fc.array(connector, { maxLength: 3 }) },
        { weight: 1, arbitrary: fc.constant(null) },
      ),
    });
    fc.assert(
      fc.property(fc.array(fc.oneof(evse, fc.constant(null)), { maxLength: 4 }), (evses) => {
        const location = buildLocation({ evses });
        const before = structuredClone(location);
        const result = salvage(location);
        expect(location).to.deep.equal(before);
        if (result === null) return;
        expect(ocpi221.inspect('location', result.location).problems).to.deep.equal([]);
        const kept = (result.location as { evses: { connectors: unknown[] }[] }).evses;
        for (const { connectors } of kept) expect(connectors).to.not.deep.equal([]);
      }),
      { numRuns: 300 },
    );
  });
});
