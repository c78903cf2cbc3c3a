/**
 * What one client may ask of what is public (see `limit-rates.ts`, which counts): the figures alone, for those who only
 * tell of them.
 */
export type CostClass = 'api' | 'download' | 'stream';

export interface RateLimit {
  readonly name: CostClass;
  /** What it is about, in words. */
  readonly appliesTo: string;
  readonly requests: number;
  readonly windowSeconds: number;
}

export const RATE_LIMITS: readonly RateLimit[] = [
  {
    name: 'api',
    appliesTo: 'pages, tiles, features, changes, lists, metadata, HEAD, and parts of files up to 4 MB',
    // A map asks for 40 tiles at a time, and some people move it; an office shares an address.
    requests: 1200,
    windowSeconds: 60,
  },
  {
    name: 'download',
    appliesTo: 'whole files; one that has not changed (304) is not counted',
    // All files in all views at once, and a few again.
    requests: 90,
    windowSeconds: 60,
  },
  {
    name: 'stream',
    appliesTo: 'beginning to follow the stream of changes',
    // A reader that loses its line comes again after seconds.
    requests: 30,
    windowSeconds: 60,
  },
];
