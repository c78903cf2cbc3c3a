/** IDs of charging points, pools and stations, and of operators: chapter 5. */
import { expect } from 'chai';
import fc from 'fast-check';
import { compactEvseId, type EvseId, isWellFormed, parseEvseId } from '../../../db/identifiers/evse-id.ts';
import { formatOperatorId, parseOperatorId } from '../../../db/identifiers/operator-id.ts';

const letter = fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZ');
const alphanumeric = fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789');
const text = (unit: fc.Arbitrary<string>, minLength: number, maxLength = minLength) =>
  fc.string({ unit, minLength, maxLength });

/** The parts of an ID; `instance` begins and ends as the strict grammar asks. */
const parts = fc.record({
  countryCode: text(letter, 2),
  operatorId: text(alphanumeric, 3),
  type: fc.constantFrom('E', 'P', 'S'),
  instance: fc
    .tuple(alphanumeric, text(fc.oneof(alphanumeric, fc.constant('*')), 0, 30))
    .map(([head, tail]) => head + tail),
});

const din = fc
  .record({
    plus: fc.constantFrom('', '+'),
    callingCode: fc.constantFrom('49', '43', '31', '352', '420'),
    operatorId: text(fc.constantFrom(...'0123456789'), 3),
    instance: text(fc.constantFrom(...'0123456789*'), 1, 32).filter((instance) => /\d/.test(instance)),
  })
  .map(({ plus, callingCode, operatorId, instance }) => `${plus}${callingCode}*${operatorId}*${instance}`);

/** Reads what is known to be an ID. */
function read(given: string): EvseId {
  const id = parseEvseId(given);
  if (!id) throw new Error(`"${given}" was not read`);
  return id;
}

const strict = parts.map((p) => `${p.countryCode}*${p.operatorId}*${p.type}${p.instance}`);

describe('An EVSE ID', () => {
  const cases: [string, string, ReturnType<typeof shown>][] = [
    ['ID-01: with separators', 'DE*AB7*E840*6487', ['strict', 'evse', 'DEAB7E8406487', 'DE*AB7*E840*6487']],
    ['ID-01: without', 'DEAB7E8406487', ['strict', 'evse', 'DEAB7E8406487', 'DE*AB7*E8406487']],
    ['ID-01: with one of the two', 'DE*AB7E840', ['lenient', 'evse', 'DEAB7E840', 'DE*AB7*E840']],
    ['ID-01: with one behind the letter', 'DE*AB7*E*84', ['lenient', 'evse', 'DEAB7E84', 'DE*AB7*E*84']],
    ['in lower case', ' nl*tnm*e1 ', ['strict', 'evse', 'NLTNME1', 'NL*TNM*E1']],
    ['in wide letters', 'ＮＬ＊ＴＮＭ＊Ｅ１', ['strict', 'evse', 'NLTNME1', 'NL*TNM*E1']],
    ['of a pool', 'FR*S35*P1234', ['strict', 'pool', 'FRS35P1234', 'FR*S35*P1234']],
    ['of a station', 'FRS35S12', ['strict', 'station', 'FRS35S12', 'FR*S35*S12']],
    ['by DIN', '+49*823*1234*5678', ['din', 'evse', 'DE823E12345678', 'DE*823*E1234*5678']],
    ['by DIN without plus', '43*810*1', ['din', 'evse', 'AT810E1', 'AT*810*E1']],
    ['with hyphens for separators', 'NL-TNM-E1*2', ['mended', 'evse', 'NLTNME12', 'NL*TNM*E1*2']],
    ['with blanks for separators', 'NL TNM E1', ['mended', 'evse', 'NLTNME1', 'NL*TNM*E1']],
    ['with blanks around separators', 'GR * 16T * E1', ['mended', 'evse', 'GR16TE1', 'GR*16T*E1']],
  ];
  const shown = (given: string) => {
    const id = parseEvseId(given);
    return id && [id.form, id.kind, id.compact, id.display];
  };
  for (const [what, given, wanted] of cases) {
    it(`${what} is read: ${given}`, () => expect(shown(given)).to.deep.equal(wanted));
  }

  for (const [what, given] of [
    ['without an operator', 'DE*E123'],
    ['with dots', 'NL.SPI.ECO0001*2'],
    ['with a letter that is none of E, P and S', 'NL*PGO*A00010*1'],
    ['with a hyphen inside', 'NL*TNM*E1-2'],
    ['of separators only', 'NL*TNM*E***'],
    ['that names nothing', 'NL*TNM*E'],
    ['by DIN with a calling code that no country has alone', '+1*823*5'],
    ['by DIN without its separators', '+498231234'],
    ['that is too long', `NL*TNM*E${'1'.repeat(33)}`],
    ['that is empty', ''],
  ]) {
    it(`${what} is none: ${given}`, () => expect(parseEvseId(given as string)).to.equal(null));
  }

  it('ID-01: a mended one is not well-formed, any other is', () => {
    const wellFormed = ['DE*AB7*E8', 'DE*AB7E8', '+49*823*1'].map((given) => isWellFormed(read(given)));
    expect(wellFormed).to.deep.equal([true, true, true]);
    expect(isWellFormed(read('DE-AB7-E8'))).to.equal(false);
  });

  it('5.2: does not take letters for ASCII that only look so in upper case', () => {
    // Their upper case would be "I" and "SS"; the long s is an s by NFKC itself.
    expect(parseEvseId('NL*TNM*Eı1')).to.equal(null);
    expect(parseEvseId('NL*TNM*Eß1')).to.equal(null);
  });

  it('has one compact form, whatever its case, separators and surroundings', () => {
    const spelling = fc.record({
      first: fc.constantFrom('*', '', '-', ' ', ' * '),
      second: fc.constantFrom('*', '', '-', ' ', ' * '),
      lower: fc.boolean(),
      around: fc.constantFrom('', ' ', '\t'),
    });
    fc.assert(
      fc.property(parts, spelling, (p, { first, second, lower, around }) => {
        const plain = `${p.countryCode}${first}${p.operatorId}${second}${p.type}${p.instance}`;
        const given = `${around}${lower ? plain.toLowerCase() : plain}${around}`;
        const compact = `${p.countryCode}${p.operatorId}${p.type}${p.instance.replaceAll('*', '')}`;
        expect(compactEvseId(given)).to.equal(compact);
      }),
    );
  });

  it('is the same when its display or compact form is read again', () => {
    fc.assert(
      fc.property(fc.oneof(strict, din), (given) => {
        const id = read(given);
        const again = read(id.display);
        expect({ ...again, form: id.form }).to.deep.equal(id);
        expect(again.display).to.equal(id.display);
        expect(read(id.compact).compact).to.equal(id.compact);
        expect(read(id.compact).form).to.be.oneOf(['strict', 'lenient']);
      }),
    );
  });

  it('ID-01: is strict exactly when the grammar of ISO 15118-2 takes it', () => {
    const grammar = /^([A-Z]{2})(\*?)([A-Z0-9]{3})\2[EPS]([A-Z0-9][A-Z0-9*]{0,30})$/;
    const near = text(fc.constantFrom(...'NLE1*-'), 5, 12);
    fc.assert(
      fc.property(fc.oneof(strict, near), (given) => {
        expect(parseEvseId(given)?.form === 'strict', given).to.equal(grammar.test(given));
      }),
    );
  });

  it('never throws, whatever the text, and reads no text of a megabyte', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (given) => {
        const id = parseEvseId(given);
        if (id) expect(compactEvseId(id.display)).to.equal(id.compact);
        parseOperatorId(given);
      }),
    );
    for (const unit of ['*', ' ', 'E', '1*', ' * ', '\ufdfa']) {
      expect(parseEvseId(`NL*TNM*E${unit.repeat(1_000_000)}`)).to.equal(null);
      expect(parseOperatorId(unit.repeat(1_000_000))).to.equal(null);
    }
  });
});

describe('An operator ID', () => {
  for (const given of ['NL*TNM', 'NLTNM', 'nl-tnm', ' NL TNM ', 'NL * TNM', 'ＮＬ＊ＴＮＭ']) {
    it(`is read in any spelling: ${given}`, () => {
      expect(parseOperatorId(given)).to.deep.equal({ countryCode: 'NL', operatorId: 'TNM' });
    });
  }

  it('is read by DIN with its separator, and not without', () => {
    expect(parseOperatorId('+49*823')).to.deep.equal({ countryCode: 'DE', operatorId: '823' });
    expect(parseOperatorId('49-823')).to.deep.equal({ countryCode: 'DE', operatorId: '823' });
    expect(parseOperatorId('+49823')).to.equal(null);
  });

  for (const given of ['NL*TN', 'SEALEG', 'GB*TOO-LONG', 'N*TNM', 'NL**TNM', 'NL.TNM', '']) {
    it(`is none: "${given}"`, () => expect(parseOperatorId(given)).to.equal(null));
  }

  it('reads as the same when it is written for people and read again', () => {
    fc.assert(
      fc.property(text(letter, 2), text(alphanumeric, 3), (countryCode, operatorId) => {
        const id = { countryCode, operatorId };
        expect(parseOperatorId(formatOperatorId(id))).to.deep.equal(id);
      }),
    );
  });

  it('is never taken for an EVSE ID, nor the reverse', () => {
    fc.assert(
      fc.property(fc.oneof(strict, din, text(fc.constantFrom(...'NL1E*-'), 5, 9)), (given) => {
        expect([parseEvseId(given), parseOperatorId(given)].filter(Boolean).length, given).to.be.at.most(1);
      }),
    );
  });
});
