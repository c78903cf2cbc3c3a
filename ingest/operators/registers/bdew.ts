/**
 * BDEW: Germany. Two lists, of charge point operators and of providers, for a code may belong to one company in the
 * one and to another in the other. As a file `{"cpo":[...],"emsp":[...]}`; by URL in pages, `{"Result":"OK","Records":
 * [{Id, Code, Company}],"TotalRecordCount"}`, asked for with `showProviderId`, `jtStartIndex` and `jtPageSize`. Only
 * active codes are listed.
 */
import type { OperatorRole } from '../../../db/model.ts';
import { type OperatorRegister, type RegisterDocument, RegisterError } from '../operator-register.ts';
import { fieldsOf, listOf, loadJson, requireField, textsOf } from '../read-json.ts';
import { RegisterRow } from '../register-row.ts';

const COUNTRIES = ['DE'];

/** Records asked for at a time: each list has some 1,600. */
const PAGE_RECORDS = 500;
/** Pages of one list: sixty times what it has. One that goes on for ever must end. */
const PAGE_LIMIT = 200;

export const bdew: OperatorRegister = {
  authority: 'bdew',
  title: 'BDEW',
  countries: COUNTRIES,

  async *read(document) {
    const first = document.isUrl ? await loadPage(document, 'CPO', 0) : await loadJson(document);
    // Both lists in one answer: a file, or a copy of one that somebody serves.
    const isFile = !Object.hasOwn(fieldsOf(first), 'Records');
    for (const role of ['CPO', 'EMSP'] as const) {
      const records = isFile
        ? listOf(first, role.toLowerCase(), document.where)
        : await crawl(document, role, role === 'CPO' ? first : await loadPage(document, role, 0));
      requireField(records, 'Code', document.where);
      for (const [index, record] of records.entries()) {
        yield readRecord(`${role} record ${index + 1}`, record, role);
      }
    }
  },
};

function loadPage(document: RegisterDocument, role: OperatorRole, start: number): Promise<unknown> {
  return loadJson(document, {
    showProviderId: String(role === 'EMSP'),
    jtStartIndex: String(start),
    jtPageSize: String(PAGE_RECORDS),
  });
}

/** All records of one list, page after page: it is a small server, so one at a time. */
async function crawl(document: RegisterDocument, role: OperatorRole, first: unknown): Promise<unknown[]> {
  const { where } = document;
  const records = new Map<string, unknown>();
  let received = 0;
  let answer = first;
  for (let page = 0; page < PAGE_LIMIT; page++) {
    const { Result: result, TotalRecordCount: total } = fieldsOf(answer);
    if (result !== undefined && result !== 'OK') {
      throw new RegisterError(`${where} answers "${String(result).slice(0, 100)}" in place of a list`);
    }
    const pageRecords = listOf(answer, 'Records', where);
    const before = records.size;
    for (const record of pageRecords) records.set(keyOf(record), record);
    received += pageRecords.length;
    const isEnd = records.size === before;
    if (typeof total === 'number' ? received >= total : isEnd) return [...records.values()];
    if (isEnd) {
      throw new RegisterError(`${where} is not complete: it gave ${before} of ${String(total)} records`);
    }
    answer = await loadPage(document, role, received);
  }
  throw new RegisterError(`${where} does not come to an end after ${PAGE_LIMIT} pages`);
}

/** By its number: a page that comes again brings nothing new. */
function keyOf(record: unknown): string {
  const { Id: id, Code: code } = fieldsOf(record);
  return typeof id === 'number' || typeof id === 'string' ? String(id) : JSON.stringify(code ?? null);
}

function readRecord(place: string, record: unknown, role: OperatorRole): RegisterRow {
  const { Code: code, Company: company } = textsOf(record, ['Code', 'Company']);
  const row = new RegisterRow(place, { Code: code, Company: company });
  row.add(code ?? '', role, { status: 'ACTIVE', name: company }, COUNTRIES);
  return row;
}
