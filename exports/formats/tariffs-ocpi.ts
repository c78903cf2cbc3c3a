/**
 * `/data/tariffs.ocpi.json`: all Tariffs as OCPI 2.2.1, in an OCPI envelope. A Tariff whose prices 2.2.1 cannot
 * state (tax included at an unknown rate) is left out (CV-05); `tariffs.csv` has it.
 */
import { ocpi221 } from '../dialects/ocpi-2.2.1.ts';
import { closeEnvelope, ENVELOPE_SEPARATOR, openEnvelope } from '../envelope.ts';
import type { TariffFormat } from '../format.ts';

export const tariffsOcpi: TariffFormat = {
  name: 'tariffs.ocpi.json',
  module: 'tariffs',
  mediaType: 'application/json',
  title: 'Tariffs for OCPI software',
  description:
    'Every tariff as an OCPI 2.2.1 Tariff object, prices without VAT, in an OCPI response envelope. Connectors name tariffs by country_code, party_id and id.',
  dataSets: ['dynamic'],
  standard: 'https://github.com/ocpi/ocpi/tree/release-2.2.1-bugfixes',
  open: (edition) => openEnvelope(edition, ocpi221.version),
  write: ({ document }) => ocpi221.tariff({ document }) ?? '',
  separator: ENVELOPE_SEPARATOR,
  close: closeEnvelope,
};
