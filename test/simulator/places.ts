// Where simulated Locations stand: around town centres (public geography, rounded to
// a hundredth of a degree or so) that lie clear of large water, on streets whose
// names are invented. The first digits of postal codes fit the town, the rest is
// made up. No address of a real charging station is in here.

import { integerBetween, pick, type Random } from './random.ts';
import type { GeoLocation } from './wire.ts';

export type Region = 'NL' | 'BE' | 'LU' | 'DE';

export interface Town {
  name: string;
  region: Region;
  latitude: number;
  longitude: number;
  /** First digits of the town's postal codes. */
  postalPrefix: string;
}

/** What a Location says of its country. */
export const COUNTRIES: Readonly<Record<Region, { country: string; timeZone: string }>> = {
  NL: { country: 'NLD', timeZone: 'Europe/Amsterdam' },
  BE: { country: 'BEL', timeZone: 'Europe/Brussels' },
  LU: { country: 'LUX', timeZone: 'Europe/Luxembourg' },
  DE: { country: 'DEU', timeZone: 'Europe/Berlin' },
};

type TownRow = readonly [name: string, latitude: number, longitude: number, postalPrefix: string];

const TOWN_ROWS: Readonly<Record<Region, readonly TownRow[]>> = {
  NL: [
    ['Apeldoorn', 52.21, 5.96, '73'],
    ['Assen', 52.995, 6.56, '94'],
    ['Emmen', 52.785, 6.9, '78'],
    ['Hoogeveen', 52.725, 6.475, '79'],
    ['Heerenveen', 52.96, 5.92, '84'],
    ['Drachten', 53.11, 6.1, '92'],
    ['Enschede', 52.22, 6.895, '75'],
    ['Almelo', 52.355, 6.66, '76'],
    ['Ede', 52.045, 5.665, '67'],
    ['Barneveld', 52.14, 5.585, '37'],
    ['Veenendaal', 52.025, 5.555, '39'],
    ['Doetinchem', 51.965, 6.29, '70'],
    ['Winterswijk', 51.97, 6.72, '71'],
    ['Amersfoort', 52.155, 5.385, '38'],
    ['Hilversum', 52.225, 5.175, '12'],
    ['Zeist', 52.09, 5.235, '37'],
    ['Gouda', 52.015, 4.71, '28'],
    ['Alphen aan den Rijn', 52.13, 4.66, '24'],
    ['Zoetermeer', 52.06, 4.495, '27'],
    ['Delft', 52.005, 4.36, '26'],
    ['Breda', 51.585, 4.775, '48'],
    ['Roosendaal', 51.53, 4.465, '47'],
    ['Tilburg', 51.56, 5.085, '50'],
    ['Oss', 51.765, 5.53, '53'],
    ['Uden', 51.66, 5.62, '54'],
    ['Helmond', 51.48, 5.66, '57'],
    ['Weert', 51.25, 5.705, '60'],
    ['Heerlen', 50.885, 5.98, '64'],
    ['Sittard', 51.0, 5.87, '61'],
    ['Goes', 51.5, 3.89, '44'],
  ],
  BE: [
    ['Leuven', 50.88, 4.7, '30'],
    ['Mechelen', 51.03, 4.48, '28'],
    ['Hasselt', 50.93, 5.34, '35'],
    ['Genk', 50.965, 5.5, '36'],
    ['Turnhout', 51.32, 4.945, '23'],
    ['Kortrijk', 50.825, 3.265, '85'],
    ['Roeselare', 50.945, 3.125, '88'],
    ['Aalst', 50.94, 4.04, '93'],
    ['Sint-Niklaas', 51.165, 4.14, '91'],
    ['Namur', 50.465, 4.86, '50'],
    ['Mons', 50.455, 3.955, '70'],
    ['Charleroi', 50.41, 4.44, '60'],
    ['Arlon', 49.685, 5.815, '67'],
  ],
  LU: [
    ['Luxembourg', 49.61, 6.13, '12'],
    ['Esch-sur-Alzette', 49.495, 5.98, '41'],
    ['Ettelbruck', 49.845, 6.105, '90'],
    ['Mersch', 49.75, 6.105, '75'],
  ],
  DE: [
    ['Aachen', 50.775, 6.085, '520'],
    ['Münster', 51.96, 7.625, '481'],
    ['Bielefeld', 52.02, 8.53, '336'],
    ['Osnabrück', 52.275, 8.045, '490'],
    ['Kassel', 51.315, 9.49, '341'],
    ['Göttingen', 51.535, 9.93, '370'],
    ['Erfurt', 50.98, 11.03, '990'],
    ['Würzburg', 49.795, 9.93, '970'],
    ['Nürnberg', 49.45, 11.08, '904'],
    ['Ulm', 48.4, 9.985, '890'],
    ['Freiburg', 47.995, 7.85, '791'],
    ['Trier', 49.755, 6.64, '542'],
    ['Bochum', 51.48, 7.215, '447'],
    ['Chemnitz', 50.83, 12.92, '091'],
  ],
};

/** All towns, region by region. */
export const TOWNS: readonly Town[] = (Object.keys(TOWN_ROWS) as Region[]).flatMap((region) =>
  TOWN_ROWS[region].map(([name, latitude, longitude, postalPrefix]) => ({
    name,
    region,
    latitude,
    longitude,
    postalPrefix,
  })),
);

const STREETS: Readonly<Record<Region, readonly string[]>> = {
  NL: [
    'Stroompad',
    'Ampèrehof',
    'Laadpaallaan',
    'Wisselstroomweg',
    'Voltastraatje',
    'Zonnepaneelkade',
    'Vonkendreef',
    'Batterijplein',
    'Stekkerdijk',
    'Kabelgaarde',
    'Windmolenlaantje',
    'Ladersveld',
  ],
  BE: [
    'Laadkoerslaan',
    'Stroomveld',
    'Kabelkouter',
    'Rue de la Borne Verte',
    'Chaussée du Courant',
    'Stekkerstraat',
    'Avenue des Ampères',
  ],
  LU: ['Rue du Câble Bleu', 'Um Stroumbierg', 'Rue des Bornes', 'Avenue du Volt'],
  DE: [
    'Ladesäulenweg',
    'Steckerallee',
    'Am Wechselstrom',
    'Amperegasse',
    'Kabelsteig',
    'Akkuring',
    'Zum Ladepunkt',
  ],
};

/** Names that owners give to their sites; the number of the site follows. */
export const SITE_NAMES: readonly string[] = [
  'Laadplein',
  'P+R',
  'Station',
  'Sportpark',
  'Supermarkt',
  'Stadhuis',
  'Bibliotheek',
  'Zwembad',
  'Park',
  'Hotel',
];

const SCATTER_KILOMETRES = 2;
const KILOMETRES_PER_DEGREE = 111.32;
const DUTCH_LETTERS = 'ABCDEGHJKLMNPRTVWXZ';

/** A point within `radius` kilometres of a centre, denser towards it, as OCPI writes it. */
export function scatter(
  random: Random,
  latitude: number,
  longitude: number,
  radius = SCATTER_KILOMETRES,
): GeoLocation {
  const distance = radius * random() ** 0.6;
  const angle = random() * 2 * Math.PI;
  const north = (distance * Math.sin(angle)) / KILOMETRES_PER_DEGREE;
  const eastDegree = KILOMETRES_PER_DEGREE * Math.cos((latitude * Math.PI) / 180);
  const east = (distance * Math.cos(angle)) / eastDegree;
  return { latitude: (latitude + north).toFixed(6), longitude: (longitude + east).toFixed(6) };
}

/** An invented street and house number of the region. */
export function address(random: Random, region: Region): string {
  return `${pick(random, STREETS[region])} ${integerBetween(random, 1, 240)}`;
}

/** A postal code of the form that the country uses. */
export function postalCode(random: Random, town: Town): string {
  const length = town.region === 'DE' ? 5 : 4;
  const rest = length - town.postalPrefix.length;
  const digits = String(integerBetween(random, 0, 10 ** rest - 1)).padStart(rest, '0');
  const code = town.postalPrefix + digits;
  if (town.region !== 'NL') return code;
  const letter = (): string => DUTCH_LETTERS.charAt(integerBetween(random, 0, DUTCH_LETTERS.length - 1));
  return `${code} ${letter()}${letter()}`;
}

/** The towns of the regions asked for. */
export function townsOf(regions: readonly Region[]): readonly Town[] {
  const towns = TOWNS.filter((town) => regions.includes(town.region));
  if (towns.length === 0) throw new Error(`no towns in ${regions.join(', ')}`);
  return towns;
}
