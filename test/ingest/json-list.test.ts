import { createHash } from 'node:crypto';
import { expect } from 'chai';
import fc from 'fast-check';
import { elementValue, type JsonElement } from '../../ingest/json-element.ts';
import {
  JSON_LIST_LIMITS,
  type JsonListEnd,
  MalformedJsonError,
  readJsonList,
  UnreadableElement,
} from '../../ingest/json-list.ts';

async function* chunked(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function readAll(text: string | Buffer, size = 65_536, limits = {}) {
  const elements: unknown[] = [];
  const sizes: number[] = [];
  let end: JsonListEnd | undefined;
  let error: Error | undefined;
  const list = readJsonList(chunked(Buffer.from(text as string), size), { ...JSON_LIST_LIMITS, ...limits });
  try {
    for (;;) {
      const next = await list.next();
      if (next.done) {
        end = next.value;
        break;
      }
      sizes.push(next.value.length);
      elements.push(...next.value.map(elementValue));
    }
  } catch (caught) {
    error = caught as Error;
  }
  return { elements, sizes, end, error };
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

describe('a list of JSON objects in a stream', () => {
  it('gives back any array, however its bytes are cut and spaced', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue({ maxDepth: 6 }), { maxLength: 8 }),
        fc.integer({ min: 1, max: 12 }),
        fc.constantFrom(undefined, 2),
        async (value, size, indent) => {
          const { elements, error } = await readAll(JSON.stringify(value, null, indent), size);
          expect(error).to.equal(undefined);
          expect(elements).to.deep.equal(JSON.parse(JSON.stringify(value)));
        },
      ),
      { numRuns: 200 },
    );
  });

  it('gives back the data of an envelope, and its other fields, wherever they stand', async () => {
    const text = '{"timestamp":"2026-06-01T00:00:00Z","data":[{"id":"1"},{"id":"2"}],"status_code":1000}';
    for (const size of [1, 7, 1000]) {
      const { elements, end } = await readAll(text, size);
      expect(elements).to.deep.equal([{ id: '1' }, { id: '2' }]);
      expect(end).to.deep.equal({
        shape: 'envelope',
        hasList: true,
        fields: { timestamp: '2026-06-01T00:00:00Z', status_code: 1000 },
      });
    }
  });

  it('says when an envelope has no list', async () => {
    const { end } = await readAll('{"status_code":3000,"status_message":"no","data":null}');
    expect(end?.hasList).to.equal(false);
    expect(end?.fields).to.deep.equal({ status_code: 3000, status_message: 'no', data: null });
  });

  it('passes over a byte order mark, also when it is cut', async () => {
    const marked = Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from('[1,"ü"]')]);
    for (const size of [1, 2, 100]) expect((await readAll(marked, size)).elements).to.deep.equal([1, 'ü']);
  });

  it('gives elements of the same text the same digest, however the bytes are cut, and others another', async () => {
    const one = '{"id":"1","text":"a \\"quoted\\" word"}';
    const text = `[${one},{"id": "1","text":"a \\"quoted\\" word"},\n${one}]`;
    for (const size of [1, 3, 1000]) {
      const { value: batch } = await readJsonList(chunked(Buffer.from(text), size)).next();
      const [first, spaced, again] = batch as JsonElement[];
      expect(first?.digest).to.have.length(44).and.equal(again?.digest);
      expect(first?.digest).to.not.equal(spaced?.digest);
      expect(first?.value).to.deep.equal(spaced?.value);
    }
  });

  it('gives batches of a bounded number and size', async () => {
    const { sizes } = await readAll(JSON.stringify(Array.from({ length: 25 }, (_, i) => i)), 65_536, {
      batchElements: 10,
    });
    expect(sizes).to.deep.equal([10, 10, 5]);
  });

  it('PC-05: gives what stands before the place where the stream breaks off', async () => {
    for (const [text, count] of [
      ['[{"id":1},{"id":2},{"id":', 2],
      ['[{"id":1},{"id":2}', 2],
      ['[{"id":1},', 1],
      ['[', 0],
      ['', 0],
      ['{"data":[{"id":1}]', 1],
    ] as const) {
      const { elements, error } = await readAll(text);
      expect(error, text).to.be.instanceOf(MalformedJsonError);
      expect(elements, text).to.have.length(count);
    }
  });

  it('PC-05: says at which byte the JSON is malformed, and what was expected there', async () => {
    for (const [text, message] of [
      ['[1,]', 'at byte 3, after 1 elements: expected an element, found "]"'],
      ['[1 2]', 'at byte 3, after 1 elements: expected "," or "]", found "2"'],
      ['<html>', 'at byte 0, after 0 elements: expected "[" or "{", found "<"'],
      ['[1] x', 'expected nothing more, found "x"'],
      ['[{"a":1},{"a" 1}]', 'malformed in element 2'],
      ['[{"a":[1}]]', 'malformed in element 1'],
      ['[nul]', 'malformed in element 1'],
    ] as const) {
      const { error } = await readAll(text);
      expect(error, text).to.be.instanceOf(MalformedJsonError);
      expect(error?.message).to.contain(message);
    }
  });

  it('takes an element of 10,000 levels as unreadable and goes on behind it', async () => {
    const deep = `${'['.repeat(10_000)}${']'.repeat(10_000)}`;
    for (const size of [1000, 1_000_000]) {
      const { elements, error } = await readAll(`[{"id":1},{"x":${deep}},{"id":3}]`, size);
      expect(error).to.equal(undefined);
      expect([elements[0], elements[2]]).to.deep.equal([{ id: 1 }, { id: 3 }]);
      expect(elements[1]).to.be.instanceOf(UnreadableElement);
      expect((elements[1] as UnreadableElement).reason).to.equal(
        'element 2 is nested more than 64 levels deep',
      );
    }
  });

  it('takes an element that is too large, or not UTF-8, as unreadable and shows how it begins', async () => {
    const large = `{"id":"big","text":"${'x'.repeat(5_000)}"}`;
    const { elements } = await readAll(`[${large},{"id":2}]`, 64, { elementBytes: 1_000 });
    expect((elements[0] as UnreadableElement).reason).to.equal('element 1 is larger than 1000 bytes');
    expect((elements[0] as UnreadableElement).excerpt).to.match(/^{"id":"big"/);
    expect(elements[1]).to.deep.equal({ id: 2 });
    const latin = Buffer.concat([Buffer.from('["'), Buffer.from([0xfc]), Buffer.from('",2]')]);
    const mixed = await readAll(latin);
    expect((mixed.elements[0] as UnreadableElement).reason).to.equal('element 1 is not UTF-8');
    expect(mixed.elements[1]).to.equal(2);
  });

  it('gives the same list when elements are recognised, whatever stands in them and wherever it is cut', async () => {
    const part = fc.oneof(
      fc.jsonValue({ maxDepth: 3 }),
      fc.constantFrom('},{"country_code":"', '"},{"country_code":"', { country_code: 'NL' }),
      fc.constant([{ a: 1 }, { country_code: 'NL', party_id: 'TNM' }, { country_code: 'BE' }]),
    );
    const element = fc.record({ id: fc.stringMatching(/^[a-z]{1,3}$/), part, isKnown: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(
        fc.array(element, { maxLength: 8 }),
        fc.integer({ min: 1, max: 200 }),
        async (elements, size) => {
          const texts = elements.map(({ id, part: value }) =>
            JSON.stringify({ country_code: 'NL', party_id: 'TNM', id, value }),
          );
          const known = new Set(texts.filter((_, index) => elements[index]?.isKnown).map(digestOf));
          const list = readJsonList(
            chunked(Buffer.from(`[${texts.join()}]`), size),
            JSON_LIST_LIMITS,
            (digest) => known.has(digest),
          );
          const read: JsonElement[] = [];
          for await (const batch of list) read.push(...(batch as JsonElement[]));
          expect(read.map(({ digest }) => digest)).to.deep.equal(texts.map(digestOf));
          expect(read.map(({ head }) => head !== null)).to.deep.equal(
            texts.map((text) => known.has(digestOf(text))),
          );
          expect(read.map(elementValue)).to.deep.equal(texts.map((text) => JSON.parse(text)));
        },
      ),
      { numRuns: 500 },
    );
  });
});
