/**
 * `bbox` of OGC API Features (Part 1, 7.15.3) in CRS84: west, south, east, north, or the same with heights, which
 * nothing here has and which therefore decide nothing. West of 170, east of -170 crosses the antimeridian.
 */
import type { Box } from '../../../db/reads/feature-selection.ts';

/** A number as people and programs write degrees. */
const NUMBER = /^[+-]?(\d{1,20}(\.\d{0,40})?|\.\d{1,40})(e[+-]?\d{1,3})?$/i;

/** The box as one or two that do not cross the antimeridian, or what is wrong with it. */
export function parseBbox(text: string): readonly Box[] | string {
  const parts = text.split(',').map((part) => part.trim());
  const numbers = parts.map(Number);
  if ((parts.length !== 4 && parts.length !== 6) || !parts.every((part) => NUMBER.test(part))) {
    return 'must be four numbers, west,south,east,north in degrees, such as 5.05,52.06,5.15,52.12 (or six, with heights)';
  }
  const [west, south, east, north] = (
    parts.length === 4 ? numbers : [numbers[0], numbers[1], numbers[3], numbers[4]]
  ) as [number, number, number, number];
  if (Math.abs(west) > 180 || Math.abs(east) > 180) return 'longitudes are from -180 to 180';
  if (Math.abs(south) > 90 || Math.abs(north) > 90) {
    return 'latitudes are from -90 to 90; longitude comes first: west,south,east,north';
  }
  if (south > north) return 'south must not be greater than north; the order is west,south,east,north';
  if (west <= east) return [{ west, south, east, north }];
  return [
    { west, south, east: 180, north },
    { west: -180, south, east, north },
  ];
}
