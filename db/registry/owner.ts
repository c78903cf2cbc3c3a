/**
 * Owners as they are compared: country codes and party ids are CiStrings (OCPI 2.2.1, types), so without case, in
 * whatever spelling the operator or a platform gave them. Pure.
 */
import type { Owner } from '../model.ts';

/** The same text for every spelling of an owner: `NL/TNM`. */
export function ownerKey({ countryCode, partyId }: Owner): string {
  return `${countryCode}/${partyId}`.toUpperCase();
}

/** Whether both name the same party. Asked with each push, of every party that its connection speaks for. */
export function sameOwner(one: Owner, other: Owner): boolean {
  return sameCode(one.partyId, other.partyId) && sameCode(one.countryCode, other.countryCode);
}

function sameCode(one: string, other: string): boolean {
  return one === other || one.toUpperCase() === other.toUpperCase();
}
