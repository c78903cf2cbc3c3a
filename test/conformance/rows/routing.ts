/** The rows of the requirements about this: Message routing and hubs. */
import { type Section, SINCE_22 } from './row.ts';

export const routingRows: Section = {
  name: 'routing',
  title: 'Message routing and hubs',
  rows: [
    {
      id: 'RT-01',
      versions: SINCE_22,
      level: 'MUST',
      title: 'Routing headers are answered the other way round',
    },
    { id: 'RT-02', versions: SINCE_22, level: 'MUST', title: 'Routing headers may be missing' },
    { id: 'RT-03', versions: SINCE_22, level: 'DEC', title: 'Half a pair is 2001' },
    {
      id: 'RT-04',
      versions: SINCE_22,
      level: 'DEC',
      title: 'A sender that is no party of the caller is 2001',
    },
    {
      id: 'RT-05',
      versions: SINCE_22,
      level: 'DEC',
      title: 'URL and body agree on the owner, and the owner is the caller’s',
    },
    {
      id: 'RT-06',
      versions: SINCE_22,
      level: 'DEC',
      title: 'To somebody else: narrows a GET, refuses a push',
    },
    {
      id: 'RT-07',
      versions: SINCE_22,
      level: 'MUST',
      title: 'All objects of a hub are asked of the hub by name',
    },
    {
      id: 'RT-08',
      versions: SINCE_22,
      level: 'MUST',
      title: 'A GET is never broadcast',
      untestable: 'forbids a request that no client of ours can express; there is nothing to observe',
    },
    {
      id: 'RT-09',
      versions: SINCE_22,
      level: 'MUST',
      title: 'A broadcast push of a hub keeps its owner in the URL',
    },
    { id: 'RT-10', versions: SINCE_22, level: 'MUST', title: 'Whoever relays does not touch last_updated' },
    {
      id: 'RT-11',
      versions: SINCE_22,
      level: 'MUST',
      title: 'Pushes to providers carry the owner in the URL and us in the headers, and are not replayed',
    },
    {
      id: 'RT-12',
      versions: SINCE_22,
      level: 'MUST',
      title: 'Objects of different owners with equal ids are all returned',
    },
    {
      id: 'RT-13',
      versions: SINCE_22,
      level: 'MUST',
      title: 'Errors of a hub are failures of that call, nothing more',
    },
    { id: 'RT-14', versions: ['2.1.1'], level: 'DEC', title: '2.1.1 knows no routing headers' },
  ],
};
