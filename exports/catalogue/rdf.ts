/**
 * Statements of RDF and their two spellings, Turtle and JSON-LD. Whoever describes something makes statements once;
 * both spellings are made of the same ones, so they say the same.
 */
import { DataFactory, type Quad, type Term, Writer } from 'n3';
import { PREFIXES } from './dcat-vocabulary.ts';

const { namedNode, literal, quad } = DataFactory;

const RDF_TYPE = namedNode(`${PREFIXES.rdf}type`);

type Value = ReturnType<typeof namedNode> | ReturnType<typeof literal>;

/** Properties by their prefixed names; what is undefined is left out, a list is said one by one. */
export type Properties = Readonly<Record<string, Value | readonly Value[] | undefined>>;

/** `dcat:Dataset` as a whole. */
export function iri(prefixed: string): string {
  const colon = prefixed.indexOf(':');
  const namespace = (PREFIXES as Record<string, string>)[prefixed.slice(0, colon)];
  if (namespace === undefined) throw new Error(`${prefixed}: the prefix is not one of ours`);
  return namespace + prefixed.slice(colon + 1);
}

/** Something that has an address. */
export function node(address: string): Value {
  return namedNode(address);
}

/** Words in English. */
export function words(text: string): Value {
  return literal(text, 'en');
}

/** A value of a type, `xsd:string` if none is named. */
export function value(text: string, type = 'xsd:string'): Value {
  return literal(text, namedNode(iri(type)));
}

/** Statements about one thing. */
export function describe(subject: string, types: readonly string[], properties: Properties): Quad[] {
  const about = namedNode(subject);
  return [
    ...types.map((type) => quad(about, RDF_TYPE, namedNode(iri(type)))),
    ...Object.entries(properties).flatMap(([name, values]) =>
      [values ?? []].flat().map((object) => quad(about, namedNode(iri(name)), object as Value)),
    ),
  ];
}

/** Each statement once: what several things refer to is described by each of them. */
export function distinct(quads: readonly Quad[]): Quad[] {
  const known = new Map(
    quads.map((one) => [JSON.stringify([one.subject.id, one.predicate.id, one.object.id]), one]),
  );
  return [...known.values()];
}

/** As Turtle. */
export function toTurtle(quads: readonly Quad[]): Promise<string> {
  const writer = new Writer({ prefixes: PREFIXES });
  writer.addQuads([...quads]);
  return new Promise((resolve, reject) => {
    writer.end((error: Error | null, text: string) => (error ? reject(error) : resolve(text)));
  });
}

/** As JSON-LD: one node object a thing, names shortened by the context. */
export function toJsonLd(quads: readonly Quad[]) {
  const nodes = new Map<string, Record<string, unknown>>();
  for (const { subject, predicate, object } of quads) {
    const about = nodes.get(subject.value) ?? { '@id': subject.value };
    nodes.set(subject.value, about);
    if (predicate.equals(RDF_TYPE)) append(about, '@type', shorten(object.value));
    else append(about, shorten(predicate.value), toJsonValue(object));
  }
  return { '@context': PREFIXES, '@graph': [...nodes.values()] };
}

function append(about: Record<string, unknown>, name: string, one: unknown): void {
  const known = about[name];
  about[name] = known === undefined ? one : [known, one].flat();
}

function toJsonValue(term: Term): unknown {
  if (term.termType !== 'Literal') return { '@id': term.value };
  if (term.language !== '') return { '@value': term.value, '@language': term.language };
  const type = shorten(term.datatype.value);
  return type === 'xsd:string' ? term.value : { '@value': term.value, '@type': type };
}

function shorten(address: string): string {
  for (const [prefix, namespace] of Object.entries(PREFIXES)) {
    if (address.startsWith(namespace)) return `${prefix}:${address.slice(namespace.length)}`;
  }
  return address;
}
