/**
 * EIPA of the Polish Office of Technical Inspection (UDT): Poland. CSV with semicolons, a row a company; its last row
 * says of when the list is. Foreign companies stand there with the ID of their own country: that register gives it
 * out, not this one. A list without states.
 */
import type { OperatorRegister } from '../operator-register.ts';
import { readCsv } from '../read-csv.ts';
import { RegisterRow } from '../register-row.ts';

const COUNTRIES = ['PL'];
const COLUMNS = ['Nazwa', 'operator', 'dostawca', 'Strona www', 'Data rejestracji'] as const;

/** "As of": what the last row begins with. */
const AS_OF = /^Stan na dzień/i;

export const eipa: OperatorRegister = {
  authority: 'eipa',
  title: 'EIPA (UDT)',
  countries: COUNTRIES,

  async *read(document) {
    for await (const { place, cells, width } of readCsv(document, { delimiter: ';', columns: COLUMNS })) {
      if (cells && AS_OF.test(cells.Nazwa)) continue;
      const row = new RegisterRow(place, { ...cells });
      if (cells === null) {
        row.refuse(`has ${width} cells, not as many as the head`, '');
      } else {
        const facts = { status: 'ACTIVE', name: cells.Nazwa, website: cells['Strona www'] } as const;
        if (cells.operator !== '') row.add(cells.operator, 'CPO', facts, COUNTRIES);
        if (cells.dostawca !== '') row.add(cells.dostawca, 'EMSP', facts, COUNTRIES);
      }
      yield row;
    }
  },
};
