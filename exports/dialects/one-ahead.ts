/**
 * Makes something of each value in turn, and begins with the next before the last is used: what waits for the database
 * goes on beside what is done here. Never with more than one ahead. Fails as `make` fails.
 */
export async function* oneAhead<Value, Made>(
  values: Iterable<Value>,
  make: (value: Value) => Promise<Made>,
): AsyncGenerator<Made> {
  let ahead: Promise<Made> | null = null;
  for (const value of values) {
    const next = make(value);
    // Whoever uses the last one may end before anybody waits for this one.
    next.catch(() => {});
    if (ahead) yield ahead;
    ahead = next;
  }
  if (ahead) yield ahead;
}
