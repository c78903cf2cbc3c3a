/** When and how carefully a source is pulled, unless somebody says otherwise. */

/** Every quarter of an hour for what changed (PC-09), and at night for everything. */
export const DEFAULT_SCHEDULE = '*/15 * * * *';
export const DEFAULT_FULL_SCHEDULE = '0 3 * * *';

/** Share of its objects that a full pull may miss: some leave every month, a fifth at once is a mistake. */
export const DEFAULT_SHRINK_LIMIT = 0.2;
