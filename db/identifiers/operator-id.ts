/**
 * Reads the ID of an operator or provider in any spelling: `NL*TNM`, `NL-TNM`, `NLTNM`, `nl tnm`, `GR * 16T`, and
 * by DIN SPEC 91286 `+49*823` (5.1; registers write all four separators). Which of the two roles is meant does not
 * show in the ID: some registers write `-` for providers, others for everybody.
 *
 * Pure, never fails, linear in the length of the text.
 */
import { countryOfCallingCode } from './calling-codes.ts';
import { identifierText } from './identifier-text.ts';

/** Who is named: the key under which registers are searched, together with a role. */
export interface OperatorId {
  /** ISO 3166-1 alpha-2 by its form; whether it is assigned is not looked up. Upper case. */
  readonly countryCode: string;
  /** Three letters or digits, upper case. */
  readonly operatorId: string;
}

const ISO = /^([A-Z]{2}) ?[*-]? ?([A-Z0-9]{3})$/;
/** Its separator is mandatory: without it the length of the calling code cannot be told. */
const DIN = /^\+?([0-9]{1,3}) ?[*-] ?([0-9]{3})$/;

/** Reads an operator ID; null when the text is none. */
export function parseOperatorId(text: string): OperatorId | null {
  const plain = identifierText(text);
  const iso = ISO.exec(plain);
  if (iso) return { countryCode: iso[1] as string, operatorId: iso[2] as string };
  const din = DIN.exec(plain);
  const countryCode = din ? countryOfCallingCode(din[1] as string) : undefined;
  return din && countryCode !== undefined ? { countryCode, operatorId: din[2] as string } : null;
}

/** As people write it: `NL*TNM`. */
export function formatOperatorId({ countryCode, operatorId }: OperatorId): string {
  return `${countryCode}*${operatorId}`;
}
