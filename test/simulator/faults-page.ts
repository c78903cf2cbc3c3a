// Faults of paging: they change the page of a list before it becomes an answer. Each
// does what its sentence says, to GET requests of lists only. Never fails.

import type { Fault } from './faults-types.ts';

/** How far along the `up` direction starts: so many objects are held back at first. */
const DEFAULT_SHIFTS = 1;

export const PAGE_FAULTS = {
  onePerPage: {
    sentence: 'Every page holds one object, whatever limit was asked for; X-Limit says 1.',
    parameters: [],
    page: (page) => {
      page.limit = 1;
    },
  },
  changingTotal: {
    sentence:
      'X-Total-Count changes between pages because objects really shift: direction=down (usual) takes the first object of the list away before each page after the first, direction=up holds objects back and lets them in at the front; shifts says how many in one crawl (1).',
    parameters: ['direction', 'shifts'],
    page: (page, { direction = 'down', shifts = DEFAULT_SHIFTS }, _request, memory) => {
      // The first page of a crawl starts anew; each further page shifts by one more.
      const pages = page.offset === 0 ? 0 : (memory.get('pages') ?? 0) + 1;
      memory.set('pages', pages);
      const shifted = Math.min(pages, shifts);
      page.rows = page.rows.slice(direction === 'down' ? shifted : shifts - shifted);
    },
  },
  repeatingPage: {
    sentence:
      'The Link of a page leads to the same page once more before it goes on, so that every page comes twice; with self=true it leads to itself for ever.',
    parameters: ['self'],
    page: (page, { self = false }) => {
      if (self) page.link = 'self';
      else page.link = page.again ? 'next' : 'again';
    },
  },
  foreignLink: {
    sentence: 'The Link to the next page names another host (origin, http://elsewhere.invalid unless told).',
    parameters: ['origin'],
    page: (page, { origin = 'http://elsewhere.invalid' }) => {
      page.linkOrigin = origin;
    },
  },
} satisfies Record<string, Fault>;
