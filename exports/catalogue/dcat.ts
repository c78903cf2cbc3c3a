/**
 * The catalogue for data portals: DCAT-AP 3 with mobilityDCAT-AP 1.1, as statements of RDF (`rdf.ts` spells them).
 *
 * Two data sets, as the law has them, static and dynamic; each has one distribution a file format, and the
 * interfaces are data services that serve both. Everything that we name has an address below `/data`; concepts of
 * others are repeated with class and label, as the published shapes want them.
 *
 * Sizes and checksums are not in it, since mobilityDCAT-AP took them out of DCAT-AP: they are in
 * `/.well-known/nap.json`. See docs/decisions/2026-11-28-dcat-of-several-releases.md.
 */
import type { Quad } from 'n3';
import type { DataSet } from '../format.ts';
import {
  CAR,
  COORDINATES,
  type Concept,
  countryIri,
  DATA_SETS,
  dataStandard,
  ENGLISH,
  EUROPE,
  FREE_OF_CHARGE,
  fileTypeIri,
  HTTP,
  LEGISLATION,
  mediaTypeIri,
  PULL,
  THEMES,
  WGS_84,
} from './dcat-vocabulary.ts';
import { absoluteUrl, type Feed, type FileFeed, type ServiceFeed } from './feed.ts';
import { describe, distinct, node, value, words } from './rdf.ts';
import type { Terms } from './terms.ts';

/** What is known when the catalogue is made. */
export interface CatalogueFacts extends Terms {
  /** ISO 3166-1 alpha-3; null where the access point has no country: then Europe. */
  readonly country: string | null;
  readonly feeds: readonly Feed[];
  /** When the newest file was made, or now where there is none. */
  readonly modified: Date;
}

const SETS: readonly DataSet[] = ['static', 'dynamic'];

/** The whole catalogue. */
export function describeCatalogue(facts: CatalogueFacts): Quad[] {
  const files = facts.feeds.filter((feed): feed is FileFeed => feed.kind === 'file' && feed.view === 'raw');
  const services = facts.feeds.filter((feed): feed is ServiceFeed => feed.kind === 'service');
  return distinct([
    ...catalogue(facts, services),
    ...publisher(facts),
    ...terms(facts),
    ...SETS.flatMap((set) => [
      ...record(facts, set),
      ...dataSet(facts, set, files),
      ...files
        .filter(({ dataSets }) => dataSets.includes(set))
        .flatMap((file) => distribution(facts, set, file)),
    ]),
    ...services.flatMap((service) => dataService(facts, service)),
    ...concepts(files),
  ]);
}

/** The address of something that is described here and nowhere else. */
function own({ address }: CatalogueFacts, name: string): string {
  return `${address}/data#${name}`;
}

function time(moment: Date) {
  return value(moment.toISOString(), 'xsd:dateTime');
}

function catalogue(facts: CatalogueFacts, services: readonly ServiceFeed[]): Quad[] {
  const at = (name: string) => node(own(facts, name));
  return describe(own(facts, 'catalogue'), ['dcat:Catalog'], {
    'dct:title': words(facts.name),
    'dct:description': words(`Open data on the charging of electric vehicles, published by ${facts.name}.`),
    'dct:publisher': at('publisher'),
    'foaf:homepage': node(`${facts.address}/data`),
    'dct:language': node(ENGLISH),
    'dct:license': licence(facts),
    'dct:spatial': node(place(facts)),
    'dct:modified': time(facts.modified),
    'dcat:dataset': SETS.map((set) => at(set)),
    'dcat:record': SETS.map((set) => at(`record-${set}`)),
    'dcat:service': services.map(({ id }) => at(`service-${id}`)),
  });
}

function publisher(facts: CatalogueFacts): Quad[] {
  const { contact } = facts;
  const name = words(facts.name);
  const email = emailOf(facts);
  const page = contact !== null && email === null ? contact : null;
  return [
    ...describe(own(facts, 'publisher'), ['foaf:Agent', 'foaf:Organization'], {
      'foaf:name': name,
      'foaf:mbox': email === null ? undefined : node(email),
      'foaf:homepage': page === null ? undefined : node(page),
    }),
    ...(page === null ? [] : describe(page, ['foaf:Document'], {})),
    ...(email === null
      ? []
      : [
          ...describe(own(facts, 'contact'), ['vcard:Kind'], {
            'vcard:fn': name,
            'vcard:hasEmail': node(email),
          }),
          ...describe(email, ['owl:Thing'], {}),
        ]),
  ];
}

/** Null where there is no contact, or it is a page: the profile's contact points have an e-mail address. */
function emailOf({ contact }: CatalogueFacts): string | null {
  return contact === null || /^https?:/.test(contact) ? null : `mailto:${encodeURI(contact)}`;
}

function contactPoint(facts: CatalogueFacts) {
  return emailOf(facts) === null ? undefined : node(own(facts, 'contact'));
}

function licence(facts: CatalogueFacts) {
  return node(facts.licenceUrl ?? own(facts, 'licence'));
}

function place({ country }: CatalogueFacts): string {
  return country === null ? EUROPE : countryIri(country);
}

/** Licence, rights, place and page: what everything else refers to. */
function terms(facts: CatalogueFacts): Quad[] {
  return [
    ...describe(licence(facts).value, ['dct:LicenseDocument'], { 'rdfs:label': words(facts.licence) }),
    ...describe(own(facts, 'rights'), ['dct:RightsStatement'], {
      'dct:type': node(FREE_OF_CHARGE.iri),
      'rdfs:label': words(`Name the source as: ${facts.attribution}`),
    }),
    ...describe(place(facts), ['dct:Location'], {}),
    ...describe(`${facts.address}/data`, ['foaf:Document', 'rdfs:Resource'], {}),
    ...describe(ENGLISH, ['dct:LinguisticSystem'], {}),
    ...describe(WGS_84, ['dct:Standard'], {}),
  ];
}

function record(facts: CatalogueFacts, set: DataSet): Quad[] {
  return describe(own(facts, `record-${set}`), ['dcat:CatalogRecord'], {
    'foaf:primaryTopic': node(own(facts, set)),
    'dct:language': node(ENGLISH),
    // The entries are made of the files each time, so they are as old as these.
    'dct:created': time(facts.modified),
    'dct:modified': time(facts.modified),
    'dct:publisher': node(own(facts, 'publisher')),
  });
}

function dataSet(facts: CatalogueFacts, set: DataSet, files: readonly FileFeed[]): Quad[] {
  const { title, description, frequency, themes, service, keywords } = DATA_SETS[set];
  const all = (list: readonly Concept[]) => list.map((one) => node(one.iri));
  return describe(own(facts, set), ['dcat:Dataset', 'dcat:Resource'], {
    'dct:title': words(`${title} – ${facts.name}`),
    'dct:description': words(description),
    'dct:identifier': value(own(facts, set)),
    'dct:publisher': node(own(facts, 'publisher')),
    'dcat:contactPoint': contactPoint(facts),
    'dct:spatial': node(place(facts)),
    'dct:accrualPeriodicity': node(frequency.iri),
    'dct:modified': time(facts.modified),
    'dct:conformsTo': node(WGS_84),
    'dcat:keyword': keywords.map(words),
    'dcat:theme': all(THEMES),
    'dcat:landingPage': node(`${facts.address}/data`),
    'dcatap:applicableLegislation': all(LEGISLATION),
    'mobilitydcatap:mobilityTheme': all(themes),
    'mobilitydcatap:transportMode': node(CAR.iri),
    'mobilitydcatap:georeferencingMethod': node(COORDINATES.iri),
    'mobilitydcatap:intendedInformationService': node(service.iri),
    'dcat:distribution': files
      .filter(({ dataSets }) => dataSets.includes(set))
      .map(({ id }) => node(own(facts, `${set}-${id}`))),
  });
}

function distribution(facts: CatalogueFacts, set: DataSet, file: FileFeed): Quad[] {
  const { snapshot } = file;
  const mediaType = withoutParameters(file.mediaType);
  const forms = [file.schema, file.standard].flatMap((form) =>
    form === null ? [] : absoluteUrl(facts.address, form),
  );
  return [
    ...describe(own(facts, `${set}-${file.id}`), ['dcat:Distribution'], {
      'dct:title': words(file.title),
      'dct:description': words(file.description),
      'dcat:accessURL': node(`${facts.address}/data`),
      'dcat:downloadURL': node(absoluteUrl(facts.address, file.path)),
      'dcat:mediaType': node(mediaTypeIri(mediaType)),
      'dct:format': node(fileTypeIri(mediaType)),
      'dct:license': licence(facts),
      'dct:rights': node(own(facts, 'rights')),
      'dct:conformsTo': forms.map(node),
      'dct:modified': snapshot ? time(snapshot.generatedAt) : undefined,
      'cnt:characterEncoding': isText(mediaType) ? value('UTF-8') : undefined,
      'mobilitydcatap:mobilityDataStandard': node(dataStandard(file.standard).iri),
      'mobilitydcatap:applicationLayerProtocol': node(HTTP.iri),
      'mobilitydcatap:communicationMethod': node(PULL.iri),
    }),
    ...forms.flatMap((form) => describe(form, ['dct:Standard'], {})),
    ...describe(mediaTypeIri(mediaType), ['dct:MediaType'], {}),
    ...describe(fileTypeIri(mediaType), ['dct:MediaTypeOrExtent'], {}),
  ];
}

function dataService(facts: CatalogueFacts, service: ServiceFeed): Quad[] {
  return [
    ...describe(own(facts, `service-${service.id}`), ['dcat:DataService'], {
      'dct:title': words(service.title),
      'dct:description': words(service.description),
      'dcat:endpointURL': node(absoluteUrl(facts.address, service.path)),
      'dcat:endpointDescription': node(absoluteUrl(facts.address, service.interfaceDescription)),
      'dcat:servesDataset': service.dataSets.map((set) => node(own(facts, set))),
      'dct:license': licence(facts),
      'dct:publisher': node(own(facts, 'publisher')),
      'dcat:contactPoint': contactPoint(facts),
      'dct:conformsTo': service.standard === null ? undefined : node(service.standard),
      'dcatap:applicableLegislation': LEGISLATION.map((law) => node(law.iri)),
    }),
    ...(service.standard === null ? [] : describe(service.standard, ['dct:Standard'], {})),
  ];
}

/** Every concept that is used, with its class and label. */
function concepts(files: readonly FileFeed[]): Quad[] {
  const used = [
    ...[...THEMES, ...LEGISLATION, CAR, COORDINATES, HTTP, PULL, FREE_OF_CHARGE],
    ...SETS.flatMap((set) => [...DATA_SETS[set].themes, DATA_SETS[set].frequency, DATA_SETS[set].service]),
    ...files.map(({ standard }) => dataStandard(standard)),
  ];
  const once = new Map(used.map((one) => [one.iri, one]));
  return [...once.values()].flatMap(({ iri, label, type }) =>
    describe(iri, ['skos:Concept', ...(type === undefined ? [] : [type])], {
      'skos:prefLabel': words(label),
    }),
  );
}

function withoutParameters(mediaType: string): string {
  return mediaType.split(';')[0] as string;
}

function isText(mediaType: string): boolean {
  return mediaType.startsWith('text/') || mediaType.includes('json') || mediaType.includes('xml');
}
