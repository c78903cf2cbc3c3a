/**
 * EVSEs and Connectors cut out of a Location's document, in the words of a version. Ids are compared without
 * case (OCPI CiString).
 */
import type { Location } from '../../db/model.ts';
import type { StoredDocument } from '../../db/reads/stored-object.ts';
import type { ExportContext, ExportDialect } from '../../exports/dialects/dialect.ts';

/** Which part of a Location is asked for; without `evseUid` the Location itself. */
export interface PartPath {
  readonly evseUid?: string | undefined;
  readonly connectorId?: string | undefined;
}

/** JSON text of the Location or the part; null when there is none, or the version has no words for it. */
export function locationPart(
  stored: StoredDocument,
  path: PartPath,
  dialect: ExportDialect,
  context: ExportContext,
): string | null {
  const { evseUid, connectorId } = path;
  const whole = dialect.location(stored, context);
  // What the version cannot say at all, it does not say in parts either.
  if (evseUid === undefined || whole === null) return whole;
  const location = JSON.parse(stored.document) as Location;
  const evse = location.evses?.find(
    ({ uid }) => sameId(uid, evseUid) || sameId(dialect.evseUid(uid), evseUid),
  );
  if (evse === undefined) return null;
  if (connectorId === undefined) return text(dialect.evse(evse, stored.owner, context));
  const connector = evse.connectors.find((candidate) => sameId(candidate.id, connectorId));
  return connector === undefined ? null : text(dialect.connector(connector, stored.owner, context));
}

function sameId(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function text(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}
