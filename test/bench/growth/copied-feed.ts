/**
 * A feed some times over: each copy has ids of its own for its Locations and EVSEs, and else the same content at the same
 * places. So a registry grows without becoming another kind of registry.
 */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { objectsOf } from '../../real-data/objects-of.ts';

/** `NL*TNM*E`: country, operator, and the letter after which the operator is free. */
const EVSE_ID = /^([A-Z]{2}\*?[A-Z0-9]{3}\*?E)/i;

/** Characters that OCPI allows in the id of a Location and in the uid of an EVSE. */
const ID_LENGTH = 36;

/** Writes the Locations of a feed so many times, as one list. */
export async function writeCopies(locations: string, copies: number, target: string): Promise<void> {
  await pipeline(Readable.from(listOfCopies(locations, copies)), createWriteStream(target));
}

async function* listOfCopies(locations: string, copies: number): AsyncGenerator<string> {
  let before = '[';
  for (let copy = 0; copy < copies; copy += 1) {
    for await (const location of objectsOf(locations)) {
      yield before + JSON.stringify(copy === 0 ? location : renamed(location as FedLocation, copy));
      before = ',\n';
    }
  }
  yield ']';
}

interface FedLocation {
  readonly id: string;
  readonly evses?: readonly { readonly uid: string; readonly evse_id?: string | null }[] | null;
}

function renamed(location: FedLocation, copy: number): FedLocation {
  const evses = location.evses?.map((evse) => ({
    ...evse,
    uid: idOfCopy(evse.uid, copy),
    ...(evse.evse_id ? { evse_id: evse.evse_id.replace(EVSE_ID, `$1${copy}X`) } : {}),
  }));
  return { ...location, id: idOfCopy(location.id, copy), ...(evses ? { evses } : {}) };
}

/** A UUID is as long as an id may be: its dashes make room, since each of its figures may tell it from the next one. */
function idOfCopy(id: string, copy: number): string {
  const marked = `${copy}-${id}`;
  return marked.length <= ID_LENGTH ? marked : `${copy}-${id.replaceAll('-', '')}`;
}
