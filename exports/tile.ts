/**
 * A vector tile (Mapbox Vector Tile, version 2): the layer `locations` with the properties of the contract (design,
 * section 7). One encoder for both engines.
 *
 * Guarantees: a property that is not known is absent; the same features give the same bytes. Points stand in the tile
 * that they are in and in no other: there is no buffer, since a point beyond the edge would be drawn twice.
 * A tile without features is a tile with an empty layer: its few bytes are taken by every client, where some take an
 * answer without a body for a fault.
 */
import { fromGeojsonVt } from '@maplibre/vt-pbf';
import type { TileFeature } from '../db/reads/tile-features.ts';
import { pixelIn, TILE_EXTENT, type TileAddress } from '../db/tile-grid.ts';
import { textOrNull } from './missing.ts';

/** Registered with IANA for these tiles. */
export const TILE_MEDIA_TYPE = 'application/vnd.mapbox-vector-tile';

/** The one layer. */
export const TILE_LAYER = 'locations';

const SPECIFICATION_VERSION = 2;
const POINT = 1;
const WATTS_PER_KILOWATT = 1000;

/** The properties of the layer, for people. */
export const TILE_FIELDS = {
  id: 'Location alone: CC-PTY-locationid, as in the GeoJSON file',
  name: 'Location alone: its name, if it has one',
  operator: 'Name of the operator, where it is known and the same of all Locations in it',
  evses: 'Number of EVSEs',
  available: 'Number of EVSEs whose status is AVAILABLE',
  max_power_kw: 'Power of the strongest connector in kW, where it is known',
  cluster: 'Cluster: true',
  locations: 'Cluster: number of Locations',
} as const;

/** Encodes what stands in a tile. */
export function encodeTile(tile: TileAddress, features: readonly TileFeature[]): Buffer {
  const layer = {
    features: features.map((feature) => {
      const { x, y } = pixelIn(tile, feature);
      return { type: POINT, geometry: [[x, y]], tags: propertiesOf(feature) };
    }),
  };
  // The type is that of a whole tile of geojson-vt, of which the encoder reads the features alone.
  const layers = { [TILE_LAYER]: layer } as unknown as Parameters<typeof fromGeojsonVt>[0];
  return Buffer.from(fromGeojsonVt(layers, { version: SPECIFICATION_VERSION, extent: TILE_EXTENT }));
}

/** The encoder leaves out what is null. */
function propertiesOf(feature: TileFeature): Record<string, string | number | boolean | null> {
  const { id, name, operator, locations, evses, available, maxPower } = feature;
  const counts = {
    operator: textOrNull(operator),
    evses,
    available,
    max_power_kw: maxPower === null ? null : maxPower / WATTS_PER_KILOWATT,
  };
  return id === null ? { cluster: true, locations, ...counts } : { id, name: textOrNull(name), ...counts };
}
