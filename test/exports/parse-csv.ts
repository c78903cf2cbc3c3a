/**
 * A reader of RFC 4180, written from the RFC and not from the writer that it checks.
 */

/** Records of cells. Throws on anything that the RFC does not allow. */
export function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  let position = 0;
  while (position < text.length) {
    const record: string[] = [];
    for (;;) {
      record.push(readCell());
      if (text[position] !== ',') break;
      position += 1;
    }
    if (!text.startsWith('\r\n', position)) throw new Error(`no CRLF at ${position}`);
    position += 2;
    records.push(record);
  }
  return records;

  function readCell(): string {
    if (text[position] !== '"') {
      const [cell] = /^[^,"\r\n]*/.exec(text.slice(position)) as RegExpExecArray;
      position += cell.length;
      return cell;
    }
    let cell = '';
    position += 1;
    for (;;) {
      const quote = text.indexOf('"', position);
      if (quote < 0) throw new Error('a quoted cell does not end');
      cell += text.slice(position, quote);
      position = quote + 1;
      if (text[position] !== '"') return cell;
      cell += '"';
      position += 1;
    }
  }
}

/** Records as objects by the names in the first. */
export function parseCsvTable(text: string): Record<string, string>[] {
  const [header = [], ...records] = parseCsv(text);
  return records.map((record) =>
    Object.fromEntries(header.map((name, index) => [name, record[index] ?? ''])),
  );
}
