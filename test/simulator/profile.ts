// Figures of a real national feed, so that simulated fleets have the sizes and
// mixes that the access point will meet. Origin: the distributions in
// ndw/profile.json (NDW DOT-NL of 2026-06-07, CC0: 69,287 Locations, 166,754 EVSEs,
// 167,756 Connectors, 11,527 Tariffs), and, where a share alone would allow
// impossible combinations (CHADEMO on AC), the joint counts of the same feed.
// Facts about shares only: no name, place or id of the feed is in here. Rounded;
// every table is normalised when it is drawn from.

import type { WeightedRows } from './random.ts';

/** Tariffs for each Location: 11,527 of 69,287. */
export const TARIFFS_PER_LOCATION = 0.166;

/** Share of Locations of the largest owner, the next one, and so on (39 in the feed). */
export const PARTY_SHARES = [
  0.23647, 0.22434, 0.22225, 0.09614, 0.09113, 0.02592, 0.02123, 0.01977, 0.01269, 0.00932, 0.00834, 0.00586,
  0.00446, 0.00322, 0.00222, 0.00216, 0.00198, 0.00173, 0.00169, 0.0015, 0.0015, 0.00111,
] as const;

export const EVSES_PER_LOCATION: WeightedRows<number> = [
  [2, 0.8558],
  [4, 0.05119],
  [1, 0.04911],
  [6, 0.01097],
  [8, 0.00839],
  [3, 0.0069],
  [10, 0.00325],
  [12, 0.00234],
  [5, 0.00166],
  [16, 0.00146],
  [14, 0.00111],
  [7, 0.00107],
  [20, 0.00092],
  [18, 0.00072],
  [9, 0.00064],
  [24, 0.00049],
  [11, 0.0004],
  [22, 0.00035],
  [15, 0.00026],
  [28, 0.0002],
  [30, 0.0002],
  [40, 0.00017],
  [26, 0.00016],
  [32, 0.00014],
  [42, 0.0001],
  [36, 0.00009],
  [48, 0.00006],
  [52, 0.00004],
  [102, 0.00004],
];

export const CONNECTORS_PER_EVSE: WeightedRows<number> = [
  [1, 0.99421],
  [2, 0.00557],
  [3, 0.00022],
];

export const STATUSES: WeightedRows<string> = [
  ['AVAILABLE', 0.69693],
  ['CHARGING', 0.24464],
  ['UNKNOWN', 0.03367],
  ['OUTOFORDER', 0.00991],
  ['INOPERATIVE', 0.00724],
  ['REMOVED', 0.00649],
  ['BLOCKED', 0.00112],
  ['RESERVED', 0.00001],
];

/** Power type, voltage, amperage, and max_electric_power where the owner states one. */
export type Electrical = readonly [
  powerType: string,
  voltage: number,
  amperage: number,
  power: number | null,
];

export const ELECTRICAL: WeightedRows<Electrical> = [
  [['AC_3_PHASE', 230, 16, null], 0.38592],
  [['AC_3_PHASE', 230, 16, 11040], 0.21819],
  [['AC_3_PHASE', 230, 25, 17300], 0.0491],
  [['AC_3_PHASE', 230, 32, 22080], 0.04486],
  [['AC_3_PHASE', 400, 32, 22000], 0.04335],
  [['AC_3_PHASE', 230, 20, 13800], 0.03671],
  [['AC_3_PHASE', 230, 16, 11000], 0.03482],
  [['AC_3_PHASE', 230, 32, null], 0.03031],
  [['AC_3_PHASE', 230, 32, 22000], 0.02946],
  [['AC_3_PHASE', 230, 32, 11000], 0.02306],
  [['AC_3_PHASE', 230, 25, null], 0.01525],
  [['DC', 600, 500, 300000], 0.0078],
  [['AC_3_PHASE', 400, 16, 11000], 0.00673],
  [['DC', 400, 125, 50000], 0.0051],
  [['DC', 464, 400, 150000], 0.00379],
  [['AC_3_PHASE', 230, 16, 11085], 0.00371],
  [['DC', 400, 375, 150000], 0.00366],
  [['DC', 470, 780, 250000], 0.00336],
  [['AC_3_PHASE', 400, 31, 22080], 0.0028],
  [['AC_3_PHASE', 400, 16, null], 0.0026],
  [['DC', 500, 300, 150000], 0.00239],
  [['AC_3_PHASE', 230, 32, 22170], 0.00237],
  [['DC', 800, 500, 400000], 0.00221],
  [['DC', 300, 500, 150000], 0.00213],
  [['AC_3_PHASE', 400, 32, null], 0.00166],
  [['DC', 500, 125, 50000], 0.00141],
  [['DC', 500, 200, 100000], 0.00128],
  [['DC', 1000, 300, null], 0.00116],
  [['DC', 400, 175, 70000], 0.00108],
  [['DC', 500, 350, 175000], 0.00108],
  [['DC', 1000, 500, 300000], 0.00094],
  [['AC_3_PHASE', 230, 28, 19320], 0.00083],
  [['DC', 500, 60, null], 0.00081],
  [['DC', 600, 500, null], 0.0008],
  [['DC', 500, 100, 50000], 0.00077],
  [['DC', 920, 190, null], 0.00076],
  [['DC', 920, 109, null], 0.00076],
  [['AC_1_PHASE', 230, 16, 3680], 0.00153],
  [['AC_1_PHASE', 230, 32, 7360], 0.00057],
  [['DC', 900, 440, 396000], 0.00057],
  [['AC_3_PHASE', 230, 8, 5520], 0.00055],
  [['DC', 920, 500, 350000], 0.00053],
  [['DC', 1000, 400, null], 0.00048],
  [['DC', 1000, 150, null], 0.00043],
  [['AC_3_PHASE', 230, 30, 20700], 0.00042],
  [['DC', 375, 400, null], 0.00041],
  [['DC', 1000, 150, 150000], 0.0004],
  [['AC_3_PHASE', 230, 10, 6900], 0.00036],
  [['DC', 900, 400, 360000], 0.00033],
];

/** Connector standard and format for each power type (joint counts of the feed). */
export const PLUGS: Readonly<Record<string, WeightedRows<readonly [string, string]>>> = {
  AC_3_PHASE: [
    [['IEC_62196_T2', 'SOCKET'], 155578],
    [['IEC_62196_T2', 'CABLE'], 2574],
    // The feed writes THREE in capitals, which is no OCPI value; the fleet is valid.
    [['IEC_60309_2_three_16', 'SOCKET'], 142],
    [['IEC_60309_2_three_32', 'SOCKET'], 36],
    [['IEC_62196_T3C', 'SOCKET'], 2],
  ],
  AC_1_PHASE: [
    [['IEC_62196_T2', 'SOCKET'], 297],
    [['IEC_62196_T2', 'CABLE'], 35],
    [['DOMESTIC_F', 'SOCKET'], 9],
    [['IEC_62196_T1', 'CABLE'], 7],
  ],
  DC: [
    [['IEC_62196_T2_COMBO', 'CABLE'], 6893],
    [['CHADEMO', 'CABLE'], 1318],
    [['IEC_62196_T2', 'CABLE'], 322],
    [['IEC_62196_T2_COMBO', 'SOCKET'], 298],
    [['CHADEMO', 'SOCKET'], 196],
    [['IEC_62196_T1_COMBO', 'CABLE'], 6],
  ],
};

/** Sets of capabilities as they stand together on EVSEs. */
export const CAPABILITY_SETS: WeightedRows<readonly string[]> = [
  [['RFID_READER', 'REMOTE_START_STOP_CAPABLE'], 69430],
  [['RFID_READER', 'REMOTE_START_STOP_CAPABLE', 'CREDIT_CARD_PAYABLE'], 43511],
  [['RFID_READER', 'REMOTE_START_STOP_CAPABLE', 'RESERVABLE'], 18432],
  [['RFID_READER', 'REMOTE_START_STOP_CAPABLE', 'RESERVABLE', 'CHARGING_PROFILE_CAPABLE'], 14959],
  [['RFID_READER', 'REMOTE_START_STOP_CAPABLE', 'RESERVABLE', 'CREDIT_CARD_PAYABLE'], 5833],
  [['RFID_READER', 'REMOTE_START_STOP_CAPABLE', 'TOKEN_GROUP_CAPABLE'], 5766],
  [['REMOTE_START_STOP_CAPABLE'], 3140],
  [[], 2141],
  [['RFID_READER', 'REMOTE_START_STOP_CAPABLE', 'CHARGING_PROFILE_CAPABLE'], 905],
  [['RFID_READER', 'REMOTE_START_STOP_CAPABLE', 'CREDIT_CARD_PAYABLE', 'UNLOCK_CAPABLE'], 834],
  [['RFID_READER', 'REMOTE_START_STOP_CAPABLE', 'UNLOCK_CAPABLE'], 612],
];

/** Sets of parking restrictions; 15 % of EVSEs have any. */
export const PARKING_RESTRICTION_SETS: WeightedRows<readonly string[]> = [
  [[], 141357],
  [['EV_ONLY', 'PLUGGED'], 17230],
  [['CUSTOMERS'], 7973],
  [['EV_ONLY'], 194],
];

export const PARKING_TYPES: WeightedRows<string | null> = [
  ['ON_STREET', 0.52851],
  [null, 0.42315],
  ['PARKING_LOT', 0.03731],
  ['ON_DRIVEWAY', 0.00778],
  ['PARKING_GARAGE', 0.00277],
  ['UNDERGROUND_GARAGE', 0.00045],
  ['ALONG_MOTORWAY', 0.00003],
];

/** Shares of objects that state an optional field. */
export const STATED = {
  owner: 0.6704,
  evseId: 0.996,
  physicalReference: 0.8698,
  evseCoordinates: 0.0062,
  directions: 0.0104,
  floorLevel: 0.0159,
  tariffIds: 0.7985,
  openDayAndNight: 0.8992,
  tariffType: 0.0051,
  tariffAltText: 0.0126,
  tariffAltUrl: 0.0331,
  tariffStart: 0.0111,
} as const;

/** Named shapes of Tariffs; `hours-N` has N elements, the last one without restrictions. */
export type TariffShape =
  | 'flat-time-energy'
  | 'energy'
  | 'energy-from-date'
  | 'energy-time-parking-flat'
  | 'energy-then-parking'
  | 'flat-time-energy-then-parking'
  | 'energy-on-workdays'
  | 'flat'
  | 'day-and-night'
  | 'energy-and-start'
  | `hours-${number}`;

export const TARIFF_SHAPES: WeightedRows<TariffShape> = [
  ['flat-time-energy', 0.8925],
  ['energy-from-date', 0.01952],
  ['energy-then-parking', 0.0216],
  ['energy', 0.01093],
  ['hours-49', 0.0105],
  ['energy-time-parking-flat', 0.00824],
  ['flat-time-energy-then-parking', 0.00746],
  ['energy-on-workdays', 0.00581],
  ['day-and-night', 0.0045],
  ['hours-5', 0.00364],
  ['flat', 0.00338],
  ['hours-4', 0.00304],
  ['energy-and-start', 0.00165],
  ['hours-51', 0.00156],
  ['hours-97', 0.00069],
  ['hours-33', 0.00069],
];

/**
 * Age of a Location's `last_updated` in days, from and to. Two thirds of the feed
 * changed within two days; nearly a third stood still since one bulk load, 90 to 120
 * days before. What is older than 180 days in the feed (2 %) counts as 150 to 180.
 */
export const AGES_IN_DAYS: WeightedRows<readonly [number, number]> = [
  [[0, 0.01], 1504],
  [[0.01, 0.04], 4193],
  [[0.04, 0.1], 7135],
  [[0.1, 0.25], 12004],
  [[0.25, 0.5], 8682],
  [[0.5, 1], 5559],
  [[1, 2], 3673],
  [[2, 3], 1569],
  [[3, 7], 682],
  [[7, 14], 516],
  [[14, 60], 266],
  [[60, 90], 684],
  [[90, 120], 21462],
  [[120, 150], 68],
  [[150, 180], 1290],
];

/** No `last_updated` of a new fleet is older than this. */
export const OLDEST_AGE_IN_DAYS = 180;
