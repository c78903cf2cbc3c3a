/**
 * The views in which a file is published: `raw`, everything as its owners say it; `resolved`, of EVSEs that share an
 * EVSE ID only the one that holds (`db/registry/twin-table.ts`). Only files that show EVSEs have the second.
 */
import type { ExportFormat } from './format.ts';

export const VIEWS = ['raw', 'resolved'] as const;
export type View = (typeof VIEWS)[number];

/** A format in one view: one file. */
export interface ExportFile {
  readonly format: ExportFormat;
  readonly view: View;
  /** As it is kept on disk and told apart: `locations.csv`, `locations.csv.resolved`. */
  readonly name: string;
}

/**
 * The views that a format has; `raw` first. A packed file has no other: of pieces the views share all but a few, of
 * packs none, so each would cost as much again.
 */
export function viewsOf(format: ExportFormat): readonly View[] {
  return format.module === 'locations' && !('pack' in format) ? VIEWS : ['raw'];
}

/** The file of a format in a view; null when it has no such view. */
export function fileOf(format: ExportFormat, view: View): ExportFile | null {
  if (!viewsOf(format).includes(view)) return null;
  return { format, view, name: view === 'raw' ? format.name : `${format.name}.${view}` };
}

/** The name and the view that the name of a file is made of. */
export function partsOfFileName(file: string): { name: string; view: View } {
  const view = VIEWS.find((one) => one !== 'raw' && file.endsWith(`.${one}`)) ?? 'raw';
  return { name: view === 'raw' ? file : file.slice(0, -view.length - 1), view };
}

/** Where a file of open data is served, below the address of the access point; its name and view alone. */
export function filePath(name: string, view: View): string {
  return `/data/${fileReference(name, view)}`;
}

/** A file as it is named in addresses: `locations.csv`, `locations.csv?view=resolved`. */
export function fileReference(name: string, view: View): string {
  return view === 'raw' ? name : `${name}?view=${view}`;
}

/** All files of a format. */
export function filesOf(format: ExportFormat): ExportFile[] {
  return viewsOf(format).flatMap((view) => fileOf(format, view) ?? []);
}
