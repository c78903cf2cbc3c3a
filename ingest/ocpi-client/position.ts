/** URLs of a list's pages. The URL that the partner gave stays as it is; parameters are put behind it (VER-08). */

/** A place in a list, and how much is wanted of it. */
export interface Position {
  readonly offset?: number;
  readonly limit?: number;
}

/** The URL with what is asked for behind its own query. */
export function withQuery(url: string, asked: Position & { readonly dateFrom: Date | null }): string {
  const { dateFrom, offset, limit } = asked;
  const parameters = [
    ...(dateFrom === null ? [] : [`date_from=${dateTime(dateFrom)}`]),
    ...(offset === undefined ? [] : [`offset=${offset}`]),
    ...(limit === undefined ? [] : [`limit=${limit}`]),
  ];
  if (parameters.length === 0) return url;
  const bare = url.replace(/#.*$/s, '');
  const joint = !bare.includes('?') ? '?' : /[?&]$/.test(bare) ? '' : '&';
  return `${bare}${joint}${parameters.join('&')}`;
}

/** OCPI's DateTime in UTC, in whole seconds: some platforms take no fraction. Rounded down, so nothing is missed. */
export function dateTime(moment: Date): string {
  return `${moment.toISOString().slice(0, 19)}Z`;
}
