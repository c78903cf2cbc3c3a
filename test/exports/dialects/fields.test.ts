import { expect } from 'chai';
import { otherNames, renamed, without } from '../../../exports/dialects/fields.ts';

describe('fields of an object in the words of a version', () => {
  it('a field that has the name of something that all objects have is one like any other', () => {
    const given = '{"__proto__":{"voltage":1},"constructor":2,"max_voltage":230,"toString":3,"gone":4}';
    const wire = renamed(JSON.parse(given), otherNames({ max_voltage: 'voltage' }, ['gone']));
    expect(JSON.stringify(wire)).to.equal(
      '{"__proto__":{"voltage":1},"constructor":2,"voltage":230,"toString":3}',
    );
    expect(Object.getPrototypeOf(wire)).to.equal(Object.prototype);
    expect(JSON.stringify(without(JSON.parse(given), new Set(['gone'])))).to.equal(
      given.replace(',"gone":4', ''),
    );
  });
});
