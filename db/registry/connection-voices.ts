/**
 * For which of its parties a connection speaks: all of them when the operator gave it a role that brings objects,
 * otherwise those for which the platform itself states such a role. Parties are always those that the operator
 * bound to it; what a platform claims beyond them counts for nothing (CRED-22).
 */
import type { Knex } from 'knex';
import type { Module, Owner, Role } from '../model.ts';
import type { Connection } from '../partner-model.ts';
import { sameOwner } from './owner.ts';
import { registerVoices } from './voice-store.ts';

/** Roles that bring objects of their own parties; the others only read (OCPI 2.2.1, Role). */
const SPEAKING_ROLES: readonly Role[] = ['CPO', 'HUB', 'NAP', 'SCSP', 'OTHER'];

const MODULES: readonly Module[] = ['locations', 'tariffs'];

/** Whether the parties of this role bring Locations and Tariffs, or only read them. */
export function bringsObjects(role: Role): boolean {
  return SPEAKING_ROLES.includes(role);
}

/** Whom a connection speaks for. Pure. */
export function spokenFor({ role, parties, peer }: Pick<Connection, 'role' | 'parties' | 'peer'>): Owner[] {
  if (bringsObjects(role)) return [...parties];
  const stated = (peer?.roles ?? []).filter((one) => bringsObjects(one.role));
  return parties.filter((party) => stated.some(({ owner }) => sameOwner(owner, party)));
}

/**
 * Gives a connection the voices that it shall have now. Those that it keeps are given again at once.
 *
 * @throws VoiceTakenError when another speaks for one of its parties; the caller rolls back
 */
export async function renewVoices(transaction: Knex.Transaction, connection: Connection): Promise<void> {
  await transaction('voice').where({ connection_id: connection.id, registered: true }).delete();
  const speaker = { kind: 'connection', id: connection.id } as const;
  await registerVoices(transaction, spokenFor(connection), speaker, MODULES);
}
