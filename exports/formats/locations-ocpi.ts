/**
 * `/data/locations.ocpi.json`: all public Locations as OCPI 2.2.1, whole, in an OCPI envelope. A Location of
 * which 2.2.1 can express no EVSE is left out: without EVSEs it would read as expired (LR-20).
 */
import { ocpi221 } from '../dialects/ocpi-2.2.1.ts';
import { closeEnvelope, ENVELOPE_SEPARATOR, openEnvelope } from '../envelope.ts';
import type { LocationFormat } from '../format.ts';

export const locationsOcpi: LocationFormat = {
  name: 'locations.ocpi.json',
  module: 'locations',
  mediaType: 'application/json',
  title: 'Locations for OCPI software',
  description:
    'Every charging location as an OCPI 2.2.1 Location object, with all that its operator states of it, in an OCPI response envelope.',
  dataSets: ['static', 'dynamic'],
  standard: 'https://github.com/ocpi/ocpi/tree/release-2.2.1-bugfixes',
  open: (edition) => openEnvelope(edition, ocpi221.version),
  write: ({ document, asStored, evses }) => {
    const native = asStored.includes(ocpi221.version);
    if (!native && evses.every((evse) => ocpi221.evse(evse) === null)) return '';
    return ocpi221.location({ document, asStored }) ?? '';
  },
  separator: ENVELOPE_SEPARATOR,
  close: closeEnvelope,
};
