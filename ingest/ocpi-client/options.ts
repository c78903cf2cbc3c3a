/** Checks of a source's options that adapters share. Pure. */

/** A sentence for each option that nobody knows: a typing error must not look like a setting. */
export function unknownOptions(
  options: Readonly<Record<string, unknown>>,
  known: ReadonlySet<string>,
): string[] {
  const problems = Object.keys(options)
    .filter((name) => !known.has(name))
    .map((name) => `There is no option "${name.slice(0, 40)}"; known are ${[...known].join(', ')}.`);
  const { tokenForm } = options;
  if (tokenForm !== undefined && tokenForm !== 'base64' && tokenForm !== 'raw') {
    problems.push(`The form of the token must be base64 or raw, not "${String(tokenForm).slice(0, 40)}".`);
  }
  return problems;
}
