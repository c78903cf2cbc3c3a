import { expect } from 'chai';
import { stringify } from 'csv-stringify/sync';
import fc from 'fast-check';
import { type CellKind, csvHeader, csvRows, type GuardedColumn } from '../../exports/csv.ts';
import { parseCsv } from './parse-csv.ts';

function columns(...kinds: CellKind[]): GuardedColumn[] {
  return kinds.map((kind, index) => ({ name: `column${index}`, description: 'a column', kind }));
}

/** One cell, written and read back. */
function roundTrip(kind: CellKind, cell: string): string {
  const [record] = parseCsv(csvRows(columns('exact', kind), [['x', cell]]));
  return record?.[1] ?? expect.fail('no cell');
}

/** What a reader does to undo the guard. */
function withoutGuard(cell: string): string {
  return /^'[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell;
}

describe('csv', () => {
  it('OD-07: free text that begins like a formula gets an apostrophe', () => {
    for (const start of ['=', '+', '-', '@', '\t', '\r']) {
      expect(roundTrip('text', `${start}1+1`)).to.equal(`'${start}1+1`);
    }
    for (const text of ['a=1', ' =1', "'=1", '']) expect(roundTrip('text', text)).to.equal(text);
  });

  it('rows are as the library writes them, whether or not a cell has to be quoted', () => {
    const cell = fc.oneof(fc.string(), fc.constantFrom('', ' ', 'a,b', 'say "x"', '\r', '\n', '\r\n', '|'));
    const rows = fc
      .integer({ min: 1, max: 4 })
      .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 5 }));
    fc.assert(
      fc.property(rows, (some) => {
        const kinds = Array<CellKind>(some[0]?.length ?? 0).fill('exact');
        const expected = stringify(some, { record_delimiter: '\r\n', quoted_match: /[\r\n]/ });
        expect(csvRows(columns(...kinds), some)).to.equal(expected);
      }),
    );
  });

  it('OD-07: numbers and coordinates are never touched', () => {
    for (const number of ['-4.500000', '-1', '0']) expect(roundTrip('exact', number)).to.equal(number);
  });

  it('OD-07: a floor or a telephone number stays as it is, a formula in its place does not', () => {
    for (const harmless of ['-1', '+31 20 123 45 67', '+44 (0)20/123-45']) {
      expect(roundTrip('reference', harmless)).to.equal(harmless);
    }
    for (const formula of ['=1', '-A1', '+31|x', '@SUM(1)']) {
      expect(roundTrip('reference', formula)).to.equal(`'${formula}`);
    }
  });

  it('OD-07: identifiers stay as they are, what only pretends to be one does not', () => {
    for (const id of ['+49*810*000*438', '-1', 'NL*TNM*E1', '-a_b.c'])
      expect(roundTrip('identifier', id)).to.equal(id);
    for (const formula of ['=HYPERLINK("x")', '@A1', "+cmd|' /C calc'!A0", '-SUM(1)']) {
      expect(roundTrip('identifier', formula)).to.equal(`'${formula}`);
    }
  });

  it('lists are joined by a bar, each item guarded; nothing is an empty cell', () => {
    const lines = csvRows(columns('identifier', 'text', 'exact', 'exact', 'exact'), [
      [['A', 'B', '=C'], null, undefined, false, 0],
    ]);
    expect(lines).to.equal("A|B|'=C,,,false,0\r\n");
  });

  it('no rows are no lines, and the header is one', () => {
    expect(csvRows(columns('text'), [])).to.equal('');
    expect(csvHeader(columns('text', 'exact'))).to.equal('column0,column1\r\n');
  });

  it('whatever is written is read back the same, but for the apostrophe of the guard', () => {
    const kinds = fc.constantFrom<CellKind>('text', 'reference', 'identifier', 'exact');
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({
        unit: fc.constantFrom('"', ',', '\r', '\n', ';', '=', '-', '+', '@', '\t', "'", '1', 'A', ' '),
      }),
    );
    const cells = fc.array(fc.tuple(kinds, texts), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(cells, (row) => {
        const written = csvRows(columns(...row.map(([kind]) => kind)), [row.map(([, text]) => text)]);
        const [read = []] = parseCsv(written);
        expect(read).to.have.length(row.length);
        row.forEach(([kind, text], index) => {
          const cell = read[index] ?? '';
          expect(
            cell === text || (kind !== 'exact' && cell === `'${text}` && withoutGuard(cell) === text),
          ).to.equal(true);
        });
      }),
      { numRuns: 500 },
    );
  });

  it('OD-07: no guarded cell begins like a formula, unless it is a number or an identifier', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('=', '+', '-', '@', '\t', '\r', '1', 'A', '(', '|', '!') }),
        (text) => {
          expect(roundTrip('text', text)).to.not.match(/^[=+\-@\t\r]/);
          expect(roundTrip('reference', text)).to.not.match(/^[=@\t\r]|^[+-].*[A-Za-z|!]/s);
          expect(roundTrip('identifier', text)).to.not.match(/^[=@\t\r]|^[+-].*[(|!]/s);
        },
      ),
    );
  });
});
