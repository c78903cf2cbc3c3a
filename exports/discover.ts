/**
 * Finds the export formats: every file of `exports/formats` exports one object that meets `ExportFormat`.
 * Works from the sources (tsx) and from what is compiled. Fails, naming the file, when a file has none or more
 * than one, or when two share a name: a wrong format stops the start, not the first download.
 */
import { readdir } from 'node:fs/promises';
import type { ExportFormat } from './format.ts';

const FORMATS_FOLDER = new URL('./formats/', import.meta.url);

/** Sources or compiled code; not declarations (`.d.ts`) and not source maps. */
const MODULE_FILE = /(?<!\.d)\.(ts|js)$/;

/** Names are parts of addresses and of file paths, so they hold nothing that either could misread. */
const FORMAT_NAME = /^[a-z0-9]+([.-][a-z0-9]+)*$/;

/** All formats in alphabetical order of their names. */
export async function discoverFormats(folder: URL = FORMATS_FOLDER): Promise<ExportFormat[]> {
  const files = (await readdir(folder)).filter((file) => MODULE_FILE.test(file));
  const formats = await Promise.all(files.map((file) => loadFormat(folder, file)));
  const names = new Set<string>();
  for (const { name } of formats) {
    if (names.has(name)) throw new Error(`two files of ${folder.pathname} export a format named ${name}`);
    names.add(name);
  }
  return formats.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function loadFormat(folder: URL, file: string): Promise<ExportFormat> {
  const exported: unknown[] = Object.values(await import(new URL(file, folder).href));
  const formats = exported.filter(isExportFormat);
  const [format] = formats;
  if (!format || formats.length > 1) {
    throw new Error(`${file} exports ${formats.length} export formats: it must export exactly one`);
  }
  if (!FORMAT_NAME.test(format.name)) throw new Error(`${file}: "${format.name}" is no name for a download`);
  return format;
}

function isExportFormat(value: unknown): value is ExportFormat {
  const candidate = value as Partial<ExportFormat> | null;
  return (
    typeof candidate === 'object' &&
    typeof candidate?.name === 'string' &&
    (candidate.module === 'locations' || candidate.module === 'tariffs') &&
    typeof candidate.open === 'function' &&
    ('write' in candidate ? typeof candidate.write : typeof (candidate as { pack?: unknown }).pack) ===
      'function' &&
    typeof candidate.close === 'function'
  );
}
