/** The rows of the requirements about this: What is public. */
import { ALL, type Section } from './row.ts';

export const openDataRows: Section = {
  name: 'open-data',
  title: 'What is public',
  rows: [
    { id: 'OD-01', versions: ALL, level: 'DEC', title: 'What is not published is not public' },
    {
      id: 'OD-02',
      versions: ALL,
      level: 'DEC',
      title: 'Removed EVSEs and Locations without any are not public',
    },
    {
      id: 'OD-03',
      versions: ALL,
      level: 'DEC',
      title: 'Nothing of tokens and of whom a Location is published to is public',
    },
    { id: 'OD-04', versions: ALL, level: 'DEC', title: 'GeoJSON has longitude first, as numbers' },
    { id: 'OD-05', versions: ALL, level: 'DEC', title: 'An EVSE’s own coordinates win' },
    {
      id: 'OD-06',
      versions: ALL,
      level: 'DEC',
      title: 'Power is as stated, or computed from volts, amperes and phases',
    },
    { id: 'OD-07', versions: ALL, level: 'DEC', title: 'No text of an owner becomes a formula in a table' },
    { id: 'OD-08', versions: ALL, level: 'DEC', title: 'Opening hours are local times, periods are in UTC' },
    { id: 'OD-09', versions: ALL, level: 'DEC', title: 'A missing operator is the party of the connection' },
    { id: 'OD-10', versions: ALL, level: 'DEC', title: 'Texts of any alphabet come through, in UTF-8' },
  ],
};
