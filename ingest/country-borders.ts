/**
 * Which country a place lies in: the borders of Natural Earth (public domain, scale 1:10 million), from the package
 * `world-atlas`.
 *
 * Guarantees: a place near a coast or border counts as inside, since the lines are drawn with an error of some
 * kilometres and piers reach out to sea. Countries are made ready when they are first asked for. To measure the
 * distance to a long border takes a millisecond, so the map is cut into cells, and most of them lie as a whole inside
 * or outside: only in those along the edge of the margin is each place measured. Knows nothing of disputed areas
 * without a code.
 */
import { createRequire } from 'node:module';
import type { Feature, MultiPolygon, Polygon } from 'geojson';
// Not its usual entry, which reads the names of all countries in eighty languages.
import countries from 'i18n-iso-countries/index.js';
import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';

/** Kilometres outside a border that still count as inside. */
export const BORDER_MARGIN_KM = 10;

/** Degrees: so small that a cell on the border lies within the margin as a whole. */
const CELL_SIZE = 0.1;
/** Kilometres: of latitude everywhere, of longitude at the equator. */
const KILOMETRES_A_DEGREE = 111;
/** Kilometres from the middle of a cell to its corner at most, and a little more. */
const CELL_REACH_KM = (CELL_SIZE / 2) * Math.SQRT2 * 1.01 * KILOMETRES_A_DEGREE;
/** Cells that are remembered; a country has some thousand, and wrong coordinates must not fill the memory. */
const CELL_LIMIT = 100_000;

/** The parts of a country, each with the box around it: most are islands, and far from any place that is asked for. */
type Border = readonly { readonly rings: readonly Ring[]; readonly box: Box }[];
/** Longitude and latitude of each corner in turn; the last is the first. */
type Ring = Float64Array;
type Box = readonly [west: number, south: number, east: number, north: number];
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

/** Less than zero inside; infinite beyond all that matters. */
function kilometresOutside(border: Border, latitude: number, longitude: number): number {
  let squared = Number.POSITIVE_INFINITY;
  let isInside = false;
  for (const { rings, box } of border) {
    if (!isNear(box, latitude, longitude)) continue;
    for (const ring of rings) {
      const seen = seenFrom(ring, latitude, longitude);
      squared = Math.min(squared, seen.squared);
      // Inside a hole is inside twice.
      isInside = isInside !== seen.isInside;
    }
  }
  return isInside ? -Math.sqrt(squared) : Math.sqrt(squared);
}

/**
 * How far a ring is from a place (square kilometres), and whether it goes round it. In a plane that touches the earth
 * there: twenty kilometres away it is wrong by some metres, and a hundred times quicker than on the ellipsoid.
 */
function seenFrom(ring: Ring, latitude: number, longitude: number): { squared: number; isInside: boolean } {
  const width = KILOMETRES_A_DEGREE * Math.cos((latitude * Math.PI) / 180);
  let squared = Number.POSITIVE_INFINITY;
  let isInside = false;
  let x = ((ring[0] as number) - longitude) * width;
  let y = ((ring[1] as number) - latitude) * KILOMETRES_A_DEGREE;
  for (let index = 2; index < ring.length; index += 2) {
    const [fromX, fromY] = [x, y];
    x = ((ring[index] as number) - longitude) * width;
    y = ((ring[index + 1] as number) - latitude) * KILOMETRES_A_DEGREE;
    const [alongX, alongY] = [x - fromX, y - fromY];
    // Each crossing of the line to the east changes sides.
    if (fromY > 0 !== y > 0 && fromX - (alongX * fromY) / alongY > 0) isInside = !isInside;
    const length = alongX * alongX + alongY * alongY;
    const share = length === 0 ? 0 : -(fromX * alongX + fromY * alongY) / length;
    const part = share < 0 ? 0 : share > 1 ? 1 : share;
    const [nearX, nearY] = [fromX + part * alongX, fromY + part * alongY];
    const distance = nearX * nearX + nearY * nearY;
    if (distance < squared) squared = distance;
  }
  return { squared, isInside };
}

/** Whether a place lies in a box, or so near that it may be within the margin of what is in it. */
function isNear([west, south, east, north]: Box, latitude: number, longitude: number): boolean {
  const reach = (BORDER_MARGIN_KM + CELL_REACH_KM) / KILOMETRES_A_DEGREE;
  // Meridians draw together towards the poles.
  const wider = reach / Math.max(Math.cos((latitude * Math.PI) / 180), 0.01);
  return (
    latitude > south - reach &&
    latitude < north + reach &&
    longitude > west - wider &&
    longitude < east + wider
  );
}

function borderOf(country: string): Border | null {
  const known = borders.get(country);
  if (known !== undefined) return known;
  const code = countries.alpha3ToNumeric(country);
  // Whatever is no code is not remembered: it comes from outside.
  if (code === undefined) return null;
  atlas ??= require('world-atlas/countries-10m.json') as Topology<{ countries: GeometryCollection }>;
  const geometry = atlas.objects.countries.geometries.find(({ id }) => id === code);
  const border = geometry ? partsOf(feature(atlas, geometry) as Feature<Polygon | MultiPolygon>) : null;
  borders.set(country, border);
  return border;
}

function partsOf({ geometry }: Feature<Polygon | MultiPolygon>): Border {
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
  return polygons.map((polygon) => {
    const [outline = []] = polygon;
    const longitudes = outline.map(([longitude]) => longitude as number);
    const latitudes = outline.map(([, latitude]) => latitude as number);
    return {
      rings: polygon.map((ring) => Float64Array.from(ring.flat())),
      box: [
        Math.min(...longitudes),
        Math.min(...latitudes),
        Math.max(...longitudes),
        Math.max(...latitudes),
      ] as const,
    };
  });
}
