/** The rows of the requirements about this: The access point as a client that pulls. */
import { ALL, type Section, SINCE_22 } from './row.ts';

export const pullClientRows: Section = {
  name: 'pull-client',
  title: 'The access point as a client that pulls',
  rows: [
    {
      id: 'PC-01',
      versions: ALL,
      level: 'MUST',
      title: 'Lists are asked of discovered endpoints, with ids and routing headers',
    },
    {
      id: 'PC-02',
      versions: ALL,
      level: 'MUST',
      title: 'Links are followed as they stand, until there is none',
    },
    { id: 'PC-03', versions: ALL, level: 'DEC', title: 'Links that loop or lead away end the pull' },
    {
      id: 'PC-04',
      versions: ALL,
      level: 'SHOULD',
      title: 'A list that shrinks while it is read loses nothing',
    },
    { id: 'PC-05', versions: ALL, level: 'SHOULD', title: 'Bad objects are left out, good ones stored' },
    {
      id: 'PC-06',
      versions: ALL,
      level: 'MUST',
      title: 'A whole unfiltered pull is the new truth; half of one is not',
    },
    {
      id: 'PC-07',
      versions: ALL,
      level: 'DEC',
      title: 'An incremental pull begins where the last one began, with an overlap',
    },
    {
      id: 'PC-08',
      versions: SINCE_22,
      level: 'MAY',
      title: 'Objects of parties that the platform does not speak for are not applied',
    },
    { id: 'PC-09', versions: ALL, level: 'SHOULD', title: 'Pulls are few, and one at a time' },
    {
      id: 'PC-10',
      versions: ALL,
      level: 'MUST',
      title: 'Refusals and errors are failures that remove nothing',
    },
    { id: 'PC-11', versions: ALL, level: 'MUST', title: 'The newer of push and pull wins, object by object' },
    {
      id: 'PC-12',
      versions: ['2.1.1'],
      level: 'DEC',
      title: 'The owner of a pulled object is the party of the platform',
    },
    { id: 'PC-13', versions: ALL, level: 'SHOULD', title: 'After an outage the next pull brings everything' },
    {
      id: 'PC-14',
      versions: ALL,
      level: 'DEC',
      title: 'Missing fields that many platforms leave out are filled in and noted',
    },
  ],
};
