/**
 * By which properties the Features of each collection can be selected (OGC API Features Part 3, Queryables and
 * Queryables as Query Parameters): the name of the parameter, what it may hold, and what it selects. Several values are
 * separated by commas and mean "one of them"; several parameters mean "all of them".
 */
import { compactEvseId } from '../../../db/identifiers/evse-id.ts';
import type { ChargingSelection, TariffSelection } from '../../../db/reads/feature-selection.ts';
import { SHOWN_STATUSES } from '../../../exports/public-objects.ts';

/** All that a request can select by; each collection reads of it what it knows. */
export type Selection = ChargingSelection & TariffSelection;

/** Of one value; the words that JSON Schema and OpenAPI 3.0 have in common. */
export interface ValueSchema {
  readonly type: 'string' | 'number';
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
}

export interface Queryable {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly schema: ValueSchema;
  /** One value only, where several would say nothing. */
  readonly isSingle?: true;
  /** What the values select, or what is wrong with them. `text` is all of them as they came. */
  read(values: readonly string[], text: string): Selection | string;
}

/** As texts that came may be any. */
const STATUSES: readonly string[] = SHOWN_STATUSES;
const TARIFF_TYPES = ['AD_HOC_PAYMENT', 'PROFILE_CHEAP', 'PROFILE_FAST', 'PROFILE_GREEN', 'REGULAR'];

const PARTY = /^([A-Z]{2})[-*]?([A-Z0-9]{3})$/;
const WORD = /^[A-Z0-9_]{1,64}$/;
const CURRENCY = /^[A-Z]{3}$/;
const NUMBER = /^\d{1,7}(\.\d{1,6})?$/;
/** Characters of a text that is looked for: names in OCPI have up to 100. */
const TEXT_LIMIT = 100;
/** Kilowatt: ten times the strongest that is built. */
const POWER_LIMIT_KW = 40_000;

const party: Queryable = {
  name: 'party',
  title: 'Party',
  description: 'The owner of the data, country code and party id: NL-TNM.',
  schema: { type: 'string', maxLength: 7 },
  read(values) {
    const owners = values.flatMap((value) => {
      const [, countryCode, partyId] = PARTY.exec(value.toUpperCase()) ?? [];
      return countryCode !== undefined && partyId !== undefined ? { countryCode, partyId } : [];
    });
    return owners.length === values.length ? { owners } : 'must be country code and party id, such as NL-TNM';
  },
};

const operator: Queryable = {
  name: 'operator',
  title: 'Operator',
  description: 'Name of the operator, whole, in upper or lower case; a name may have commas.',
  schema: { type: 'string', maxLength: TEXT_LIMIT },
  read(values, text) {
    const names = new Set([...values, text].map((value) => value.toLowerCase()));
    return { operators: [...names] };
  },
};

const connector: Queryable = {
  name: 'connector',
  title: 'Connector standard',
  description:
    'Standard of a Connector in the words of OCPI: IEC_62196_T2, IEC_62196_T2_COMBO (CCS), CHADEMO, DOMESTIC_F, SAE_J3400 and others.',
  schema: { type: 'string', maxLength: 64 },
  read(values) {
    const standards = values.map((value) => value.toUpperCase());
    return standards.every((value) => WORD.test(value))
      ? { standards }
      : 'must be a standard in the words of OCPI, such as IEC_62196_T2_COMBO';
  },
};

const minPower: Queryable = {
  name: 'min_power_kw',
  title: 'Power at least',
  description:
    'Kilowatt that a Connector gives at least, as its owner states it, else worked out from voltage and amperage. With `connector`, one Connector must be both.',
  schema: { type: 'number', minimum: 0, maximum: POWER_LIMIT_KW },
  isSingle: true,
  read([value = '']) {
    const kilowatts = NUMBER.test(value) ? Number(value) : Number.NaN;
    return kilowatts <= POWER_LIMIT_KW
      ? { leastPower: Math.ceil(kilowatts * 1000) }
      : `must be a number of kilowatt from 0 to ${POWER_LIMIT_KW}, such as 50`;
  },
};

const status: Queryable = {
  name: 'status',
  title: 'Status',
  description: 'Status of the EVSE. UNKNOWN is neither free nor occupied.',
  schema: { type: 'string', enum: STATUSES },
  read(values) {
    const statuses = values.map((value) => value.toUpperCase());
    return statuses.every((value) => STATUSES.includes(value))
      ? { statuses }
      : `must be one of ${STATUSES.join(', ')}`;
  },
};

const evseId: Queryable = {
  name: 'evse_id',
  title: 'EVSE ID',
  description: 'EVSE ID in any spelling: NL*TNM*E123, NLTNME123 or +31*810*000123.',
  schema: { type: 'string', maxLength: TEXT_LIMIT },
  read(values) {
    const evseIds = values.flatMap((value) => compactEvseId(value) ?? []);
    return evseIds.length === values.length
      ? { evseIds }
      : 'must be an EVSE ID: NL*TNM*E123, NLTNME123 and +49*823*1234 are such';
  },
};

const currency: Queryable = {
  name: 'currency',
  title: 'Currency',
  description: 'Currency of the prices, ISO 4217: EUR.',
  schema: { type: 'string', maxLength: 3 },
  read(values) {
    const currencies = values.map((value) => value.toUpperCase());
    return currencies.every((value) => CURRENCY.test(value))
      ? { currencies }
      : 'must be a currency of ISO 4217, such as EUR';
  },
};

const tariffType: Queryable = {
  name: 'type',
  title: 'Type of Tariff',
  description: 'Whom the Tariff is for, as far as its owner says so.',
  schema: { type: 'string', enum: TARIFF_TYPES },
  read(values) {
    const types = values.map((value) => value.toUpperCase());
    return types.every((value) => TARIFF_TYPES.includes(value))
      ? { types }
      : `must be one of ${TARIFF_TYPES.join(', ')}`;
  },
};

/** What they say of an EVSE must hold of one EVSE of the Location. */
export const LOCATION_QUERYABLES: readonly Queryable[] = [party, operator, connector, minPower, status];
export const EVSE_QUERYABLES: readonly Queryable[] = [...LOCATION_QUERYABLES, evseId];
export const TARIFF_QUERYABLES: readonly Queryable[] = [party, currency, tariffType];
