import { expect } from 'chai';
import fc from 'fast-check';
import { type ScoreFacts, scoreOf } from '../../../server/quality/score.ts';

const FACTS: ScoreFacts = {
  ...{ evses: 10, withError: 2, withWarning: 2, coverage: [1, 0.5], recentEvses: 8 },
};

const arbitraryFacts = fc
  .record({
    clean: fc.nat(1000),
    withError: fc.nat(1000),
    withWarning: fc.nat(1000),
    coverage: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 37 }),
    recentShare: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .filter(({ clean, withError, withWarning }) => clean + withError + withWarning > 0)
  .map(({ clean, recentShare, ...facts }) => {
    const evses = clean + facts.withError + facts.withWarning;
    return { ...facts, evses, recentEvses: Math.floor(evses * recentShare) };
  });

const score = (facts: ScoreFacts) => scoreOf(facts).score as number;

describe('server/quality/score', () => {
  it('is 50 x correctness + 30 x completeness + 20 x timeliness, and tells its parts', () => {
    // 6 of 10 without anything and 2 with a warning, which count half; the mean of 1 and 0.5; 8 of 10.
    expect(scoreOf(FACTS)).to.deep.equal({
      score: 73.5,
      score_parts: {
        correctness: { weight: 50, share: 0.7 },
        completeness: { weight: 30, share: 0.75 },
        timeliness: { weight: 20, share: 0.8 },
      },
    });
  });

  it('is 100 for faultless data and 0 for the worst, and there is none without anything to judge', () => {
    const all = { evses: 5, withWarning: 0, coverage: [1, 1] };
    expect(score({ ...all, withError: 0, recentEvses: 5 })).to.equal(100);
    expect(score({ ...all, withError: 5, coverage: [0, 0], recentEvses: 0 })).to.equal(0);
    expect(scoreOf({ ...all, evses: 0, withError: 0, recentEvses: 0 }).score).to.equal(null);
  });

  it('never falls when something is mended', () => {
    fc.assert(
      fc.property(arbitraryFacts, (facts) => {
        const before = score(facts);
        expect(before).to.be.within(0, 100);
        const { withError, withWarning, recentEvses, evses, coverage } = facts;
        const mended: Partial<ScoreFacts>[] = [
          { coverage: coverage.map((share) => Math.min(1, share + 0.1)) },
          { recentEvses: Math.min(evses, recentEvses + 1) },
          ...(withError > 0 ? [{ withError: withError - 1 }] : []),
          ...(withError > 0 ? [{ withError: withError - 1, withWarning: withWarning + 1 }] : []),
          ...(withWarning > 0 ? [{ withWarning: withWarning - 1 }] : []),
        ];
        for (const change of mended) expect(score({ ...facts, ...change })).to.be.at.least(before);
      }),
    );
  });
});
