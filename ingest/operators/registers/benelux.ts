/**
 * Benelux IDRO, successor of eViolin: Belgium, the Netherlands, Luxembourg. CSV, a row a company with its IDs of all
 * three countries: `"BE*505 - NL*505","BE-505 - NL-505"`, `/` for none. A list without states: who stands there
 * holds the ID.
 */
import type { OperatorRegister } from '../operator-register.ts';
import { readCsv } from '../read-csv.ts';
import { RegisterRow } from '../register-row.ts';

const COUNTRIES = ['BE', 'NL', 'LU'];
const COLUMNS = ['Company Name', 'Operator-ID (CPO)', 'Provider-ID (MSP)', 'Website'] as const;
const NONE: ReadonlySet<string> = new Set(['', '/', '-']);

export const benelux: OperatorRegister = {
  authority: 'benelux',
  title: 'Benelux IDRO (formerly eViolin)',
  countries: COUNTRIES,

  async *read(document) {
    for await (const { place, cells, width } of readCsv(document, { delimiter: ',', columns: COLUMNS })) {
      const row = new RegisterRow(place, { ...cells });
      if (cells === null) {
        row.refuse(`has ${width} cells, not as many as the head`, '');
      } else {
        const facts = { status: 'ACTIVE', name: cells['Company Name'], website: cells.Website } as const;
        for (const id of idsOf(cells['Operator-ID (CPO)'])) row.add(id, 'CPO', facts, COUNTRIES);
        for (const id of idsOf(cells['Provider-ID (MSP)'])) row.add(id, 'EMSP', facts, COUNTRIES);
      }
      yield row;
    }
  },
};

function idsOf(cell: string): string[] {
  return cell
    .split(/\s-\s|[,;\n]/)
    .map((id) => id.trim())
    .filter((id) => !NONE.has(id));
}
