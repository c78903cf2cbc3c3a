/** The rows of the requirements about this: Envelope, formats and ids. */
import { ALL, type Section, SINCE_22 } from './row.ts';

export const envelopeRows: Section = {
  name: 'envelope',
  title: 'Envelope, formats and ids',
  rows: [
    {
      id: 'ENV-01',
      versions: ALL,
      level: 'MUST',
      title: 'Every answer is JSON with a status_code and a timestamp',
    },
    { id: 'ENV-02', versions: ALL, level: 'MUST', title: 'The timestamp is the present, in UTC with a Z' },
    {
      id: 'ENV-03',
      versions: ALL,
      level: 'MUST',
      title: 'A list is a list, also when it is empty; an object is an object',
    },
    { id: 'ENV-04', versions: SINCE_22, level: 'SHOULD', title: 'A successful write answers without data' },
    { id: 'ENV-05', versions: ALL, level: 'DEC', title: 'No answer is without a body' },
    { id: 'ENV-06', versions: ALL, level: 'MUST', title: 'What is no JSON is 400' },
    {
      id: 'ENV-07',
      versions: SINCE_22,
      level: 'MUST',
      title: 'An object that makes no sense is 2001 inside HTTP 200',
    },
    {
      id: 'ENV-08',
      versions: SINCE_22,
      level: 'MUST',
      title: 'A body is application/json, with any charset; another type is 415',
    },
    {
      id: 'ENV-09',
      versions: ['2.3.0'],
      level: 'MUST',
      title: 'Fields that nobody knows never cause a refusal',
    },
    {
      id: 'ENV-10',
      versions: ALL,
      level: 'MUST',
      title: 'Optional fields may be null or absent, optional lists empty',
    },
    {
      id: 'ENV-11',
      versions: ALL,
      level: 'MUST',
      title: 'Required fields may be neither null nor absent, nor required lists empty',
    },
    {
      id: 'ENV-12',
      versions: SINCE_22,
      level: 'MAY',
      title: '#NA stands for a text that cannot exist, and for nothing else',
    },
    {
      id: 'ENV-13',
      versions: ALL,
      level: 'MUST',
      title: 'Enumerations keep their case, ids are compared without it',
    },
    {
      id: 'ENV-14',
      versions: ['2.3.0'],
      level: 'MUST',
      title: 'Open enumerations take any value, closed ones do not',
    },
    {
      id: 'ENV-15',
      versions: ['2.1.1', '2.2.1'],
      level: 'DEC',
      title: 'Unknown values are kept in optional lists and refused where one is required',
    },
    { id: 'ENV-16', versions: ALL, level: 'DEC', title: 'A text that is too long is refused' },
    {
      id: 'ENV-17',
      versions: SINCE_22,
      level: 'MUST',
      title: 'Every answer repeats both ids of its request',
    },
    {
      id: 'ENV-18',
      versions: SINCE_22,
      level: 'DEC',
      title: 'A request without ids is served and gets some',
    },
    {
      id: 'ENV-19',
      versions: SINCE_22,
      level: 'MUST',
      title: 'Each request that goes out has a new id, those of one operation a common one',
    },
    { id: 'ENV-20', versions: ALL, level: 'DEC', title: 'A body beyond all measure is 413' },
    {
      id: 'ENV-21',
      versions: ALL,
      level: 'MUST',
      title: 'Ids of any printable ASCII work in paths, decoded once',
    },
    { id: 'ENV-22', versions: ALL, level: 'DEC', title: 'A trailing slash makes no difference' },
  ],
};
