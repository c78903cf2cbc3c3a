/** A connection as the pipeline sees it: whose voice, under which name and rules. */
import type { Connection } from '../../../db/model.ts';
import type { Contributor } from '../../../ingest/pipeline.ts';

/** @param version OCPI version of the endpoint that was called: what the body is written in */
export function contributorOf(connection: Connection, version: '2.2.1'): Contributor {
  return {
    speaker: { kind: 'connection', id: connection.id },
    name: connection.name,
    strictness: connection.strictness,
    version,
  };
}
