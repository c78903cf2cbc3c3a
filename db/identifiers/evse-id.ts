/**
 * Reads EVSE, pool and station IDs: ISO 15118-2 / eMI3 (`NL*TNM*E123`, `NLTNME123`) and DIN SPEC 91286
 * (`+49*823*1234*5678`), chapter 5 of the requirements.
 *
 * It stands in `db` because the registry keeps the compact form beside every EVSE, and the rooms that read and
 * check identifiers may all import from here.
 *
 * Guarantees: pure; never fails, whatever the text; linear in its length; the display form of an ID reads as the
 * same ID, and so does its compact form; spellings that differ in case, blanks around it or separators read alike.
 */
import { countryOfCallingCode } from './calling-codes.ts';
import { identifierText } from './identifier-text.ts';
import type { OperatorId } from './operator-id.ts';

/**
 * Which grammar of 5.1 the text follows as it stands (ID-01):
 *
 * - `strict`: ISO 15118-2, the first two separators both there or both not;
 * - `lenient`: as OICP takes it, with one of the two, or with a separator at the head of what follows the letter;
 * - `din`: DIN SPEC 91286;
 * - `mended`: none of them; a `-` or blank stands where a separator belongs (5.2, rule 3).
 */
export type EvseIdForm = 'strict' | 'lenient' | 'din' | 'mended';

/** What it names: the letter after the operator, E, P or S. */
export type EvseIdKind = 'evse' | 'pool' | 'station';

export interface EvseId extends OperatorId {
  readonly form: EvseIdForm;
  readonly kind: EvseIdKind;
  /** For comparing (5.2, rule 4): `DEAB7E8406487`. Inner separators are not in it, so `E1*11` equals `E11*1`. */
  readonly compact: string;
  /** For people (5.2, rule 5): `DE*AB7*E840*6487`, inner separators as delivered. */
  readonly display: string;
}

/**
 * What any form of it may look like; the form itself is told from the groups. ISO allows 31 characters after the
 * letter; the 32nd is there so that every DIN ID can be shown, and read again, in this form.
 */
const ISO = /^([A-Z]{2})( ?[*-]? ?)([A-Z0-9]{3})( ?[*-]? ?)([EPS])([A-Z0-9*]{1,32})$/;
const ISO_INSTANCE_LENGTH = 31;
/** Its separators are mandatory; it knows no letter, and names EVSEs only. */
const DIN = /^\+?([0-9]{1,3})( ?[*-] ?)([0-9]{3})( ?[*-] ?)([0-9*]{1,32})$/;

/** The groups of the two patterns: none of them is ever missing. */
type Iso = [string, string, string, string, string, string];
type Din = [string, string, string, string, string];

const KINDS: Readonly<Record<string, EvseIdKind>> = { E: 'evse', P: 'pool', S: 'station' };

/** Reads an ID of a charging point, pool or station; null when the text is none. */
export function parseEvseId(text: string): EvseId | null {
  const plain = identifierText(text);
  return parseIso(plain) ?? parseDin(plain);
}

/** The compact form of an ID as it is stored and compared; null when the text is none. */
export function compactEvseId(text: string | null | undefined): string | null {
  return typeof text === 'string' ? (parseEvseId(text)?.compact ?? null) : null;
}

/** Whether the ID followed one of the grammars as it was written (ID-01): `mended` ones did not. */
export function isWellFormed(id: EvseId): boolean {
  return id.form !== 'mended';
}

function parseIso(plain: string): EvseId | null {
  const match = ISO.exec(plain);
  if (!match) return null;
  const [countryCode, first, operatorId, second, letter, instance] = match.slice(1) as Iso;
  const isStrict = first === second && instance[0] !== '*' && instance.length <= ISO_INSTANCE_LENGTH;
  const form = isMended(first, second) ? 'mended' : isStrict ? 'strict' : 'lenient';
  return evseId(form, { countryCode, operatorId }, letter, instance);
}

function parseDin(plain: string): EvseId | null {
  const match = DIN.exec(plain);
  if (!match) return null;
  const [callingCode, first, operatorId, second, instance] = match.slice(1) as Din;
  const countryCode = countryOfCallingCode(callingCode);
  if (countryCode === undefined) return null;
  return evseId(isMended(first, second) ? 'mended' : 'din', { countryCode, operatorId }, 'E', instance);
}

function evseId(form: EvseIdForm, operator: OperatorId, letter: string, instance: string): EvseId | null {
  const { countryCode, operatorId } = operator;
  const plainInstance = instance.replaceAll('*', '');
  // Nothing but separators names nothing.
  if (plainInstance === '') return null;
  return {
    form,
    kind: KINDS[letter] as EvseIdKind,
    countryCode,
    operatorId,
    compact: `${countryCode}${operatorId}${letter}${plainInstance}`,
    display: `${countryCode}*${operatorId}*${letter}${instance}`,
  };
}

function isMended(...separators: string[]): boolean {
  return separators.some((separator) => separator !== '' && separator !== '*');
}
