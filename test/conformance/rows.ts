/** The catalogue of all requirement rows, in the order in which a platform is best examined. */
import { acrossVersionsRows } from './rows/across-versions.ts';
import { authorizationRows } from './rows/authorization.ts';
import { credentialsRows } from './rows/credentials.ts';
import { envelopeRows } from './rows/envelope.ts';
import { hubClientInfoRows } from './rows/hub-client-info.ts';
import { listsRows } from './rows/lists.ts';
import { locationsReceiverRows } from './rows/locations-receiver.ts';
import { openDataRows } from './rows/open-data.ts';
import { pullClientRows } from './rows/pull-client.ts';
import { routingRows } from './rows/routing.ts';
import type { Row, Section } from './rows/row.ts';
import { tariffsReceiverRows } from './rows/tariffs-receiver.ts';
import { versionsRows } from './rows/versions.ts';

export const SECTIONS: readonly Section[] = [
  authorizationRows,
  envelopeRows,
  versionsRows,
  credentialsRows,
  routingRows,
  hubClientInfoRows,
  locationsReceiverRows,
  tariffsReceiverRows,
  listsRows,
  pullClientRows,
  openDataRows,
  acrossVersionsRows,
];

const BY_ID = new Map(SECTIONS.flatMap(({ rows }) => rows.map((row) => [row.id, row])));

/** The row of an id. Throws for one that there is not: a check that names it is wrong. */
export function rowOf(id: string): Row {
  const row = BY_ID.get(id);
  if (!row) throw new Error(`There is no row ${id}`);
  return row;
}
