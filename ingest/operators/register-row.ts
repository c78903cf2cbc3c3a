/**
 * One row of a register on its way in: the entries read from it, and what was wrong with it. A fault costs what it
 * is in and nothing else: of a row with two IDs the good one is taken. Pure; never fails.
 */
import { type OperatorId, parseOperatorId } from '../../db/identifiers/operator-id.ts';
import type { OperatorRole, OperatorStatus } from '../../db/model.ts';

/** What a register says beside the ID. */
export interface RegisterFacts {
  readonly status: Exclude<OperatorStatus, 'DELISTED'>;
  /** As published. */
  readonly name?: string | null | undefined;
  readonly website?: string | null | undefined;
}

export interface RegisterEntry extends OperatorId {
  readonly role: OperatorRole;
  readonly status: Exclude<OperatorStatus, 'DELISTED'>;
  readonly name: string | null;
  readonly website: string | null;
}

export interface RowProblem {
  readonly message: string;
  readonly received: string;
}

/** Characters of a company's name, or of its website's address: longer ones are something else. */
const NAME_LIMIT = 300;
const WEBSITE_LIMIT = 500;
/** Characters of what stood in a row. */
const RAW_LIMIT = 4_000;
/** Characters of a value in a message. */
const QUOTE_LIMIT = 200;

export class RegisterRow {
  /** E.g. `line 12`. */
  readonly place: string;
  /** What stood there, without names of persons. */
  readonly raw: string;
  /** Who says so, when rows of one list differ in that. */
  readonly authority: string | null;
  readonly entries: RegisterEntry[] = [];
  readonly problems: RowProblem[] = [];

  /** @param fields what stood there under the names of the register; only those that may be kept */
  constructor(place: string, fields: Readonly<Record<string, unknown>>, authority: string | null = null) {
    this.place = place;
    this.raw = JSON.stringify(fields).slice(0, RAW_LIMIT);
    this.authority = authority;
  }

  /**
   * Takes an ID in, or says what is wrong with it.
   *
   * @param countries those whose IDs the register gives out; null: all
   */
  add(id: string, role: OperatorRole, facts: RegisterFacts, countries: readonly string[] | null): void {
    const parsed = parseOperatorId(id);
    if (!parsed) {
      this.refuse(
        'is no operator ID: two letters for the country and three letters or digits are wanted',
        id,
      );
    } else if (countries !== null && !countries.includes(parsed.countryCode)) {
      this.refuse(`is no ID of ${countries.join(', ')}: this register does not give it out`, id);
    } else {
      const { status, name, website } = facts;
      this.entries.push({
        ...parsed,
        role,
        status,
        name: companyName(name),
        website: this.#website(website),
      });
    }
  }

  /** Notes something that is wrong with the row. */
  refuse(message: string, received: unknown): void {
    const text = (typeof received === 'string' ? received : (JSON.stringify(received) ?? '')).slice(
      0,
      QUOTE_LIMIT,
    );
    // A row gives several entries, and one fault may be in the way of all of them.
    if (this.problems.some((known) => known.message === message && known.received === text)) return;
    this.problems.push({ message, received: text });
  }

  #website(text: string | null | undefined): string | null {
    const plain = (text ?? '').trim();
    if (plain === '') return null;
    if (isWebsite(plain)) return plain;
    this.refuse('is no address of a website: it was left out', plain);
    return null;
  }
}

/** A name without the blanks, tabs and quotes that registers carry along; null when nothing is left. */
export function companyName(text: string | null | undefined): string | null {
  const plain = (text ?? '').replace(/\s+/g, ' ').trim();
  const unquoted = /^"[^"]+"$/.test(plain) ? plain.slice(1, -1).trim() : plain;
  return unquoted === '' ? null : unquoted.slice(0, NAME_LIMIT);
}

/** An http(s) URL, or a host such as `www.allego.nl`, with which many registers content themselves. */
function isWebsite(text: string): boolean {
  if (text.length > WEBSITE_LIMIT || /\s/.test(text)) return false;
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(text) ? text : `https://${text}`;
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return /^https?:$/.test(protocol) && hostname.includes('.');
}
