/**
 * `/tiles/locations.json`: the tiles as TileJSON 3.0.0 describes them to map libraries.
 */
import { MAX_ZOOM } from '../../../db/tile-grid.ts';
import { TILE_FIELDS, TILE_LAYER } from '../../../exports/tile.ts';
import { licenceUrl } from '../licence.ts';

export interface TileJsonFacts {
  /** Where we are reached, without a slash at the end. */
  readonly address: string;
  /** Name of the access point. */
  readonly name: string;
  readonly licence: string;
  /** West, south, east and north of what is shown; null when there is nothing. */
  readonly bounds: readonly [number, number, number, number] | null;
}

/** The document. `licence` and `licence_url` are ours: TileJSON has no word for them, and allows more keys. */
export function describeTiles({ address, name, licence, bounds }: TileJsonFacts): object {
  return {
    tilejson: '3.0.0',
    name: `Charging locations: ${name}`,
    description:
      'Charging locations with their numbers of EVSEs and of those that are available. ' +
      `Up to zoom ${MAX_ZOOM - 1} neighbours are one cluster; at zoom ${MAX_ZOOM} every location is a point.`,
    version: '1.0.0',
    attribution: escapeHtml(name),
    licence,
    licence_url: licenceUrl(licence),
    scheme: 'xyz',
    tiles: [`${address}/tiles/locations/{z}/{x}/{y}.mvt`],
    minzoom: 0,
    maxzoom: MAX_ZOOM,
    ...(bounds ? { bounds } : {}),
    vector_layers: [
      {
        id: TILE_LAYER,
        description: 'Charging locations, alone and in clusters',
        minzoom: 0,
        maxzoom: MAX_ZOOM,
        fields: TILE_FIELDS,
      },
    ],
  };
}

/** Maps show the attribution as HTML. */
function escapeHtml(text: string): string {
  const names: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => names[character] as string);
}
