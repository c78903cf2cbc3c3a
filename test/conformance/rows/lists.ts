/** The rows of the requirements about this: Locations and Tariffs, given out. */
import { ALL, type Section, SINCE_22 } from './row.ts';

export const listsRows: Section = {
  name: 'lists',
  title: 'Locations and Tariffs, given out',
  rows: [
    { id: 'LS-01', versions: SINCE_22, level: 'MUST', title: 'date_from is inclusive and date_to exclusive' },
    { id: 'LS-02', versions: ['2.1.1'], level: 'DEC', title: 'Dates of 2.1.1 follow the same rule' },
    { id: 'LS-03', versions: ALL, level: 'MUST', title: 'A change of a child brings its whole Location' },
    { id: 'LS-04', versions: ALL, level: 'MUST', title: 'A client may ask for small pages' },
    {
      id: 'LS-05',
      versions: ALL,
      level: 'MUST',
      title: 'Following the links brings every object once, and ends',
    },
    {
      id: 'LS-06',
      versions: ALL,
      level: 'MUST',
      title: 'The total count is that of all pages, on every page',
    },
    { id: 'LS-07', versions: SINCE_22, level: 'MUST', title: 'The limit that is told is the server’s own' },
    { id: 'LS-08', versions: ALL, level: 'SHOULD', title: 'The oldest objects come first, new ones last' },
    { id: 'LS-09', versions: ALL, level: 'DEC', title: 'Past the end is empty; bad parameters are 2001' },
    {
      id: 'LS-10',
      versions: ALL,
      level: 'MUST',
      title: 'Dates are understood in every form of the specification',
    },
    { id: 'LS-11', versions: ALL, level: 'MUST', title: 'Every object that is given out is valid' },
    {
      id: 'LS-12',
      versions: ALL,
      level: 'MUST',
      title: 'Single Locations, EVSEs and Connectors can be read; what is unknown is 404',
    },
    {
      id: 'LS-13',
      versions: SINCE_22,
      level: 'DEC',
      title: 'An id of several owners is told apart, or answered with the candidates',
    },
    {
      id: 'LS-14',
      versions: ['2.1.1'],
      level: 'DEC',
      title: 'Ids of different owners stay apart where no party is named',
    },
    { id: 'LS-15', versions: ALL, level: 'MUST', title: 'What is given out is read only' },
    {
      id: 'LS-16',
      versions: ALL,
      level: 'MUST',
      title: 'The Tariff of a connector can be found, a deleted one is gone',
    },
    { id: 'LS-17', versions: SINCE_22, level: 'MUST', title: 'Objects keep their owner' },
    {
      id: 'LS-18',
      versions: ALL,
      level: 'DEC',
      title: 'Removed EVSEs are in filtered lists, so that everybody learns of them',
    },
    {
      id: 'LS-19',
      versions: SINCE_22,
      level: 'MUST',
      title: 'The routing headers of a list come from the access point to who asked',
    },
    { id: 'LS-20', versions: ALL, level: 'MAY', title: 'What is not published is in no list and no count' },
    {
      id: 'LS-21',
      versions: ALL,
      level: 'DEC',
      title: 'Empty lists have the same headers; pages come compressed',
    },
    {
      id: 'TS-01',
      versions: ALL,
      level: 'MUST',
      title: 'The list of Tariffs follows the rules of Locations',
    },
    { id: 'TS-02', versions: ALL, level: 'DEC', title: 'There is no single Tariff to read' },
  ],
};
