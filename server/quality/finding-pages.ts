/**
 * The open findings of a party, or of several in turn, as pages: first those that are stored, then the AFIR items that
 * are missing. A page ends with a position, an opaque text; whoever asks with it goes on from there.
 */
import type { Knex } from 'knex';
import type { Owner, Severity } from '../../db/model.ts';
import {
  type FindingsQuestion,
  readFindings,
  readMissingItems,
  SILENT_ITEM_RULE,
} from '../../db/reads/quality-findings.ts';
import type { QualityScope } from '../../db/reads/quality-scope.ts';
import { type FindingView, viewFinding, viewMissingItem } from './finding-view.ts';
import type { RuleBook } from './rule-book.ts';

/** Which page of which findings. */
export interface PageWish {
  /** As the page before ended; undefined: from the beginning. */
  readonly after?: string | undefined;
  readonly limit: number;
  readonly rule?: string | undefined;
  readonly severity?: Severity | undefined;
}

export type OwnedFinding = FindingView & { readonly country_code: string; readonly party_id: string };

export interface FindingPage {
  readonly findings: readonly OwnedFinding[];
  /** Null: there are no more. */
  readonly next: string | null;
}

/** A position that was not made here. */
export class PositionError extends Error {
  override readonly name = 'PositionError';
}

export interface PageParts {
  readonly knex: Knex;
  readonly book: RuleBook;
  readonly scope: QualityScope;
  readonly now: Date;
}

interface Position {
  /** Of the parties in their order. */
  readonly party: string;
  /** Stored findings up to this id were told; null: all of them. */
  readonly finding: number | null;
  /** Items up to these were told. */
  readonly location: string;
  readonly ordinal: number;
}

/**
 * A page of the findings of these parties, in the order of country and party.
 *
 * @throws PositionError
 */
export async function readFindingPage(
  parts: PageParts,
  owners: readonly Owner[],
  wish: PageWish,
): Promise<FindingPage> {
  const start = wish.after === undefined ? undefined : parsePosition(wish.after);
  const sorted = [...owners].sort((one, other) => (nameOf(one) < nameOf(other) ? -1 : 1));
  const findings: OwnedFinding[] = [];
  for (const owner of sorted) {
    const party = nameOf(owner);
    if (start && party < start.party) continue;
    let position = start?.party === party ? start : { party, finding: 0, location: '', ordinal: 0 };
    const question = { ...wish, ...parts, owner, limit: wish.limit - findings.length };
    if (position.finding !== null) {
      const read = await readStored(parts, question, position.finding);
      findings.push(...read.map(({ view }) => ({ ...ownerOf(owner), ...view })));
      const last = read.at(-1);
      if (findings.length >= wish.limit && last) {
        return { findings, next: formatPosition({ ...position, finding: last.id }) };
      }
      position = { ...position, finding: null };
    }
    const read = await readItems(parts, { ...question, limit: wish.limit - findings.length }, position);
    findings.push(...read.map(({ view }) => ({ ...ownerOf(owner), ...view })));
    const last = read.at(-1);
    if (findings.length >= wish.limit && last) {
      const { location, ordinal } = last;
      return { findings, next: formatPosition({ ...position, location, ordinal }) };
    }
  }
  return { findings, next: null };
}

/** A page that is full ends with a position, also when nothing follows: the next one is then empty. */
async function readStored({ knex, book }: PageParts, question: FindingsQuestion, after: number) {
  if (question.rule?.startsWith(SILENT_ITEM_RULE)) return [];
  const rows = await readFindings(knex, question, after);
  return rows.map((row) => ({ id: row.id, view: viewFinding(book, row) }));
}

async function readItems({ knex, book }: PageParts, question: FindingsQuestion, after: Position) {
  const isOther = question.rule !== undefined && !question.rule.startsWith(SILENT_ITEM_RULE);
  if (isOther || (question.severity !== undefined && question.severity !== 'info')) return [];
  const rows = await readMissingItems(knex, question, after);
  return rows.map((row) => ({
    location: row.location_id.toLowerCase(),
    ordinal: row.ordinal,
    view: viewMissingItem(book, row),
  }));
}

function nameOf({ countryCode, partyId }: Owner): string {
  return `${countryCode}-${partyId}`;
}

function ownerOf({ countryCode, partyId }: Owner) {
  return { country_code: countryCode, party_id: partyId };
}

function formatPosition({ party, finding, location, ordinal }: Position): string {
  return Buffer.from(JSON.stringify([party, finding, location, ordinal])).toString('base64url');
}

function parsePosition(text: string): Position {
  try {
    const [party, finding, location, ordinal] = JSON.parse(Buffer.from(text, 'base64url').toString());
    const isFinding = finding === null || Number.isSafeInteger(finding);
    if (typeof party === 'string' && isFinding && isPlain(location) && Number.isSafeInteger(ordinal)) {
      return { party, finding, location, ordinal };
    }
  } catch {
    // Told below, like one of another shape.
  }
  throw new PositionError('after: not a position of this list; follow "next" as it is, or leave it out');
}

/** What PostgreSQL takes as a text. */
function isPlain(value: unknown): value is string {
  return typeof value === 'string' && !value.includes('\0') && Buffer.from(value).toString() === value;
}
