/** The rows of the requirements about this: Authorization header and tokens. */
import { ALL, type Section, SINCE_22 } from './row.ts';

export const authorizationRows: Section = {
  name: 'authorization',
  title: 'Authorization header and tokens',
  rows: [
    { id: 'AUTH-01', versions: ALL, level: 'MUST', title: 'Every endpoint wants a token' },
    { id: 'AUTH-02', versions: ALL, level: 'MUST', title: 'A token of nobody is refused' },
    { id: 'AUTH-03', versions: SINCE_22, level: 'MUST', title: 'The token comes in Base64' },
    { id: 'AUTH-04', versions: ['2.1.1'], level: 'MUST', title: 'The token comes as it is' },
    {
      id: 'AUTH-05',
      versions: ALL,
      level: 'DEC',
      title: 'Raw and Base64 tokens are both understood, unless a connection insists on one form',
    },
    {
      id: 'AUTH-06',
      versions: SINCE_22,
      level: 'DEC',
      title: 'A line break that was encoded with the token does no harm',
    },
    {
      id: 'AUTH-07',
      versions: ALL,
      level: 'DEC',
      title: 'Whatever the header holds, the answer is 401 and never an error of the server',
    },
    {
      id: 'AUTH-08',
      versions: ALL,
      level: 'DEC',
      title: 'The scheme is Token in any case of letters, and no other',
    },
    {
      id: 'AUTH-09',
      versions: ALL,
      level: 'MUST',
      title: 'A registration token opens versions, details and credentials only',
    },
    {
      id: 'AUTH-10',
      versions: ALL,
      level: 'MUST',
      title: 'Each token is one platform’s own, and shows that platform its own objects',
    },
    {
      id: 'AUTH-11',
      versions: SINCE_22,
      level: 'MUST',
      title: 'An issued token is 1 to 64 printable characters without blanks',
    },
    { id: 'AUTH-12', versions: ALL, level: 'MUST', title: 'Replaced and withdrawn tokens are dead' },
    {
      id: 'AUTH-13',
      versions: ALL,
      level: 'DEC',
      title: 'A 401 has an envelope, names the scheme and repeats the ids',
    },
    {
      id: 'AUTH-14',
      versions: ALL,
      level: 'MUST',
      title: 'The public address speaks TLS',
      untestable: 'TLS ends at the proxy in front of the access point: README, In production',
    },
    { id: 'AUTH-15', versions: ALL, level: 'DEC', title: 'Tokens go out encoded as the partner wants them' },
    {
      id: 'AUTH-16',
      versions: ALL,
      level: 'DEC',
      title: 'GET credentials returns the very token that was used',
    },
  ],
};
