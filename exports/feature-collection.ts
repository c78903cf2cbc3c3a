/**
 * A file of GeoJSON Features: one FeatureCollection, a Feature a line. Licence, attribution, time and sequence are
 * foreign members of the collection (RFC 7946, section 6.1).
 */
import type { Edition } from './format.ts';

export const FEATURE_SEPARATOR = ',\n';

/** Everything up to and with the opening bracket of `features`. */
export function openFeatureCollection({ publication, generatedAt, sequence }: Edition): string {
  const members = JSON.stringify({
    type: 'FeatureCollection',
    licence: publication.licence,
    attribution: publication.attribution,
    generated_at: generatedAt.toISOString(),
    sequence,
  });
  return `${members.slice(0, -1)},"features":[\n`;
}

export function closeFeatureCollection(): string {
  return '\n]}\n';
}
