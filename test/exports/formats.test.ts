/**
 * The contract of a format, held against every file found in `exports/formats`: a new one is tested before anybody
 * writes a test for it. What only one of them promises is in `formats/`.
 */
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import type { ExportFormat } from '../../exports/format.ts';
import { expectGolden } from '../support/golden.ts';
import { assemble } from './assemble.ts';
import { EDITION, type FixtureFiles, openFixtureFiles } from './fixture-files.ts';
import { SECRET } from './fixture-registry.ts';
import { parseCsv } from './parse-csv.ts';
import { isBinary, readFileOf } from './read-file.ts';

const FORMATS_FOLDER = new URL('../../exports/formats/', import.meta.url);

/** What each file exports; that it is one format and found by its folder is tested. */
const EXPORTED: readonly (readonly [file: string, format: ExportFormat])[] = await Promise.all(
  readdirSync(FORMATS_FOLDER).map(async (file) => {
    const [format] = Object.values(await import(new URL(file, FORMATS_FOLDER).href));
    return [file, format as ExportFormat] as const;
  }),
);

const DATATYPES = ['string', 'integer', 'number', 'boolean', 'date', 'dateTime', 'anyURI'];

/** Makes that whoever changes anything in it fails. */
function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}

describe('export formats', () => {
  let files: FixtureFiles;

  before(async () => {
    files = await openFixtureFiles();
  });
  after(() => files.close());

  it('are those of the contract, one file each', () => {
    expect(files.formats.map(({ name }) => name)).to.deep.equal([
      'charging-point-locations.geojson',
      'evses.parquet',
      'irve-dynamique.csv',
      'irve-statique.csv',
      'locations.csv',
      'locations.fgb',
      'locations.geojson',
      'locations.geojsons',
      'locations.ocpi.json',
      'status.csv',
      'tariffs.csv',
      'tariffs.ocpi.json',
    ]);
  });

  it('are built without an error in the log', () => {
    expect(files.reports.map(({ state }) => state)).to.satisfy((states: string[]) =>
      states.every((state) => state === 'built'),
    );
    expect(files.errors).to.deep.equal([]);
  });

  for (const [file, format] of EXPORTED) {
    describe(`exports/formats/${file}`, () => {
      it('is found by its folder', () => {
        expect(files.formats).to.include(format);
      });

      it('says what it is to people and to programs', () => {
        expect(format.title).to.match(/^\S.{3,60}$/);
        expect(format.description).to.match(/^\S.{20,300}\.$/);
        expect(format.mediaType).to.match(/^[a-z]+\/[a-z+.-]+(; [a-z]+=[a-z0-9-]+)*$/);
        expect(format.dataSets).to.not.have.length(0);
        if (format.standard !== undefined) expect(new URL(format.standard).protocol).to.equal('https:');
      });

      it('says of each column what it holds and of which type', () => {
        for (const { name, description, datatype, separator } of format.columns ?? []) {
          expect(description, name).to.match(/^\S.{3,}/);
          expect(datatype, name).to.be.oneOf(DATATYPES);
          if (separator !== undefined) expect(datatype, name).to.equal('string');
        }
      });

      it('is whole when the registry is empty', async () => {
        const { objects } = await readFileOf(format.mediaType, await assemble(format, EDITION, []));
        expect(objects).to.deep.equal([]);
      });

      it('has objects of the registry, in order of creation', async () => {
        const { objects } = await files.read(format.name);
        expect(objects.length).to.be.greaterThan(1);
        const alone = files.objects[format.module].map(async (object) =>
          readFileOf(format.mediaType, await assemble(format, EDITION, [object])),
        );
        expect(objects).to.deep.equal((await Promise.all(alone)).flatMap(({ objects }) => objects));
      });

      it('has the same objects in one pack and in many', async () => {
        const many = await assemble(format, EDITION, files.objects[format.module], 1);
        const { objects } = await readFileOf(format.mediaType, many);
        expect(objects).to.deep.equal((await files.read(format.name)).objects);
      });

      it('writes an object the same whatever was written before, and changes nothing in it', async () => {
        const objects = files.objects[format.module];
        const again = structuredClone(objects);
        deepFreeze(again);
        const backwards = [...objects].reverse();
        await assemble(format, EDITION, backwards);
        expect(await assemble(format, EDITION, again)).to.deep.equal(
          await assemble(format, EDITION, objects),
        );
      });

      if (format.mediaType.startsWith('text/csv')) {
        it('names its columns in the first line', () => {
          const [first] = parseCsv(files.bytes(format.name).toString());
          expect(first).to.deep.equal(format.columns?.map(({ name }) => name));
        });
      }

      it('OD-01, OD-02, OD-03: holds nothing that is not public', async () => {
        const { text } = await files.read(format.name);
        for (const word of [SECRET, 'publish_allowed_to', 'HIDDEN', 'WITHDRAWN', 'REMOVED']) {
          expect(text).to.not.include(word);
        }
      });

      if (!isBinary(format.mediaType)) {
        it('OD-10: is UTF-8 without a byte order mark', () => {
          const bytes = files.bytes(format.name);
          const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
          expect(text.startsWith('\ufeff')).to.equal(false);
        });
      }

      it('is published as its pieces are, one after the other', async () => {
        const snapshot = await files.snapshots.current(format.name);
        const published = await readFile(snapshot?.identity.path ?? '');
        expect(published.equals(files.bytes(format.name)), 'the same bytes').to.equal(true);
      });

      it('is the same when it is unpacked', async () => {
        const snapshot = await files.snapshots.current(format.name);
        const packed = await readFile(snapshot?.gzip.path ?? '');
        const published = await readFile(snapshot?.identity.path ?? '');
        expect(gunzipSync(packed).equals(published), 'the same bytes').to.equal(true);
      });

      it('is what it was when somebody last looked', async () => {
        const { text } = await files.read(format.name);
        await expectGolden(isBinary(format.mediaType) ? `${format.name}.txt` : format.name, text);
      });
    });
  }
});
