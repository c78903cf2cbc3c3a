/** A connection as the pipeline sees it: whose voice, under which name and rules, in which operation of its own. */
import type { OcpiVersion } from '../../../db/ocpi-version.ts';
import type { Contributor } from '../../../ingest/pipeline.ts';
import type { OcpiState } from '../resource.ts';

/** @param version OCPI version of the endpoint that was called: what the body is written in */
export function contributorOf(
  { connection, correlationId }: Pick<OcpiState, 'connection' | 'correlationId'>,
  version: OcpiVersion,
): Contributor {
  return {
    speaker: { kind: 'connection', id: connection.id },
    name: connection.name,
    strictness: connection.strictness,
    version,
    correlationId,
  };
}
