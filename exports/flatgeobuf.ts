/**
 * A file of points in FlatGeobuf, written a feature at a time with the builders of the library.
 *
 * Guarantees: header and features can be made at any time and put one after the other: a feature says its length,
 * and the header neither counts them nor indexes them (0 is "not known" and "no index", FlatGeobuf 3.0). An index
 * would be a tree over all features, to be built anew when one of them moves.
 */
import { Builder } from 'flatbuffers';
import { magicbytes } from 'flatgeobuf/lib/mjs/constants.js';
import { Column as ColumnBuilder } from 'flatgeobuf/lib/mjs/flat-geobuf/column.js';
import { ColumnType } from 'flatgeobuf/lib/mjs/flat-geobuf/column-type.js';
import { Crs } from 'flatgeobuf/lib/mjs/flat-geobuf/crs.js';
import { GeometryType } from 'flatgeobuf/lib/mjs/flat-geobuf/geometry-type.js';
import { Header } from 'flatgeobuf/lib/mjs/flat-geobuf/header.js';
import { buildFeature, type IProperties } from 'flatgeobuf/lib/mjs/generic/feature.js';
import { parseGeometry } from 'flatgeobuf/lib/mjs/generic/geometry.js';
import type { HeaderMeta } from 'flatgeobuf/lib/mjs/header-meta.js';
import type { Position } from './feature.ts';
import type { Column, Datatype, Edition } from './format.ts';

/** WGS 84; FlatGeobuf has longitude first, whatever the authority's order of axes. */
const EPSG_CODE = 4326;

/** Text that is JSON has a type of its own in FlatGeobuf, which programs unfold. */
export type FlatgeobufWord = Datatype | 'json';

type Cell = string | number | boolean | object | null;

/** Name, what the values are, what they hold (for people), and where that comes from. */
export type FlatgeobufLine<Subject> = readonly [
  name: string,
  word: FlatgeobufWord,
  description: string,
  read: (subject: Subject) => Cell,
];

export interface FlatgeobufTable<Subject> {
  readonly columns: readonly Column[];
  /** Magic bytes and header, which carries licence, attribution, time and sequence. */
  open(title: string, edition: Edition): Uint8Array;
  feature(position: Position, subject: Subject): Uint8Array;
}

const TYPES: Readonly<Record<FlatgeobufWord, ColumnType>> = {
  string: ColumnType.String,
  anyURI: ColumnType.String,
  integer: ColumnType.Int,
  number: ColumnType.Double,
  boolean: ColumnType.Bool,
  date: ColumnType.DateTime,
  dateTime: ColumnType.DateTime,
  json: ColumnType.Json,
};

export function flatgeobufTable<Subject>(
  lines: readonly FlatgeobufLine<Subject>[],
): FlatgeobufTable<Subject> {
  const columns = lines.map(([name, word, description]) => ({
    name,
    description,
    datatype: word === 'json' ? ('string' as const) : word,
  }));
  const layout = layoutOf(lines);
  return {
    columns,
    open: (title, edition) => Buffer.concat([magicbytes, buildHeader(lines, title, edition)]),
    feature: (position, subject) =>
      buildFeature(
        parseGeometry(
          { getType: () => 'Point', getFlatCoordinates: () => [...position] },
          GeometryType.Point,
        ),
        Object.fromEntries(lines.map(([name, , , read]) => [name, read(subject)])) as IProperties,
        layout,
      ),
  };
}

/** What the library's builder of features asks of a header. */
function layoutOf<Subject>(lines: readonly FlatgeobufLine<Subject>[]): HeaderMeta {
  const columns = lines.map(([name, word]) => ({
    name,
    type: TYPES[word],
    title: null,
    description: null,
    width: -1,
    precision: -1,
    scale: -1,
    nullable: true,
    unique: false,
    primary_key: false,
  }));
  return {
    geometryType: GeometryType.Point,
    columns,
    envelope: null,
    featuresCount: 0,
    indexNodeSize: 0,
    crs: null,
    title: null,
    description: null,
    metadata: null,
  };
}

/** The library's own function for it (`buildHeader`) leaves out title, description and metadata. */
function buildHeader<Subject>(
  lines: readonly FlatgeobufLine<Subject>[],
  title: string,
  { publication, generatedAt, sequence }: Edition,
): Uint8Array {
  const builder = new Builder();
  const texts = {
    title: builder.createString(title),
    description: builder.createString(`${publication.attribution} (${publication.licence})`),
    // Values are texts: some readers pass by others.
    metadata: builder.createString(
      JSON.stringify({
        licence: publication.licence,
        attribution: publication.attribution,
        generated_at: generatedAt.toISOString(),
        sequence: String(sequence),
      }),
    ),
  };
  const name = builder.createString('locations');
  const columns = Header.createColumnsVector(
    builder,
    lines.map((line) => buildColumn(builder, line)),
  );
  const organisation = builder.createString('EPSG');
  Crs.startCrs(builder);
  Crs.addOrg(builder, organisation);
  Crs.addCode(builder, EPSG_CODE);
  const crs = Crs.endCrs(builder);
  Header.startHeader(builder);
  Header.addName(builder, name);
  Header.addGeometryType(builder, GeometryType.Point);
  Header.addColumns(builder, columns);
  Header.addFeaturesCount(builder, 0n);
  Header.addIndexNodeSize(builder, 0);
  Header.addCrs(builder, crs);
  Header.addTitle(builder, texts.title);
  Header.addDescription(builder, texts.description);
  Header.addMetadata(builder, texts.metadata);
  builder.finishSizePrefixed(Header.endHeader(builder));
  return builder.asUint8Array();
}

function buildColumn<Subject>(builder: Builder, [name, word, description]: FlatgeobufLine<Subject>): number {
  const offsets = [builder.createString(name), builder.createString(description)] as const;
  ColumnBuilder.startColumn(builder);
  ColumnBuilder.addName(builder, offsets[0]);
  ColumnBuilder.addType(builder, TYPES[word]);
  ColumnBuilder.addDescription(builder, offsets[1]);
  return ColumnBuilder.endColumn(builder);
}
