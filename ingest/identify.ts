/**
 * Whose object is this, and which? Read from the object itself before anything else is asked of it, so that
 * even what is refused can be told to its owner. Pure.
 */

import type { Owner, Problem } from '../db/model.ts';
import { sha256 } from '../db/registry/content.ts';
import { objectKey } from '../db/registry/mutation.ts';

/**
 * Raised by hand when validation, repairs or merging begin to give another result for the same input, so that
 * known inputs are looked at again.
 */
const INGEST_REVISION = 1;

export interface Identity {
  readonly owner: Owner;
  readonly id: string;
  /** See `objectKey`. */
  readonly key: string;
}

/** The identity of a pulled object, or the problem that hides it. */
export function identify(value: unknown, parties: readonly Owner[]): Identity | Problem {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { path: '', rule: 'type', message: `must be an object, received ${shortJson(value)}` };
  }
  const fields = value as Record<string, unknown>;
  const id = typeof fields.id === 'number' ? String(fields.id) : fields.id;
  if (typeof id !== 'string' || id === '') {
    return { path: 'id', rule: 'required', message: `id: is required, received ${shortJson(fields.id)}` };
  }
  const owner = ownerOf(fields, parties);
  return 'countryCode' in owner ? { owner, id, key: objectKey(owner, id) } : owner;
}

/** Owner codes as they are compared: in upper case (OCPI CiString). */
export function normalOwner(countryCode: string, partyId: string): Owner {
  return { countryCode: countryCode.toUpperCase(), partyId: partyId.toUpperCase() };
}

export function sameOwner(one: Owner, other: Owner): boolean {
  return one.countryCode === other.countryCode && one.partyId === other.partyId;
}

/** The object with the owner that its source speaks for, when it carries none (2.1.1). */
export function withOwner(value: unknown, owner: Owner): unknown {
  const fields = value as Record<string, unknown>;
  return fields.country_code || fields.party_id
    ? value
    : { country_code: owner.countryCode, party_id: owner.partyId, ...withoutNullOwner(fields) };
}

/** Hash of an input as received, for this version and strictness. */
export function inputHash(version: string, strictness: string, value: unknown): Buffer {
  return inputHashOf(version, strictness, JSON.stringify(value));
}

/** The same of one that is told apart by a text, such as its digest. */
export function inputHashOf(version: string, strictness: string, text: string): Buffer {
  return sha256(`${INGEST_REVISION} ${version} ${strictness} ${text}`);
}

function withoutNullOwner(fields: Record<string, unknown>): Record<string, unknown> {
  const { country_code: _countryCode, party_id: _partyId, ...others } = fields;
  return others;
}

function ownerOf(fields: Record<string, unknown>, parties: readonly Owner[]): Owner | Problem {
  const { country_code: countryCode, party_id: partyId } = fields;
  const only = parties.length === 1 ? parties[0] : undefined;
  if (!countryCode && !partyId && only) {
    return only;
  }
  if (typeof countryCode !== 'string' || !/^[a-z]{2}$/i.test(countryCode)) {
    return {
      path: 'country_code',
      rule: 'owner',
      message: `country_code: must be two letters, received ${shortJson(countryCode)}`,
    };
  }
  if (typeof partyId !== 'string' || !/^[a-z0-9]{3}$/i.test(partyId)) {
    return {
      path: 'party_id',
      rule: 'owner',
      message: `party_id: must be three letters or digits, received ${shortJson(partyId)}`,
    };
  }
  return normalOwner(countryCode, partyId);
}

function shortJson(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 80);
}
