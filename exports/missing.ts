/**
 * Texts that stand for "no text".
 */

/** What OCPI 2.2 and later let a partner write where a required text does not exist (ENV-12). */
const NOT_AVAILABLE = '#NA';

/** The text, or null where there is none: absent, null, blank, or `#NA`. */
export function textOrNull(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' && value !== NOT_AVAILABLE ? value : null;
}
