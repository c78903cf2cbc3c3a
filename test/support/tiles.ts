/**
 * Vector tiles as a client sees them, by the decoder that map libraries use; and what must stand in them, worked out
 * from the Features of the GeoJSON file with the formula of the textbooks and no code of ours.
 */
import { VectorTile } from '@mapbox/vector-tile';
import { PbfReader } from 'pbf';
import { readPublicObjects } from '../../db/reads/public-objects.ts';
import type { TileAddress } from '../../db/tile-grid.ts';
import { type LocationFeature, toFeature } from '../../exports/feature.ts';
import { preparePublicLocation } from '../../exports/public-objects.ts';
import type { TestDatabase } from './database.ts';

export interface DecodedFeature {
  readonly x: number;
  readonly y: number;
  readonly properties: Readonly<Record<string, string | number | boolean>>;
}

/** The features of the one layer. Throws when the tile is not as the specification and the contract say. */
export function decodeTile(bytes: Uint8Array): DecodedFeature[] {
  const { layers } = new VectorTile(new PbfReader(bytes));
  const layer = layers.locations;
  // The decoder leaves out layers without features.
  if (!layer) return [];
  if (layer.version !== 2 || layer.extent !== 4096)
    throw new Error(`version ${layer.version}, extent ${layer.extent}`);
  return Array.from({ length: layer.length }, (_, index) => {
    const feature = layer.feature(index);
    const [[point, ...others] = [], ...parts] = feature.loadGeometry();
    if (feature.type !== 1 || !point || others.length + parts.length > 0) throw new Error('no single point');
    if (Math.min(point.x, point.y) < 0 || Math.max(point.x, point.y) > 4095)
      throw new Error('beyond the edge');
    return { x: point.x, y: point.y, properties: { ...feature.properties } };
  });
}

/** What the GeoJSON file says of all that is public. */
export async function readFeatures(database: TestDatabase): Promise<LocationFeature[]> {
  const features: LocationFeature[] = [];
  for await (const batch of readPublicObjects(database.knex, 'locations')) {
    for (const object of batch) {
      const prepared = preparePublicLocation(object);
      if (prepared) features.push(toFeature(prepared));
    }
  }
  return features;
}

/** Column and row of a position among 2^zoom each way, with the part within. */
function position([longitude, latitude]: readonly [number, number], zoom: number): [number, number] {
  const bounded = (Math.min(Math.max(latitude, -85.0511287), 85.0511287) * Math.PI) / 180;
  const size = 2 ** zoom;
  const x = ((longitude + 180) / 360) * size;
  const y = ((1 - Math.log(Math.tan(bounded) + 1 / Math.cos(bounded)) / Math.PI) / 2) * size;
  return [Math.min(Math.max(x, 0), size - 1e-7), Math.min(Math.max(y, 0), size - 1e-7)];
}

/** Where a Feature is at a zoom. */
export function tileOf({ geometry }: LocationFeature, z: number): TileAddress {
  const [x, y] = position(geometry.coordinates, z);
  return { z, x: Math.floor(x), y: Math.floor(y) };
}

/** `z/x/y` of all tiles of a zoom that hold something. */
export function tilesWith(features: readonly LocationFeature[], zoom: number): TileAddress[] {
  const tiles = features.map((feature) => tileOf(feature, zoom));
  return [...new Map(tiles.map((tile) => [`${tile.x}/${tile.y}`, tile])).values()];
}

/** The properties that must stand in a tile, in no order. */
export function expectedProperties(features: readonly LocationFeature[], tile: TileAddress): object[] {
  const cells = new Map<string, LocationFeature[]>();
  for (const feature of features) {
    const { x, y } = tileOf(feature, tile.z);
    if (x !== tile.x || y !== tile.y) continue;
    const cell = tileOf(feature, tile.z + 4);
    const key = tile.z === 14 ? feature.id : `${cell.x}/${cell.y}`;
    cells.set(key, [...(cells.get(key) ?? []), feature]);
  }
  return [...cells.values()].map(propertiesOf);
}

function propertiesOf(members: readonly LocationFeature[]): object {
  const all = members.map(({ properties }) => properties);
  const powers = all.flatMap(({ max_power_kw: power }) => power ?? []);
  const [operator, ...others] = new Set(all.map((properties) => properties.operator));
  const name = all[0]?.name;
  return {
    ...(members.length > 1 ? { cluster: true, locations: members.length } : { id: members[0]?.id }),
    ...(members.length === 1 && name ? { name } : {}),
    ...(operator && others.length === 0 ? { operator } : {}),
    evses: sum(all.map(({ evse_count: count }) => count)),
    available: sum(all.map(({ evses_available: count }) => count)),
    ...(powers.length > 0 ? { max_power_kw: Math.max(...powers) } : {}),
  };
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
