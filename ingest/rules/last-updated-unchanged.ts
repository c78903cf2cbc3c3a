/** Content that changes moves `last_updated`, or incremental pulls by its owner's clock miss it. */
import { sameContent } from '../../db/registry/content.ts';
import type { LocationRule } from '../rule.ts';

export const lastUpdatedUnchanged: LocationRule = {
  on: 'location',
  id: 'last-updated-unchanged',
  severity: 'warning',
  isAboutTime: true,
  title: 'The content changed, and last_updated did not',
  afir: null,
  source: 'OCPI 2.2.1, 8.3.1: last_updated is the time of the last change',
  meaning:
    'Others ask for what changed since a moment. What changes without a new last_updated never reaches those that ' +
    'ask by it.',
  mend: 'Set last_updated of the Location, and of the EVSE or Connector, whenever anything in it changes.',

  check(location, { previous }, found) {
    if (!previous || previous.last_updated !== location.last_updated) return;
    // A Location that vanished from a pull was changed by the registry, which gives it no time of its own.
    if (location.evses?.every(({ status }) => status === 'REMOVED')) return;
    if (sameContent(previous, location)) return;
    found({
      path: 'last_updated',
      message: 'is the same although the content changed',
      received: location.last_updated,
    });
  },
};
