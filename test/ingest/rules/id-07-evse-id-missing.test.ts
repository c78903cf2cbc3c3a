import { expect } from 'chai';
import { evseIdMissing } from '../../../ingest/rules/id-07-evse-id-missing.ts';
import { buildEvse, buildLocation } from '../../support/builders.ts';
import { pathsOf } from '../../support/rules.ts';

describe('ID-07: an EVSE without an EVSE ID', () => {
  const withIds = (...ids: (string | undefined)[]) =>
    buildLocation({ evses: ids.map((evse_id, index) => buildEvse({ uid: `E${index}`, evse_id })) });

  it('is told, of every EVSE that drivers can use', () => {
    expect(pathsOf(evseIdMissing, withIds('NL*TNM*E1', undefined, ''))).to.deep.equal([
      'evses[1].evse_id',
      'evses[2].evse_id',
    ]);
  });

  it('is not told of one with any ID, be it malformed', () => {
    expect(pathsOf(evseIdMissing, withIds('x'))).to.deep.equal([]);
  });

  it('is told of one that is out of order or planned, not of one that is REMOVED or not published', () => {
    const evses = ['OUTOFORDER', 'PLANNED', 'REMOVED'].map((status, index) =>
      buildEvse({ uid: `E${index}`, status }),
    );
    expect(pathsOf(evseIdMissing, buildLocation({ evses }))).to.have.length(2);
    expect(pathsOf(evseIdMissing, buildLocation({ evses, publish: false }))).to.deep.equal([]);
  });
});
