/**
 * Which country a place lies in: the borders of Natural Earth (public domain, scale 1:10 million), from the package
 * `world-atlas`.
 *
 * Guarantees: a place near a coast or border counts as inside, since the lines are drawn with an error of some
 * kilometres and piers reach out to sea. Countries are made ready when they are first asked for. To measure the
 * distance to a border takes a millisecond, so the map is cut into cells, and most of them lie as a whole inside or
 * outside: only in those along the edge of the margin is each place measured. Knows nothing of disputed areas
 * without a code.
 */
import { createRequire } from 'node:module';
import { pointToPolygonDistance } from '@turf/point-to-polygon-distance';
import type { Feature, MultiPolygon, Polygon } from 'geojson';
import countries from 'i18n-iso-countries';
import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';

/** Kilometres outside a border that still count as inside. */
export const BORDER_MARGIN_KM = 10;

/** Degrees: so small that a cell on the border lies within the margin as a whole. */
const CELL_SIZE = 0.1;
/** Kilometres from the middle of a cell to its corner at most, at the equator: a degree is 111.4 km there. */
const CELL_REACH_KM = (CELL_SIZE / 2) * Math.SQRT2 * 111.4;
/** Cells that are remembered; a country has some thousand, and wrong coordinates must not fill the memory. */
const CELL_LIMIT = 100_000;

type Border = Feature<Polygon | MultiPolygon>;
type Cell = 'inside' | 'outside' | 'edge';

const require = createRequire(import.meta.url);
let atlas: Topology<{ countries: GeometryCollection }> | undefined;
const borders = new Map<string, Border | null>();
const cells = new Map<string, Cell>();

/**
 * Whether a place lies in a country, or within the margin around it.
 *
 * @param country ISO 3166-1 alpha-3
 * @returns null when there are no borders for this code
 */
export function isInCountry(country: string, latitude: number, longitude: number): boolean | null {
  const border = borderOf(country);
  if (border === null) return null;
  const cell = cellOf(country, border, Math.floor(latitude / CELL_SIZE), Math.floor(longitude / CELL_SIZE));
  return cell === 'edge'
    ? kilometresOutside(border, latitude, longitude) <= BORDER_MARGIN_KM
    : cell === 'inside';
}

function cellOf(country: string, border: Border, row: number, column: number): Cell {
  const key = `${country} ${row} ${column}`;
  const known = cells.get(key);
  if (known !== undefined) return known;
  const middle = kilometresOutside(border, (row + 0.5) * CELL_SIZE, (column + 0.5) * CELL_SIZE);
  const cell =
    middle + CELL_REACH_KM <= BORDER_MARGIN_KM
      ? 'inside'
      : middle - CELL_REACH_KM > BORDER_MARGIN_KM
        ? 'outside'
        : 'edge';
  if (cells.size >= CELL_LIMIT) cells.clear();
  cells.set(key, cell);
  return cell;
}

/** Less than zero inside. */
function kilometresOutside(border: Border, latitude: number, longitude: number): number {
  return pointToPolygonDistance([longitude, latitude], border, { units: 'kilometers' });
}

function borderOf(country: string): Border | null {
  const known = borders.get(country);
  if (known !== undefined) return known;
  const code = countries.alpha3ToNumeric(country);
  // Whatever is no code is not remembered: it comes from outside.
  if (code === undefined) return null;
  atlas ??= require('world-atlas/countries-10m.json') as Topology<{ countries: GeometryCollection }>;
  const geometry = atlas.objects.countries.geometries.find(({ id }) => id === code);
  const border = geometry ? (feature(atlas, geometry) as Border) : null;
  borders.set(country, border);
  return border;
}
