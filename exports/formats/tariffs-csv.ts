/**
 * `/data/tariffs.csv`: one row a price component of every Tariff. `element` and `component` count from 1 in the
 * owner's order, and the order counts: for each dimension the first element whose restrictions fit gives the
 * price. An empty restriction does not restrict. Free of charge is a FLAT component of 0 without restrictions
 * (TR-14). Prices are with or without tax as `tax_included` says.
 */
import type { PriceComponent, PriceLimit, Tariff, TariffElement } from '../../db/model.ts';
import { type Cell, CSV_MEDIA_TYPE } from '../csv.ts';
import { csvTable } from '../csv-table.ts';
import type { TariffFormat } from '../format.ts';
import { textOrNull } from '../missing.ts';
import type { PublicTariff } from '../public-objects.ts';

interface Row {
  readonly tariff: Tariff;
  readonly restrictions: NonNullable<TariffElement['restrictions']>;
  readonly component: PriceComponent;
  /** Counted from 1. */
  readonly elementNumber: number;
  readonly componentNumber: number;
}

/** In order. */
const TABLE = csvTable<[row: Row]>([
  [
    'country_code',
    'identifier',
    "Country of the owner's OCPI party",
    ({ tariff }) => tariff.country_code.toUpperCase(),
  ],
  ['party_id', 'identifier', "The owner's OCPI party", ({ tariff }) => tariff.party_id.toUpperCase()],
  [
    'tariff_id',
    'identifier',
    'Unique within country_code and party_id; connectors name it in tariff_ids',
    ({ tariff }) => value(tariff.id),
  ],
  ['type', 'identifier', 'OCPI TariffType; empty: for every use', ({ tariff }) => value(tariff.type)],
  ['currency', 'identifier', 'ISO 4217', ({ tariff }) => value(tariff.currency)],
  [
    'tax_included',
    'identifier',
    'YES: prices include tax; NO: they do not; N/A: no tax applies',
    ({ tariff }) => value(tariff.tax_included),
  ],
  [
    'element',
    'integer',
    'Number of the element, from 1; the first that fits gives the price of a dimension',
    (row) => row.elementNumber,
  ],
  [
    'component',
    'integer',
    'Number of the price component within the element, from 1',
    (row) => row.componentNumber,
  ],
  [
    'dimension',
    'identifier',
    'ENERGY (per kWh), TIME (per hour of charging), PARKING_TIME (per hour without charging), FLAT (once)',
    ({ component }) => value(component.type),
  ],
  [
    'price',
    'number',
    'In the currency, per unit of the dimension',
    ({ component }) => value(component.price),
  ],
  ['vat', 'number', 'Per cent; empty when not stated', ({ component }) => value(component.vat)],
  [
    'step_size',
    'integer',
    'Smallest amount billed: Wh for ENERGY, seconds for TIME and PARKING_TIME',
    ({ component }) => value(component.step_size),
  ],
  ['start_time', 'exact', 'Local time of day from which the element holds, HH:MM', restriction('start_time')],
  [
    'end_time',
    'exact',
    'Local time of day until which it holds; before start_time: on the next day',
    restriction('end_time'),
  ],
  ['start_date', 'date', 'Local date from which it holds, inclusive', restriction('start_date')],
  ['end_date', 'date', 'Local date until which it holds, exclusive', restriction('end_date')],
  ['day_of_week', 'identifier[]', 'Days on which it holds, joined by |', restriction('day_of_week')],
  ['min_kwh', 'number', 'Energy of the session from which it holds, inclusive', restriction('min_kwh')],
  ['max_kwh', 'number', 'Energy of the session until which it holds, exclusive', restriction('max_kwh')],
  ['min_current', 'number', 'Ampere over all phases, from which it holds', restriction('min_current')],
  ['max_current', 'number', 'Ampere over all phases, below which it holds', restriction('max_current')],
  ['min_power', 'number', 'kW from which it holds', restriction('min_power')],
  ['max_power', 'number', 'kW below which it holds', restriction('max_power')],
  [
    'min_duration',
    'integer',
    'Seconds of the session from which it holds, inclusive',
    restriction('min_duration'),
  ],
  [
    'max_duration',
    'integer',
    'Seconds of the session until which it holds, exclusive',
    restriction('max_duration'),
  ],
  [
    'reservation',
    'identifier',
    'RESERVATION or RESERVATION_EXPIRES: the element is for reservations',
    restriction('reservation'),
  ],
  [
    'min_price_before_taxes',
    'number',
    'A session costs at least this much, without tax',
    ({ tariff }) => limit(tariff.min_price, 'before_taxes'),
  ],
  [
    'min_price_after_taxes',
    'number',
    'A session costs at least this much, with tax',
    ({ tariff }) => limit(tariff.min_price, 'after_taxes'),
  ],
  [
    'max_price_before_taxes',
    'number',
    'A session costs at most this much, without tax',
    ({ tariff }) => limit(tariff.max_price, 'before_taxes'),
  ],
  [
    'max_price_after_taxes',
    'number',
    'A session costs at most this much, with tax',
    ({ tariff }) => limit(tariff.max_price, 'after_taxes'),
  ],
  [
    'start_date_time',
    'dateTime',
    'When the Tariff begins, UTC',
    ({ tariff }) => value(tariff.start_date_time),
  ],
  ['end_date_time', 'dateTime', 'When it ends, UTC', ({ tariff }) => value(tariff.end_date_time)],
  [
    'alt_text',
    'text[]',
    "The owner's words on the Tariff, each with its language before it, joined by |",
    ({ tariff }) => altTexts(tariff.tariff_alt_text),
  ],
  ['alt_url', 'anyURI', "The owner's page on the Tariff", ({ tariff }) => value(tariff.tariff_alt_url)],
  [
    'last_updated',
    'dateTime',
    "The owner's time of the Tariff, UTC",
    ({ tariff }) => value(tariff.last_updated),
  ],
]);

export const tariffsCsv: TariffFormat = {
  name: 'tariffs.csv',
  module: 'tariffs',
  mediaType: CSV_MEDIA_TYPE,
  title: 'Prices as a table',
  description: 'One row a price component of every tariff, with the restrictions under which it holds.',
  dataSets: ['dynamic'],
  columns: TABLE.columns,
  open: () => TABLE.header(),
  write: (object) => TABLE.rows(priceComponentsOf(object)),
  separator: '',
  close: () => '',
};

function priceComponentsOf({ tariff }: PublicTariff): [Row][] {
  return tariff.elements.flatMap((element, elementIndex) =>
    element.price_components.map((component, componentIndex): [Row] => [
      {
        tariff,
        restrictions: element.restrictions ?? {},
        component,
        elementNumber: elementIndex + 1,
        componentNumber: componentIndex + 1,
      },
    ]),
  );
}

function restriction(field: string): (row: Row) => Cell {
  return ({ restrictions }) => value(restrictions[field]);
}

function limit(price: PriceLimit | null | undefined, field: keyof PriceLimit): Cell {
  return price?.[field];
}

function value(field: unknown): Cell {
  if (field === null || field === undefined) return null;
  if (Array.isArray(field)) return field.map(String);
  return typeof field === 'string' ? textOrNull(field) : String(field);
}

function altTexts(texts: Tariff['tariff_alt_text']): Cell {
  return texts?.map(({ language, text }) => `${language}: ${text}`);
}
