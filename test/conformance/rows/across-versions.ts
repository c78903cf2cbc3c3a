/** The rows of the requirements about this: From one version to another. */
import { ALL, type Section, SINCE_22 } from './row.ts';

export const acrossVersionsRows: Section = {
  name: 'across-versions',
  title: 'From one version to another',
  rows: [
    {
      id: 'CV-01',
      versions: ['2.1.1'],
      level: 'MUST',
      title: 'A Location of 2.1.1 is valid in 2.2.1 and 2.3.0',
    },
    {
      id: 'CV-02',
      versions: ['2.2.1'],
      level: 'MUST',
      title: 'Price limits of 2.2.1 are those of 2.3.0, without taxes',
    },
    { id: 'CV-03', versions: ['2.3.0'], level: 'DEC', title: 'What only 2.3.0 knows is not given to 2.2.1' },
    {
      id: 'CV-04',
      versions: ['2.3.0'],
      level: 'DEC',
      title: 'A price with taxes is given to 2.2.1 without them',
    },
    {
      id: 'CV-05',
      versions: ['2.3.0'],
      level: 'DEC',
      title: 'A price with unknown taxes is not given to 2.2.1',
    },
    {
      id: 'CV-06',
      versions: ['2.2.1'],
      level: 'DEC',
      title: 'A restriction that 2.1.1 lacks takes its element with it',
    },
    {
      id: 'CV-07',
      versions: ALL,
      level: 'MUST',
      title: 'Within a version everything comes back as it went in',
    },
    { id: 'CV-08', versions: ['2.2.1'], level: 'MUST', title: 'Coordinates for 2.1.1 have six decimals' },
    {
      id: 'CV-09',
      versions: ['2.3.0'],
      level: 'DEC',
      title: 'A plug that 2.2.1 does not know takes its connector and EVSE with it, not the Location',
    },
    { id: 'CV-10', versions: ALL, level: 'MUST', title: 'A removed EVSE is seen as such in every version' },
    {
      id: 'CV-11',
      versions: ['2.1.1'],
      level: 'DEC',
      title: 'An id that is too long for 2.2.1 gets a stable alias',
    },
    {
      id: 'CV-12',
      versions: ['2.2.1'],
      level: 'DEC',
      title: 'Of several Tariffs of a connector 2.1.1 gets one',
    },
    { id: 'CV-13', versions: SINCE_22, level: 'MUST', title: 'What is not published is not in 2.1.1 either' },
    { id: 'CV-14', versions: ALL, level: 'MUST', title: 'last_updated is the source’s, in every version' },
  ],
};
