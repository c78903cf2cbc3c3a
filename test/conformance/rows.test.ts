import { expect } from 'chai';
import { CHECKS } from './checks.ts';
import { SECTIONS } from './rows.ts';

/** How many rows each family of the requirements has; they are numbered without gaps. */
const FAMILIES: Readonly<Record<string, number>> = {
  AUTH: 16,
  ENV: 22,
  VER: 10,
  CRED: 26,
  RT: 14,
  HCI: 8,
  LR: 32,
  TR: 14,
  LS: 21,
  TS: 2,
  PC: 14,
  OD: 10,
  CV: 14,
};

describe('the catalogue of requirements', () => {
  const rows = SECTIONS.flatMap((section) => section.rows);
  const ids = rows.map(({ id }) => id);

  it('has every row, and each once', () => {
    const wanted = Object.entries(FAMILIES).flatMap(([family, length]) =>
      Array.from({ length }, (_, index) => `${family}-${String(index + 1).padStart(2, '0')}`),
    );
    expect([...ids].sort()).to.deep.equal(wanted.sort());
  });

  it('has a title for each that no other has, and sections with names of their own', () => {
    expect(new Set(rows.map(({ title }) => title)).size).to.equal(rows.length);
    expect(new Set(SECTIONS.map(({ name }) => name)).size).to.equal(SECTIONS.length);
  });

  it('has no check of a row that cannot be tested', () => {
    const checked = new Set(CHECKS.flatMap((check) => check.rows));
    expect(rows.filter(({ id, untestable }) => untestable && checked.has(id))).to.deep.equal([]);
  });
});
