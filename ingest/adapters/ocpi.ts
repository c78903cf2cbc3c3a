/**
 * Pulls a platform's OCPI Sender: Locations, then Tariffs. From its versions URL and token, or from the URLs of
 * the modules themselves. Which page comes after which is in `ocpi-client/crawl.ts`, how the token goes out in
 * `ocpi-client/token.ts`.
 *
 * A pull is full (no filter) or incremental (`date_from`). One module that fails does not stop the other, except
 * when the partner refuses our token. The version is the highest that both speak, unless a person named one (VER-09);
 * it is remembered, for people to see.
 */
import type { Module, Owner } from '../../db/model.ts';
import { DEFAULT_OCPI_VERSION, OCPI_VERSIONS, type OcpiVersion } from '../../db/ocpi-version.ts';
import {
  type Adapter,
  type AdapterSettings,
  isTokenRefused,
  type PullContext,
  type PulledBatch,
  type PulledModule,
  type PullVerdict,
  partnerProblem,
} from '../adapter.ts';
import { getDocument } from '../ocpi-client/call.ts';
import { type CrawlEnd, crawl } from '../ocpi-client/crawl.ts';
import { unknownOptions } from '../ocpi-client/options.ts';
import { getPage } from '../ocpi-client/page.ts';
import { withTokenForms } from '../ocpi-client/token.ts';
import { type Discovered, discoverModules, type ModuleUrls } from '../ocpi-client/versions.ts';

const OPTIONS: ReadonlySet<string> = new Set(['locationsUrl', 'tariffsUrl', 'tokenForm', 'to']);
const MODULES: readonly Module[] = ['locations', 'tariffs'];

/** Objects asked for in a page: a few megabytes of Locations. Senders cut it to what they give. */
const PAGE_LIMIT = 500;

/** `NL-TNM`: a country and a party. */
const PARTY = /^([A-Za-z]{2})[-*]([A-Za-z0-9]{3})$/;

export const ocpi: Adapter = {
  kind: 'ocpi',
  description: 'The OCPI Sender of a platform: its versions URL and our token, or the URLs of its modules.',

  validateOptions({ url, options }) {
    const problems = unknownOptions(options, OPTIONS);
    const moduleUrls = [options.locationsUrl, options.tariffsUrl].filter((value) => value !== undefined);
    if (!url && moduleUrls.length === 0) {
      problems.push(
        'A source of kind ocpi needs --url (its versions URL), or --locations-url, --tariffs-url.',
      );
    }
    if (url && moduleUrls.length > 0) {
      problems.push('Give either --url (the versions URL) or the URLs of the modules, not both.');
    }
    for (const given of [...(url ? [url] : []), ...moduleUrls]) {
      if (typeof given === 'string' && /^https?:/i.test(given) && URL.canParse(given)) continue;
      problems.push(`"${String(given).slice(0, 100)}" is no http or https URL.`);
    }
    if (options.to !== undefined && !PARTY.test(String(options.to))) {
      problems.push(`The receiver of our requests must read like NL-TNM, not "${String(options.to)}".`);
    }
    return problems;
  },

  modulesOf: ({ url, options }) =>
    url ? [...MODULES] : MODULES.filter((module) => options[`${module}Url`] !== undefined),

  async *pull(context) {
    const memory: Record<string, unknown> = { ...context.memory };
    const results: { module: Module; end: CrawlEnd }[] = [];
    let found: Discovered;
    try {
      found = await findModules(context, memory);
    } catch (error) {
      context.signal.throwIfAborted();
      const problem = partnerProblem(error);
      if (problem === undefined) throw error;
      return { ...NOTHING, problems: [problem], isBroken: isTokenRefused(error), memory };
    }
    const { version, urls } = found;
    memory.version = version;
    for (const module of MODULES) {
      const url = urls[module];
      if (url === undefined) continue;
      const end = yield* pullModule({ ...context, version }, memory, module, url);
      results.push({ module, end });
      if (end.isBroken) break;
    }
    const verdict = verdictOf(version, results, memory, context.dateFrom === null);
    return isOwnerMissing(version, context) ? { ...verdict, notes: [...verdict.notes, NO_OWNER] } : verdict;
  },
};

const NOTHING: PullVerdict = {
  modules: [],
  problems: [],
  notes: [],
  isBroken: false,
  memory: {},
  memoryWhenStored: {},
};

/** PC-12: what is said to the operator of the access point. */
const NO_OWNER =
  'objects of OCPI 2.1.1 do not say whose they are: give the source the one party that it speaks for (--party)';

function isOwnerMissing(version: OcpiVersion, { parties }: PullContext): boolean {
  return version === '2.1.1' && parties.length !== 1;
}

async function findModules(context: PullContext, memory: Record<string, unknown>): Promise<Discovered> {
  const { url, options, version, http, correlationId, signal } = context;
  if (!url) return { version: version ?? DEFAULT_OCPI_VERSION, urls: moduleUrlsOf(options) };
  const wanted = version === null ? OCPI_VERSIONS : [version];
  return withTokenForms(context, memory, (headers) =>
    discoverModules(url, wanted, (documentUrl) =>
      getDocument(http, { url: documentUrl, headers, correlationId, signal }),
    ),
  );
}

function moduleUrlsOf(options: AdapterSettings['options']): ModuleUrls {
  const urls: ModuleUrls = {};
  for (const module of MODULES) {
    const url = options[`${module}Url`];
    if (typeof url === 'string') urls[module] = url;
  }
  return urls;
}

async function* pullModule(
  context: PullContext & { version: OcpiVersion },
  memory: Record<string, unknown>,
  module: Module,
  url: string,
): AsyncGenerator<PulledBatch, CrawlEnd> {
  const { http, correlationId, signal, dateFrom, version } = context;
  const routing = routingHeaders(context);
  const recognises = dateFrom === null ? await context.recogniser(module, version) : undefined;
  const pages = crawl({
    url,
    dateFrom,
    limit: PAGE_LIMIT,
    signal,
    getPage: (pageUrl) =>
      withTokenForms(context, memory, (authorization) =>
        getPage(
          http,
          { url: pageUrl, headers: { ...routing, ...authorization }, correlationId, signal },
          recognises,
        ),
      ),
  });
  for (;;) {
    const { value, done } = await pages.next();
    if (done) return value;
    yield { module, version, objects: value };
  }
}

/**
 * RT-01, PC-01: from us, to the party that was named, to the hub that gathers what many have (RT-07: a list may not
 * be asked for without naming a receiver), or to the one party that the source speaks for. Nobody is named when a
 * platform speaks for several, and 2.1.1 has no such headers.
 */
function routingHeaders({ party, parties, hub, options, version }: PullContext): Record<string, string> {
  if (version === '2.1.1') return {};
  const [, countryCode, partyId] = PARTY.exec(String(options.to ?? '')) ?? [];
  const named: Owner | undefined = countryCode && partyId ? { countryCode, partyId } : undefined;
  const to = named ?? hub ?? (parties.length === 1 ? parties[0] : undefined);
  return {
    'ocpi-from-country-code': party.countryCode,
    'ocpi-from-party-id': party.partyId,
    ...(to
      ? {
          'ocpi-to-country-code': to.countryCode.toUpperCase(),
          'ocpi-to-party-id': to.partyId.toUpperCase(),
        }
      : {}),
  };
}

function verdictOf(
  version: OcpiVersion,
  results: readonly { module: Module; end: CrawlEnd }[],
  memory: Readonly<Record<string, unknown>>,
  isWhole: boolean,
): PullVerdict {
  const modules = results.map(
    ({ module, end }): PulledModule => ({
      module,
      version,
      state: end.isComplete ? 'complete' : 'partial',
      isWhole: isWhole && end.isComplete,
    }),
  );
  return {
    modules,
    problems: results.flatMap(({ end }) => end.problems),
    notes: results.flatMap(({ end }) => end.notes),
    isBroken: results.some(({ end }) => end.isBroken),
    memory,
    memoryWhenStored: {},
  };
}
