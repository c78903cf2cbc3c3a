/** The rows of the requirements about this: Tariffs, pushed to the access point. */
import { ALL, type Section, SINCE_22 } from './row.ts';

export const tariffsReceiverRows: Section = {
  name: 'tariffs-receiver',
  title: 'Tariffs, pushed to the access point',
  rows: [
    { id: 'TR-01', versions: ALL, level: 'MUST', title: 'PUT creates a Tariff or replaces it' },
    {
      id: 'TR-02',
      versions: ALL,
      level: 'MUST',
      title: 'GET gives back what was put; an unknown one is 404',
    },
    {
      id: 'TR-03',
      versions: ALL,
      level: 'MUST',
      title: 'DELETE removes it everywhere; links to it may dangle',
    },
    { id: 'TR-04', versions: ALL, level: 'DEC', title: 'DELETE of an unknown Tariff is 404' },
    { id: 'TR-05', versions: SINCE_22, level: 'MUST', title: 'PATCH and POST are 405' },
    {
      id: 'TR-06',
      versions: ['2.1.1'],
      level: 'MUST',
      title: 'PATCH changes what it names, elements as a whole',
    },
    {
      id: 'TR-07',
      versions: ALL,
      level: 'SHOULD',
      title: 'Ids or owners that differ are 2001, another party’s Tariff is 404',
    },
    { id: 'TR-08', versions: ['2.3.0'], level: 'MUST', title: 'tax_included is YES, NO or N/A' },
    {
      id: 'TR-09',
      versions: SINCE_22,
      level: 'MUST',
      title: 'There is at least one element, with at least one price component',
    },
    {
      id: 'TR-10',
      versions: SINCE_22,
      level: 'MUST',
      title: 'Reservation elements with other components than FLAT and TIME are accepted and noted',
    },
    { id: 'TR-11', versions: ALL, level: 'MUST', title: 'The order of elements survives' },
    { id: 'TR-12', versions: ALL, level: 'DEC', title: 'Prices keep their value to the last digit' },
    {
      id: 'TR-13',
      versions: ALL,
      level: 'DEC',
      title: 'A missing last_updated is the moment of receipt, or 2001 for the strict',
    },
    {
      id: 'TR-14',
      versions: ALL,
      level: 'DEC',
      title: 'A free Tariff is one flat price of nothing; no Tariff is unknown, not free',
    },
  ],
};
