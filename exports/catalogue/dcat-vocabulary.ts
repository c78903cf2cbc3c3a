/**
 * The words that the catalogue for data portals is written in: namespaces, and the concepts of controlled
 * vocabularies that we use (EU authority tables, mobilityDCAT-AP), each with its label, since a portal that reads
 * only this document should find all that it needs.
 */
import type { DataSet } from '../format.ts';

export const PREFIXES = {
  adms: 'http://www.w3.org/ns/adms#',
  cnt: 'http://www.w3.org/2011/content#',
  dcat: 'http://www.w3.org/ns/dcat#',
  dcatap: 'http://data.europa.eu/r5r/',
  dct: 'http://purl.org/dc/terms/',
  eli: 'http://data.europa.eu/eli/ontology#',
  foaf: 'http://xmlns.com/foaf/0.1/',
  mobilitydcatap: 'https://w3id.org/mobilitydcat-ap#',
  owl: 'http://www.w3.org/2002/07/owl#',
  rdf: 'http://www.w3.org/1999/02/22-rdf-syntax-ns#',
  rdfs: 'http://www.w3.org/2000/01/rdf-schema#',
  skos: 'http://www.w3.org/2004/02/skos/core#',
  vcard: 'http://www.w3.org/2006/vcard/ns#',
  xsd: 'http://www.w3.org/2001/XMLSchema#',
} as const;

const EU = 'http://publications.europa.eu/resource/authority';
const MOBILITY = 'https://w3id.org/mobilitydcat-ap';

/** A concept of a controlled vocabulary. */
export interface Concept {
  readonly iri: string;
  readonly label: string;
  /** Class beside `skos:Concept`. */
  readonly type?: string;
}

const concept = (iri: string, label: string, type?: string): Concept =>
  type === undefined ? { iri, label } : { iri, label, type };

export const ENGLISH = `${EU}/language/ENG`;
export const EUROPE = `${EU}/continent/EUROPE`;
export const WGS_84 = 'http://www.opengis.net/def/crs/EPSG/0/4326';

/** @param code ISO 3166-1 alpha-3 */
export function countryIri(code: string): string {
  return `${EU}/country/${code}`;
}

export const THEMES = [
  concept(`${EU}/data-theme/TRAN`, 'Transport'),
  concept(`${EU}/data-theme/ENER`, 'Energy'),
];
export const CAR = concept(`${MOBILITY}/transport-mode/car`, 'Car');
export const COORDINATES = concept(`${MOBILITY}/georeferencing-method/geocoordinates`, 'Geocoordinates');
export const HTTP = concept(`${MOBILITY}/application-layer-protocol/http-https`, 'HTTP/HTTPS');
export const PULL = concept(`${MOBILITY}/communication-method/pull`, 'Pull');
export const FREE_OF_CHARGE = concept(
  `${MOBILITY}/conditions-for-access-and-usage/licence-provided-free-of-charge`,
  'Licence provided, free of charge',
);

const STATIONS = concept(
  `${MOBILITY}/mobility-theme/filling-and-charging-stations`,
  'Filling and charging stations',
);

/** What differs between the two data sets of the law. */
export const DATA_SETS: Readonly<
  Record<
    DataSet,
    {
      readonly title: string;
      readonly description: string;
      readonly frequency: Concept;
      readonly themes: readonly Concept[];
      readonly service: Concept;
      readonly keywords: readonly string[];
    }
  >
> = {
  static: {
    title: 'Charging locations',
    description:
      'Where electric vehicles can be charged: locations, EVSEs and connectors with power, access, opening hours, operators and how to pay. Items A and B of Regulation (EU) 2025/655.',
    frequency: concept(`${EU}/frequency/IRREG`, 'Irregular', 'dct:Frequency'),
    themes: [
      STATIONS,
      concept(
        `${MOBILITY}/mobility-theme/location-and-conditions-of-charging-points`,
        'Location and conditions of charging points',
      ),
    ],
    service: concept(`${MOBILITY}/intended-information-service/location-search`, 'Location search'),
    keywords: ['charging station', 'recharging point', 'electric vehicle', 'AFIR'],
  },
  dynamic: {
    title: 'Availability and prices of charging points',
    description:
      'Whether charging points work and are free, and what charging costs ad hoc, as their operators reported it last. Items F of Regulation (EU) 2025/655.',
    frequency: concept(`${EU}/frequency/1MIN`, 'Every minute', 'dct:Frequency'),
    themes: [
      STATIONS,
      concept(
        `${MOBILITY}/mobility-theme/availability-of-charging-points-for-electric-vehicles`,
        'Availability of charging points for electric vehicles',
      ),
    ],
    service: concept(
      `${MOBILITY}/intended-information-service/dynamic-availability-check`,
      'Dynamic availability check',
    ),
    keywords: ['availability', 'ad hoc price', 'recharging point', 'electric vehicle', 'AFIR'],
  },
};

/** The law that wants both. */
export const LEGISLATION = [
  concept('http://data.europa.eu/eli/reg/2023/1804/oj', 'Regulation (EU) 2023/1804', 'eli:LegalResource'),
  concept(
    'http://data.europa.eu/eli/reg_impl/2025/655/oj',
    'Implementing Regulation (EU) 2025/655',
    'eli:LegalResource',
  ),
];

/** By how the address of a standard begins. */
const DATA_STANDARDS: readonly (readonly [beginning: RegExp, Concept])[] = [
  [/^https:\/\/github\.com\/ocpi\//, concept(`${MOBILITY}/mobility-data-standard/ocpi`, 'OCPI')],
  [/datex2/i, concept(`${MOBILITY}/mobility-data-standard/datex-II`, 'DATEX II')],
];
const OTHER_STANDARD = concept(`${MOBILITY}/mobility-data-standard/other`, 'Other');

/** The mobility data standard of a file that follows `standard`. */
export function dataStandard(standard: string | null): Concept {
  const known = DATA_STANDARDS.find(([beginning]) => standard !== null && beginning.test(standard));
  return known?.[1] ?? OTHER_STANDARD;
}

/** File types of the EU by media type; what they have no word for is a "data product". */
const FILE_TYPES: Readonly<Record<string, string>> = {
  'application/geo+json': 'GEOJSON',
  'application/geo+json-seq': 'GEOJSON',
  'application/json': 'JSON',
  'application/vnd.apache.parquet': 'PARQUET',
  'application/xml': 'XML',
  'text/csv': 'CSV',
};

/** @param mediaType without parameters */
export function fileTypeIri(mediaType: string): string {
  return `${EU}/file-type/${FILE_TYPES[mediaType] ?? 'OP_DATPRO'}`;
}

/** @param mediaType without parameters */
export function mediaTypeIri(mediaType: string): string {
  return `https://www.iana.org/assignments/media-types/${mediaType}`;
}
