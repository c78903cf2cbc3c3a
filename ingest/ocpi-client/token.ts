/**
 * How our token goes to a partner: base64 as OCPI 2.2 and newer ask, or raw as 2.1.1 asks and many platforms expect
 * (AUTH-04, AUTH-05, AUTH-15). When nobody said which and nothing is remembered, the one that the version asks for is
 * tried first, base64 where the version is not known yet, and on a 401 the other, once; what worked is remembered. A
 * 401 after that is final for the run (PC-10): there is no guessing.
 */
import type { OcpiVersion } from '../../db/ocpi-version.ts';
import { TokenRefusedError } from '../adapter.ts';
import { type HttpError, isHttpError } from '../http/http-error.ts';

export type TokenForm = 'base64' | 'raw';

interface TokenContext {
  readonly token: string | null;
  /** The version that is spoken; null when it is not known yet. */
  readonly version: OcpiVersion | null;
  readonly options: Readonly<Record<string, unknown>>;
}

/** The form that a version of OCPI asks for. */
export function usualTokenForm(version: OcpiVersion | null): TokenForm {
  return version === '2.1.1' ? 'raw' : 'base64';
}

/** The header of a token in one of its forms; none without a token. */
export function authorizationHeader(token: string | null, form: TokenForm): Record<string, string> {
  if (token === null) return {};
  const written = form === 'raw' ? token : Buffer.from(token, 'utf8').toString('base64');
  return { authorization: `Token ${written}` };
}

/**
 * Does something with the token in the form that the partner takes.
 *
 * @param memory of the source; `tokenForm` is read, and written when a form has worked or no longer does
 * @throws TokenRefusedError when the partner takes neither form
 */
export async function withTokenForms<T>(
  context: TokenContext,
  memory: Record<string, unknown>,
  work: (authorization: Record<string, string>) => Promise<T>,
): Promise<T> {
  const { token, options, version } = context;
  const told = formOf(options.tokenForm) ?? formOf(memory.tokenForm);
  const usual = usualTokenForm(version);
  const forms: TokenForm[] =
    told || token === null ? [told ?? usual] : [usual, usual === 'raw' ? 'base64' : 'raw'];
  let refusal: HttpError | undefined;
  for (const form of forms) {
    try {
      const result = await work(authorizationHeader(token, form));
      if (token !== null) memory.tokenForm = form;
      return result;
    } catch (error) {
      if (!isHttpError(error) || error.status !== 401) throw error;
      refusal = error;
    }
  }
  // The next try, which a person starts, may find out anew.
  delete memory.tokenForm;
  const what = token === null ? 'asks for a token, and the source has none' : 'refused our token';
  throw new TokenRefusedError(
    `${refusal?.message}: the partner ${what}. Give the right one, then run it again.`,
  );
}

function formOf(value: unknown): TokenForm | undefined {
  return value === 'base64' || value === 'raw' ? value : undefined;
}
