/**
 * A URL as it may stand in a log, a message or the database: without user name, password and fragment, and with
 * only those values of its query that OCPI itself defines, for a partner's URL may carry a key. Never fails.
 */

/** Parameters of OCPI's lists (4.1.4); their values tell which page it was. */
const OPEN_PARAMETERS: ReadonlySet<string> = new Set(['offset', 'limit', 'date_from', 'date_to']);

/** Characters: enough to recognise a URL by. */
const LENGTH_LIMIT = 300;

/** The URL in words that hold no secret. */
export function describeUrl(url: string | URL): string {
  const text = String(url);
  if (!URL.canParse(text)) {
    // It may be a URL with a typing error: whatever could be a secret in it goes.
    return text
      .replace(/\/\/[^/]*@/, '//')
      .replace(/[?#].*$/s, '')
      .slice(0, LENGTH_LIMIT);
  }
  const { protocol, host, pathname, searchParams } = new URL(text);
  const query = [...searchParams].map(
    ([name, value]) => `${name}=${OPEN_PARAMETERS.has(name) ? value : '…'}`,
  );
  const described = `${protocol}//${host}${pathname}${query.length > 0 ? '?' : ''}${query.join('&')}`;
  return described.length > LENGTH_LIMIT ? `${described.slice(0, LENGTH_LIMIT)}…` : described;
}
