/**
 * `/openapi.json`: every public path in one OpenAPI 3.1 document, with its parameters, media types, headers and
 * problems. `test/server/open-data/openapi.test.ts` holds it against the running server: what is not in it is not
 * served, and what is in it is served so.
 */
import type { ExportFormat } from '../../../exports/format.ts';
import { embeddedSchemas } from '../../../exports/schemas/schemas.ts';
import { VERSION } from '../../version.ts';
import type { RateLimit } from '../rate-limits.ts';
import { dataPaths } from './data-paths.ts';
import { HEADERS, type Paths, pathItem } from './operation.ts';
import { QUALITY_PATHS } from './quality-paths.ts';
import { SERVICE_PATHS } from './service-paths.ts';

export interface InterfaceFacts {
  /** Where we are reached, without a slash at the end. */
  readonly address: string;
  readonly name: string;
  readonly licence: string;
  readonly licenceUrl: string | null;
  /** An e-mail address or a URL. */
  readonly contact: string | null;
  readonly formats: readonly ExportFormat[];
  readonly rateLimits: readonly RateLimit[];
}

/** The document. */
export function describeInterface(facts: InterfaceFacts) {
  const paths: Paths = { ...SERVICE_PATHS, ...dataPaths(facts.formats), ...QUALITY_PATHS };
  return {
    openapi: '3.1.0',
    info: {
      title: facts.name,
      version: VERSION,
      summary: 'Public data on the charging of electric vehicles',
      description: describeManners(facts),
      license: { name: facts.licence, ...(facts.licenceUrl === null ? {} : { url: facts.licenceUrl }) },
      ...(facts.contact === null ? {} : { contact: contactObject(facts.contact) }),
    },
    servers: [{ url: facts.address }],
    externalDocs: { description: 'The same for people', url: `${facts.address}/data` },
    tags: ['Data', 'Services', 'Catalogue', 'Quality', 'Health'].map((name) => ({ name })),
    paths: Object.fromEntries(Object.entries(paths).map(([path, operation]) => [path, pathItem(operation)])),
    components: {
      schemas: embeddedSchemas('#/components/schemas/'),
      headers: HEADERS,
      securitySchemes: {
        token: { type: 'http', scheme: 'token', description: 'The OCPI token, in base64' },
      },
    },
  };
}

function describeManners({ rateLimits }: InterfaceFacts): string {
  const limits = rateLimits.map(
    ({ appliesTo, requests, windowSeconds }) => `- ${requests} requests in ${windowSeconds} s: ${appliesTo}`,
  );
  return [
    'No key, any origin. Every path answers GET, HEAD and OPTIONS, and any other method with 405.',
    'What is wrong is told as a problem document (RFC 9457).',
    `Limits for each client, told with each answer in RateLimit and RateLimit-Policy:\n\n${limits.join('\n')}`,
    'Fields and formats are added at any time. What is to end is announced at least a year before, with the headers Deprecation and Sunset and in /.well-known/nap.json.',
  ].join('\n\n');
}

function contactObject(contact: string) {
  return /^https?:/.test(contact) ? { url: contact } : { email: contact };
}
