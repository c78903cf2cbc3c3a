import { parse } from 'node:querystring';
import { expect } from 'chai';
import fc from 'fast-check';
import { parseDateTime } from '../../../../server/ocpi/protocol/date-time.ts';
import { OcpiRefusal } from '../../../../server/ocpi/protocol/envelope.ts';
import {
  type ListIdentity,
  linkToNext,
  PAGE_LIMIT,
  readPageRequest,
} from '../../../../server/ocpi/protocol/paging.ts';

const LIST: ListIdentity = { module: 'locations', clock: 'registry', owner: null };
const URL_OF_LIST = 'https://nap.example/ocpi/2.2.1/sender/locations';

function read(query: string, list: ListIdentity = LIST) {
  return readPageRequest(parse(query), list);
}

/** The query of the Link after a page of `served` objects that ended at `next`. */
function nextQuery(query: string, next: number, served: number): string {
  const link = linkToNext(URL_OF_LIST, read(query), LIST, next, served);
  const [, url = ''] = /^<([^>]+)>; rel="next"$/.exec(link) ?? [];
  return new URL(url).search.slice(1);
}

describe('server/ocpi/paging', () => {
  it('LS-04: offset is 0 and limit the page size when they are not given', () => {
    expect(read('')).to.include({ offset: 0, limit: PAGE_LIMIT, after: undefined });
  });

  it('LS-04, LS-07: a limit above the page size is cut to it', () => {
    expect(read('limit=5').limit).to.equal(5);
    expect(read(`limit=${PAGE_LIMIT + 1}`).limit).to.equal(PAGE_LIMIT);
    expect(read('limit=999999999999999').limit).to.equal(PAGE_LIMIT);
  });

  it('LS-09: what is no whole number, or no time, is refused by name', () => {
    const bad = ['limit=0', 'limit=-1', 'limit=1.5', 'limit=', 'limit=1e3', 'limit=1&limit=2', 'offset=-1'];
    bad.push(
      'offset=x',
      'offset=9999999999999999999',
      'date_from=yesterday',
      'date_to=',
      'position=',
      'position=1',
    );
    for (const query of bad) {
      const name = query.split('=')[0] as string;
      expect(() => read(query), query).to.throw(OcpiRefusal, name);
    }
  });

  it('LS-05: the Link keeps offset, limit and every filter as the client wrote it', () => {
    const query = nextQuery(
      'limit=2&offset=4&date_from=2026-06-01T00:00:00&date_to=2026-07-01T00:00:00.5Z',
      77,
      2,
    );
    expect(parse(query)).to.deep.include({
      limit: '2',
      offset: '6',
      date_from: '2026-06-01T00:00:00',
      date_to: '2026-07-01T00:00:00.5Z',
    });
    expect(read(query)).to.deep.include({ limit: 2, offset: 6, after: 77 });
  });

  it('LS-05: a position is refused when it, a filter or the list is not what it was made for', () => {
    const query = nextQuery('date_from=2026-06-01T00:00:00Z', 77, 2);
    const others: ListIdentity[] = [
      { ...LIST, module: 'tariffs' },
      { ...LIST, clock: 'object' },
      { ...LIST, owner: { countryCode: 'NL', partyId: 'TNM' } },
    ];
    for (const list of others) expect(() => read(query, list)).to.throw(OcpiRefusal, 'position');
    for (const tampered of [
      query.replace('2.77.', '2.78.'),
      query.replace('2.77.', '3.77.'),
      query.replace('2026-06-01', '2026-06-02'),
      query.replace(/date_from=[^&]*&/, ''),
      query.slice(0, -1),
      `${query}x`,
    ]) {
      expect(() => read(tampered), tampered).to.throw(OcpiRefusal, 'position');
    }
  });

  it('LS-05: a client that moves the offset itself is served by the offset', () => {
    const query = nextQuery('limit=2', 77, 2);
    expect(read(query.replace('offset=2', 'offset=9'))).to.include({ offset: 9, after: undefined });
    expect(read(query.replace('limit=2', 'limit=50'))).to.include({ offset: 2, limit: 50, after: 77 });
  });

  it('LS-05: whatever position is sent, it is ours or refused', () => {
    fc.assert(
      fc.property(fc.string(), (position) => {
        expect(() => read(new URLSearchParams({ position }).toString())).to.throw(OcpiRefusal, 'position');
      }),
    );
  });
});

describe('server/ocpi/date-time', () => {
  it('LS-10: every form of DateTime is UTC, with and without Z and fractions', () => {
    const forms: [string, string][] = [
      ['2015-06-29T20:39:09Z', '2015-06-29T20:39:09.000Z'],
      ['2015-06-29T20:39:09', '2015-06-29T20:39:09.000Z'],
      ['2016-12-29T17:45:09.2Z', '2016-12-29T17:45:09.200Z'],
      ['2016-12-29T17:45:09.2', '2016-12-29T17:45:09.200Z'],
      ['2018-01-01T01:08:01.123Z', '2018-01-01T01:08:01.123Z'],
      ['2018-01-01T01:08:01.12345', '2018-01-01T01:08:01.123Z'],
      ['2024-02-29T23:59:59.9999Z', '2024-02-29T23:59:59.999Z'],
    ];
    for (const [text, expected] of forms) expect(parseDateTime(text)?.toISOString(), text).to.equal(expected);
  });

  it('LS-10: offsets, blanks, dates that do not exist and other spellings are refused', () => {
    for (const text of [
      '2015-06-29T20:39:09+00:00',
      '2015-06-29T20:39:09 00:00',
      '2015-06-29 20:39:09Z',
      '2015-06-29t20:39:09z',
      '2015-06-29',
      '2023-02-29T00:00:00Z',
      '2023-04-31T00:00:00Z',
      '2023-13-01T00:00:00Z',
      '2023-01-01T24:00:00Z',
      '0000-01-01T00:00:00Z',
      '2018-01-01T01:08:01.12345Z',
      '2018-01-01T01:08:01.123456',
      '',
    ]) {
      expect(parseDateTime(text), text).to.equal(null);
    }
  });
});
