/** The rows of the requirements about this: HubClientInfo. */
import { type Section, SINCE_22 } from './row.ts';

export const hubClientInfoRows: Section = {
  name: 'hub-client-info',
  title: 'HubClientInfo',
  rows: [
    {
      id: 'HCI-01',
      versions: SINCE_22,
      level: 'MUST',
      title: 'PUT stores a party that the hub announces, and replaces it',
    },
    { id: 'HCI-02', versions: SINCE_22, level: 'MUST', title: 'GET gives it back; an unknown one is 404' },
    {
      id: 'HCI-03',
      versions: SINCE_22,
      level: 'DEC',
      title: 'URL and body agree; a missing last_updated is the moment of receipt',
    },
    { id: 'HCI-04', versions: SINCE_22, level: 'MUST', title: 'POST, PATCH and DELETE are 405' },
    { id: 'HCI-05', versions: SINCE_22, level: 'DEC', title: 'Only a hub may announce parties' },
    {
      id: 'HCI-06',
      versions: SINCE_22,
      level: 'SHOULD',
      title: 'A connected party may push through the hub; others are not called',
    },
    {
      id: 'HCI-07',
      versions: SINCE_22,
      level: 'MUST',
      title: 'The hub’s list is pulled page by page, and is the new truth',
    },
    { id: 'HCI-08', versions: SINCE_22, level: 'MUST', title: 'HubClientInfo carries no routing headers' },
  ],
};
