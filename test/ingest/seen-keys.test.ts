import { expect } from 'chai';
import fc from 'fast-check';
import { SeenKeys } from '../../ingest/seen-keys.ts';

describe('keys that a pull has seen', () => {
  it('are what was added, and nothing else', () => {
    const keys = fc.uniqueArray(fc.string(), { maxLength: 200 });
    fc.assert(
      fc.property(keys, keys, (added, asked) => {
        const seen = new SeenKeys();
        for (const key of added) seen.add(key);
        expect(asked.map((key) => seen.has(key))).to.deep.equal(asked.map((key) => added.includes(key)));
        expect(added.every((key) => seen.has(key))).to.equal(true);
      }),
    );
  });

  it('may be many, come twice, and be asked for between', () => {
    const seen = new SeenKeys();
    for (let number = 0; number < 5_000; number += 1) {
      seen.add(`NL/TNM/${number}`);
      seen.add('NL/TNM/0');
      if (number % 1_000 === 0) expect(seen.has(`NL/TNM/${number}`)).to.equal(true);
    }
    const unknown = Array.from({ length: 5_000 }, (_, number) => `NL/TNM/${5_000 + number}`);
    expect(unknown.filter((key) => seen.has(key))).to.deep.equal([]);
    expect(seen.has('NL/TNM/4999')).to.equal(true);
  });
});
