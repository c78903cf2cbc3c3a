/** The error that a promise ends in, for tests that look closely at it: Chai has no assertions for promises. */
export async function failureOf(
  work: Promise<unknown>,
): Promise<Error & { code?: string; constraint?: string }> {
  try {
    await work;
  } catch (error) {
    return error as Error;
  }
  throw new Error('It did not fail');
}
