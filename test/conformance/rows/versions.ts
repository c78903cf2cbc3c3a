/** The rows of the requirements about this: Versions and version details. */
import { ALL, type Section, SINCE_22 } from './row.ts';

export const versionsRows: Section = {
  name: 'versions',
  title: 'Versions and version details',
  rows: [
    {
      id: 'VER-01',
      versions: ALL,
      level: 'MUST',
      title: 'The versions are a list of numbers and absolute URLs',
    },
    {
      id: 'VER-02',
      versions: ALL,
      level: 'MUST',
      title: 'The versions work with every valid token, at any time, without side effects',
    },
    {
      id: 'VER-03',
      versions: ALL,
      level: 'MUST',
      title: 'Each version’s details carry its own number and its endpoints',
    },
    {
      id: 'VER-04',
      versions: SINCE_22,
      level: 'MUST',
      title: 'Each endpoint has an identifier, a role and a URL; an access point serves both sides',
    },
    {
      id: 'VER-05',
      versions: SINCE_22,
      level: 'SHOULD',
      title: 'Credentials are listed once; the role that a partner gives its own does not matter',
    },
    {
      id: 'VER-06',
      versions: ['2.1.1'],
      level: 'MUST',
      title: 'Endpoints of 2.1.1 have no role; there is one tree for each direction',
    },
    { id: 'VER-07', versions: ALL, level: 'MUST', title: 'What is not listed is not there' },
    {
      id: 'VER-08',
      versions: ALL,
      level: 'MUST',
      title: 'Only URLs that were discovered are called, as they stand',
    },
    {
      id: 'VER-09',
      versions: ALL,
      level: 'DEC',
      title: 'Unknown versions are passed over, the highest common one is chosen',
    },
    { id: 'VER-10', versions: ALL, level: 'MUST', title: 'Details hold standard modules only' },
  ],
};
