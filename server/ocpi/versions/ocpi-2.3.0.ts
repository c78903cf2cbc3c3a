/** OCPI 2.3.0 over HTTP: as 2.2.1. What is new in it are words (`exports/dialects`, `ingest/schemas`). */
import { ocpi230 } from '../../../exports/dialects/ocpi-2.3.0.ts';
import { rules221 } from './ocpi-2.2.1.ts';
import type { VersionRules } from './version-rules.ts';

export const rules230: VersionRules = { ...rules221, dialect: ocpi230 };
