import { expect } from 'chai';
import { type Decision, decide } from '../../../server/open-data/conditions.ts';

const ETAG = '"abc"';
const VALIDATORS = { etag: ETAG, lastModified: new Date('2026-06-03T09:00:00.700Z'), bytes: 1000 };
const SAME = 'Wed, 03 Jun 2026 09:00:00 GMT';
const BEFORE = 'Wed, 03 Jun 2026 08:59:59 GMT';
const WHOLE: Decision = { kind: 'whole' };
const FIRST_TEN: Decision = { kind: 'part', start: 0, end: 9 };

describe('conditions and ranges', () => {
  const cases: readonly [string, Record<string, string>, Decision][] = [
    ['nothing is asked', {}, WHOLE],
    ['the tag is the one we have', { 'if-none-match': ETAG }, { kind: 'not-modified' }],
    ['the tag is one of several, weak or not', { 'if-none-match': '"x", W/"abc"' }, { kind: 'not-modified' }],
    ['any tag will do', { 'if-none-match': '*' }, { kind: 'not-modified' }],
    ['the tag is another', { 'if-none-match': '"abcd"' }, WHOLE],
    ['a tag counts more than a time', { 'if-none-match': '"x"', 'if-modified-since': SAME }, WHOLE],
    [
      'a tag counts more than a time, the other way',
      { 'if-none-match': ETAG, 'if-modified-since': BEFORE },
      { kind: 'not-modified' },
    ],
    ['nothing since that second', { 'if-modified-since': SAME }, { kind: 'not-modified' }],
    ['something since that second', { 'if-modified-since': BEFORE }, WHOLE],
    ['a time that is none', { 'if-modified-since': 'yesterday' }, WHOLE],
    ['the file must be the one we have', { 'if-match': ETAG }, WHOLE],
    ['the file must be another', { 'if-match': '"x"' }, { kind: 'precondition-failed' }],
    ['a weak tag matches nothing strongly', { 'if-match': 'W/"abc"' }, { kind: 'precondition-failed' }],
    ['the file must be as old', { 'if-unmodified-since': SAME }, WHOLE],
    ['the file must be older', { 'if-unmodified-since': BEFORE }, { kind: 'precondition-failed' }],
    ['the first ten bytes', { range: 'bytes=0-9' }, FIRST_TEN],
    ['the last ten bytes', { range: 'bytes=-10' }, { kind: 'part', start: 990, end: 999 }],
    ['the rest', { range: 'bytes=990-' }, { kind: 'part', start: 990, end: 999 }],
    ['more than there is', { range: 'bytes=990-5000' }, { kind: 'part', start: 990, end: 999 }],
    ['beyond the end', { range: 'bytes=1000-' }, { kind: 'range-not-satisfiable' }],
    ['several parts', { range: 'bytes=0-9,100-109' }, WHOLE],
    ['parts that are one', { range: 'bytes=0-4,5-9' }, FIRST_TEN],
    ['other units', { range: 'lines=0-9' }, WHOLE],
    ['no range at all', { range: 'bytes=abc' }, WHOLE],
    ['a part of the very edition', { range: 'bytes=0-9', 'if-range': ETAG }, FIRST_TEN],
    ['a part of another edition', { range: 'bytes=0-9', 'if-range': '"x"' }, WHOLE],
    ['a part by a weak tag', { range: 'bytes=0-9', 'if-range': 'W/"abc"' }, WHOLE],
    ['a part of the edition of that second', { range: 'bytes=0-9', 'if-range': SAME }, FIRST_TEN],
    ['a part of the edition of another second', { range: 'bytes=0-9', 'if-range': BEFORE }, WHOLE],
    [
      'a part of what has not changed',
      { range: 'bytes=0-9', 'if-none-match': ETAG },
      { kind: 'not-modified' },
    ],
  ];
  for (const [title, headers, decision] of cases) {
    it(`${title}: ${decision.kind}`, () => {
      expect(decide('GET', headers, VALIDATORS)).to.deep.equal(decision);
    });
  }

  it('HEAD knows no ranges', () => {
    expect(decide('HEAD', { range: 'bytes=0-9' }, VALIDATORS)).to.deep.equal(WHOLE);
  });
});
