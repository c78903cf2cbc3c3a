/**
 * A file of OCPI objects: an OCPI response envelope, so that whoever reads OCPI reads the file, with the
 * licence, attribution, version and sequence beside `data`. An object a line.
 */
import type { Edition } from './format.ts';

/** OCPI's status code for success. */
const SUCCESS = 1000;

export const ENVELOPE_SEPARATOR = ',\n';

/** Everything up to and with the opening bracket of `data`. */
export function openEnvelope({ publication, generatedAt, sequence }: Edition, version: string): string {
  const members = JSON.stringify({
    status_code: SUCCESS,
    timestamp: generatedAt.toISOString(),
    version,
    licence: publication.licence,
    attribution: publication.attribution,
    generated_at: generatedAt.toISOString(),
    sequence,
  });
  return `${members.slice(0, -1)},"data":[\n`;
}

export function closeEnvelope(): string {
  return '\n]}\n';
}
