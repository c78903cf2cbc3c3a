/**
 * The OCPI versions that are spoken, oldest first: the one list. Each has a dialect in `ingest/dialects` and one in
 * `exports/dialects`; the compiler asks for both.
 */
export const OCPI_VERSIONS = ['2.1.1', '2.2.1', '2.3.0'] as const;

export type OcpiVersion = (typeof OCPI_VERSIONS)[number];

/** What is spoken with a partner of whom nothing else is said. */
export const DEFAULT_OCPI_VERSION: OcpiVersion = '2.2.1';

/** Whether a text names a version that is spoken. */
export function isOcpiVersion(text: string): text is OcpiVersion {
  return (OCPI_VERSIONS as readonly string[]).includes(text);
}
