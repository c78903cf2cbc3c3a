/**
 * The words that the closed enumerations of OCPI 2.1.1 and 2.2.1 have, as far as a newer version has more of them
 * (requirements, chapter 2). 2.3.0 has open ones in their places: whatever word there is may go out to it.
 */

export type Enumeration = ReadonlySet<string>;

function words(list: string): Enumeration {
  return new Set(list.trim().split(/\s+/));
}

function more(known: Enumeration, list: string): Enumeration {
  return new Set([...known, ...words(list)]);
}

/** Whether a value is one of the words. */
export function isWordOf(enumeration: Enumeration, value: unknown): boolean {
  return typeof value === 'string' && enumeration.has(value);
}

const CAPABILITIES_211 = words(
  'CHARGING_PROFILE_CAPABLE CREDIT_CARD_PAYABLE REMOTE_START_STOP_CAPABLE RESERVABLE RFID_READER UNLOCK_CAPABLE',
);
const FACILITIES_211 = words(
  `HOTEL RESTAURANT CAFE MALL SUPERMARKET SPORT RECREATION_AREA NATURE MUSEUM BUS_STOP TAXI_STAND TRAIN_STATION
   AIRPORT CARPOOL_PARKING FUEL_STATION WIFI`,
);
const STANDARDS_211 = words(
  `CHADEMO DOMESTIC_A DOMESTIC_B DOMESTIC_C DOMESTIC_D DOMESTIC_E DOMESTIC_F DOMESTIC_G DOMESTIC_H DOMESTIC_I
   DOMESTIC_J DOMESTIC_K DOMESTIC_L IEC_60309_2_single_16 IEC_60309_2_three_16 IEC_60309_2_three_32
   IEC_60309_2_three_64 IEC_62196_T1 IEC_62196_T1_COMBO IEC_62196_T2 IEC_62196_T2_COMBO IEC_62196_T3A
   IEC_62196_T3C TESLA_R TESLA_S`,
);
/** The same in both versions. */
const PARKING_RESTRICTIONS = words('EV_ONLY PLUGGED DISABLED CUSTOMERS MOTORCYCLES');
const IMAGE_CATEGORIES = words('CHARGER ENTRANCE LOCATION NETWORK OPERATOR OTHER OWNER');
const ENVIRONMENTAL_IMPACTS = words('NUCLEAR_WASTE CARBON_DIOXIDE');

export const WORDS_OF_211 = {
  capabilities: CAPABILITIES_211,
  facilities: FACILITIES_211,
  /** LocationType, as far as a newer version has the word. */
  parkingTypes: words('ON_STREET PARKING_GARAGE UNDERGROUND_GARAGE PARKING_LOT'),
  parkingRestrictions: PARKING_RESTRICTIONS,
  standards: STANDARDS_211,
  powerTypes: words('AC_1_PHASE AC_3_PHASE DC'),
  imageCategories: IMAGE_CATEGORIES,
  environmentalImpacts: ENVIRONMENTAL_IMPACTS,
} as const;

export const WORDS_OF_221 = {
  capabilities: more(
    CAPABILITIES_211,
    `CHARGING_PREFERENCES_CAPABLE CHIP_CARD_SUPPORT CONTACTLESS_CARD_SUPPORT DEBIT_CARD_PAYABLE PED_TERMINAL
     START_SESSION_CONNECTOR_REQUIRED TOKEN_GROUP_CAPABLE`,
  ),
  facilities: more(FACILITIES_211, 'BIKE_SHARING TRAM_STOP METRO_STATION PARKING_LOT'),
  parkingTypes: words('ALONG_MOTORWAY PARKING_GARAGE PARKING_LOT ON_DRIVEWAY ON_STREET UNDERGROUND_GARAGE'),
  parkingRestrictions: PARKING_RESTRICTIONS,
  standards: more(
    STANDARDS_211,
    `CHAOJI DOMESTIC_M DOMESTIC_N DOMESTIC_O GBT_AC GBT_DC NEMA_5_20 NEMA_6_30 NEMA_6_50 NEMA_10_30 NEMA_10_50
     NEMA_14_30 NEMA_14_50 PANTOGRAPH_BOTTOM_UP PANTOGRAPH_TOP_DOWN`,
  ),
  imageCategories: IMAGE_CATEGORIES,
  environmentalImpacts: ENVIRONMENTAL_IMPACTS,
  tokenTypes: words('AD_HOC_USER APP_USER OTHER RFID'),
} as const;

/** What every version with closed enumerations has. */
export type ClosedWords = Pick<
  typeof WORDS_OF_221,
  | 'capabilities'
  | 'facilities'
  | 'parkingRestrictions'
  | 'standards'
  | 'imageCategories'
  | 'environmentalImpacts'
>;

/** Mechanically compatible, and the field is required (2.2, Connector.standard). */
const STANDARDS_RENAMED: Readonly<Record<string, string>> = { SAE_J3400: 'TESLA_S' };

/** The word of a version for a standard; null when it has none. */
export function standardIn(words: ClosedWords, standard: string): string | null {
  const name = STANDARDS_RENAMED[standard] ?? standard;
  return isWordOf(words.standards, name) ? name : null;
}
