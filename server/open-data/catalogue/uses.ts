/**
 * What files are for, so that people find theirs: each file stands under the first use that fits it. Decided by what a
 * format says of itself, so a new one finds its place.
 */
import type { ExportFormat } from '../../../exports/format.ts';

export interface Use {
  readonly id: string;
  readonly title: string;
  readonly introduction: string;
  fits(format: Pick<ExportFormat, 'mediaType' | 'standard'>): boolean;
}

export const USES: readonly Use[] = [
  {
    id: 'maps',
    title: 'For maps',
    introduction:
      'Places with their EVSEs and statuses, for map programs and geographic information systems.',
    fits: ({ mediaType }) => /geo\+json|flatgeobuf/.test(mediaType),
  },
  {
    id: 'tables',
    title: 'For tables',
    introduction: 'For spreadsheets and scripts. Each has a description of its columns for programs (CSVW).',
    fits: ({ mediaType }) => mediaType.startsWith('text/csv'),
  },
  {
    id: 'ocpi',
    title: 'For OCPI software',
    introduction: 'Whole objects with everything that their owners say of them.',
    fits: ({ standard }) => standard?.startsWith('https://github.com/ocpi/') ?? false,
  },
  {
    id: 'analysis',
    title: 'For analysis',
    introduction: 'Columns that a database reads without unpacking everything.',
    fits: ({ mediaType }) => /parquet|arrow/.test(mediaType),
  },
  {
    id: 'other',
    title: 'For other systems',
    introduction: 'In the forms that other systems ask for.',
    fits: () => true,
  },
];

/** The use of a format. */
export function useOf(format: Pick<ExportFormat, 'mediaType' | 'standard'>): Use {
  return USES.find((use) => use.fits(format)) as Use;
}
