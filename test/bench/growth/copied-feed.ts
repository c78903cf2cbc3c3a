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
    uid: `${copy}-${evse.uid}`,
    ...(evse.evse_id ? { evse_id: evse.evse_id.replace(EVSE_ID, `$1${copy}X`) } : {}),
  }));
  return { ...location, id: `${copy}-${location.id}`, ...(evses ? { evses } : {}) };
}
