// The OCPI 2.2.1 objects as the simulator makes them, in the names of the wire.
// These are shapes for the simulator's own objects only: objects from a file or
// from a receiver under test are never trusted to have them. Written apart from
// the registry's model on purpose, so that a mistake there is not repeated here.

export interface GeoLocation {
  latitude: string;
  longitude: string;
}

export interface BusinessDetails {
  name: string;
  website?: string;
}

export interface RegularHours {
  weekday: number;
  period_begin: string;
  period_end: string;
}

export interface Hours {
  twentyfourseven: boolean;
  regular_hours?: RegularHours[];
}

export interface DisplayText {
  language: string;
  text: string;
}

export interface Connector {
  id: string;
  standard: string;
  format: string;
  power_type: string;
  max_voltage: number;
  max_amperage: number;
  max_electric_power?: number;
  tariff_ids?: string[];
  last_updated: string;
}

export interface Evse {
  uid: string;
  evse_id?: string;
  status: string;
  capabilities?: string[];
  connectors: Connector[];
  floor_level?: string;
  coordinates?: GeoLocation;
  physical_reference?: string;
  directions?: DisplayText[];
  parking_restrictions?: string[];
  last_updated: string;
}

export interface Location {
  country_code: string;
  party_id: string;
  id: string;
  publish: boolean;
  name: string;
  address: string;
  city: string;
  postal_code: string;
  country: string;
  coordinates: GeoLocation;
  parking_type?: string;
  evses: Evse[];
  operator: BusinessDetails;
  owner?: BusinessDetails;
  time_zone: string;
  opening_times: Hours;
  last_updated: string;
}

export interface PriceComponent {
  type: 'ENERGY' | 'FLAT' | 'PARKING_TIME' | 'TIME';
  price: number;
  vat?: number;
  step_size: number;
}

export interface TariffRestrictions {
  start_time?: string;
  end_time?: string;
  start_date?: string;
  end_date?: string;
  max_power?: number;
  min_duration?: number;
  max_duration?: number;
  day_of_week?: string[];
}

export interface TariffElement {
  price_components: PriceComponent[];
  restrictions?: TariffRestrictions;
}

export interface Tariff {
  country_code: string;
  party_id: string;
  id: string;
  currency: string;
  type?: string;
  tariff_alt_text?: DisplayText[];
  tariff_alt_url?: string;
  elements: TariffElement[];
  start_date_time?: string;
  last_updated: string;
}

/** A moment as OCPI writes it, to the second, always with `Z`. */
export function toDateTime(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19)}Z`;
}

/**
 * The moment after `previous` that is nearest to `now`, to the millisecond: an
 * owner's `last_updated` must never stand still or go back when the object changes.
 */
export function nextDateTime(now: number, previous: string): string {
  const before = Date.parse(previous);
  return new Date(Number.isNaN(before) ? now : Math.max(now, before + 1)).toISOString();
}
