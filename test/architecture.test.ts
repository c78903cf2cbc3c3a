import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { expect } from 'chai';

const ROOT = resolve(import.meta.dirname, '..');

/** Which rooms each room may import from, beside itself (design, section 2). */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  db: [],
  ingest: ['db'],
  exports: ['db'],
  server: ['db', 'ingest', 'exports'],
};

/** Lines beyond which a file asks to be looked at again. */
const LINE_LIMIT = 400;

interface Import {
  file: string;
  from: string;
}

function sourceFiles(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Every module that a file names: in imports, re-exports and dynamic imports. */
function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"]([^'"]+)['"]/g)].map(
    (match) => match[1] as string,
  );
}

function crossings(room: string): Import[] {
  return sourceFiles(room).flatMap((file) =>
    importsOf(file)
      .filter((name) => name.startsWith('.'))
      .map((name) => ({ file: relative(ROOT, file), from: relative(ROOT, resolve(file, '..', name)) }))
      .filter(({ from }) => {
        const other = from.split('/')[0] as string;
        return other !== room && !(ALLOWED[room] as readonly string[]).includes(other);
      }),
  );
}

describe('the rooms of the house', () => {
  for (const [room, allowed] of Object.entries(ALLOWED)) {
    it(`${room} imports from ${['itself', ...allowed].join(', ')} only, and never the tests`, () => {
      expect(sourceFiles(room)).not.to.have.length(0);
      expect(importsOf(sourceFiles(room)[0] as string)).not.to.have.length(0);
      expect(crossings(room)).to.deep.equal([]);
    });
  }

  it('only server/config.ts reads the environment', () => {
    const readers = Object.keys(ALLOWED)
      .flatMap(sourceFiles)
      .filter((file) => /\bprocess\.env\b/.test(readFileSync(file, 'utf8')))
      .map((file) => relative(ROOT, file));
    expect(readers).to.deep.equal(['server/config.ts']);
  });

  it('nothing is exported by default but what a tool asks for', () => {
    const defaults = Object.keys(ALLOWED)
      .flatMap(sourceFiles)
      .filter((file) => /^export default\b/m.test(readFileSync(file, 'utf8')))
      .map((file) => relative(ROOT, file));
    expect(defaults).to.deep.equal([]);
  });

  it(`every module opens with what it is for, in at most ${LINE_LIMIT} lines`, () => {
    const faults = Object.keys(ALLOWED)
      .flatMap(sourceFiles)
      .filter((file) => {
        const text = readFileSync(file, 'utf8');
        return !/^(#!.*\n)?\/\*\*/.test(text) || text.split('\n').length > LINE_LIMIT + 1;
      })
      .map((file) => relative(ROOT, file));
    expect(faults).to.deep.equal([]);
  });

  it('the top level holds the rooms and nothing that was not agreed', () => {
    const shown = readdirSync(ROOT).filter((name) => !name.startsWith('.'));
    const agreed = [
      'server',
      'ingest',
      'exports',
      'db',
      'test',
      'docs',
      'knexfile.ts',
      'package.json',
      'package-lock.json',
      'tsconfig.json',
      'tsconfig.build.json',
      'biome.json',
      'README.md',
      'CHANGELOG.md',
      'CONTRIBUTING.md',
      'LICENSE',
    ];
    const made = ['node_modules', 'dist', 'data', 'coverage'];
    expect(shown.filter((name) => ![...agreed, ...made].includes(name))).to.deep.equal([]);
  });
});
