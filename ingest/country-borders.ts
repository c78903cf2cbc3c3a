/**
 * Which country a place lies in: the borders of Natural Earth (public domain, scale 1:10 million), from the package
 * `world-atlas`.
 *
 * Guarantees: a place near a coast or border counts as inside, since the lines are drawn with an error of some
 * kilometres and piers reach out to sea. Countries are made ready when they are first asked for. Places come again
 * and again with every write, so answers are kept for a while. Knows nothing of disputed areas without a code.
 */
import { createRequire } from 'node:module';
import { booleanPointInPolygon } from '@turf/boolean-point-in-polygon';
import { pointToPolygonDistance } from '@turf/point-to-polygon-distance';
import type { Feature, MultiPolygon, Polygon } from 'geojson';
import countries from 'i18n-iso-countries';
import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';

/** Kilometres outside a border that still count as inside. */
export const BORDER_MARGIN_KM = 10;

/** Places whose answer is kept; a country has some ten thousand. */
const MEMORY_LIMIT = 200_000;

type Border = Feature<Polygon | MultiPolygon>;

const require = createRequire(import.meta.url);
let atlas: Topology<{ countries: GeometryCollection }> | undefined;
const borders = new Map<string, Border | null>();
const memory = new Map<string, boolean>();

/**
 * Whether a place lies in a country, or within the margin around it.
 *
 * @param country ISO 3166-1 alpha-3
 * @returns null when there are no borders for this code
 */
export function isInCountry(country: string, latitude: number, longitude: number): boolean | null {
  const border = borderOf(country);
  if (border === null) return null;
  const key = `${country} ${latitude} ${longitude}`;
  const known = memory.get(key);
  if (known !== undefined) return known;
  const place = [longitude, latitude];
  const answer =
    booleanPointInPolygon(place, border) ||
    pointToPolygonDistance(place, border, { units: 'kilometers' }) <= BORDER_MARGIN_KM;
  if (memory.size >= MEMORY_LIMIT) memory.clear();
  memory.set(key, answer);
  return answer;
}

function borderOf(country: string): Border | null {
  const known = borders.get(country);
  if (known !== undefined) return known;
  atlas ??= require('world-atlas/countries-10m.json') as Topology<{ countries: GeometryCollection }>;
  const code = countries.alpha3ToNumeric(country);
  const geometry = atlas.objects.countries.geometries.find(({ id }) => code !== undefined && id === code);
  const border = geometry ? (feature(atlas, geometry) as Border) : null;
  borders.set(country, border);
  return border;
}
