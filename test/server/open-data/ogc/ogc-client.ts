/** Reads OGC API Features as a program does: follows links, keeps what came. */
import { expect } from 'chai';
import { isFeature } from 'geojson-validation';
import { type OcpiResponse, send } from '../../../support/ocpi-client.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers of any shape.
export type Json = any;

/** Pages that a walk may have: more is a circle. */
const WALK_LIMIT = 1_000;

export class OgcClient {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** @param path below `/ogc`, or a whole address */
  get(path: string, headers: Record<string, string> = {}): Promise<OcpiResponse> {
    const url = new URL(path.startsWith('http') ? path : `${this.#url}/ogc${path}`);
    return send(this.#url, 'GET', `${url.pathname}${url.search}`, { headers });
  }

  /** The JSON of an answer that must be 200. */
  async json(path: string): Promise<Json> {
    const answer = await this.get(path);
    expect(answer.status, `${path}: ${answer.text.slice(0, 300)}`).to.equal(200);
    return JSON.parse(answer.text);
  }

  /** What a request is refused with. */
  async refusal(path: string): Promise<string> {
    const { status, headers, text } = await this.get(path);
    expect(status, `${path}: ${text.slice(0, 300)}`).to.equal(400);
    expect(headers['content-type']).to.equal('application/problem+json');
    return JSON.parse(text).detail;
  }

  /** All Features of a list, page by page along `next`; each of them valid GeoJSON. */
  async walk(path: string, betweenPages: () => Promise<void> = async () => {}): Promise<Json[]> {
    const features: Json[] = [];
    let next: string | undefined = path;
    for (let pages = 0; next !== undefined; pages += 1) {
      expect(pages).to.be.lessThan(WALK_LIMIT);
      const page = await this.json(next);
      expect(page.numberReturned).to.equal(page.features.length);
      for (const feature of page.features) expect(isFeature(feature, true), feature.id).to.deep.equal([]);
      features.push(...page.features);
      next = linkOf(page, 'next')?.href;
      await betweenPages();
    }
    return features;
  }

  /** Ids of the Features of a list. */
  async ids(path: string): Promise<string[]> {
    return (await this.walk(path)).map(({ id }) => id);
  }
}

export function linkOf(document: Json, rel: string, type?: string): Json {
  return document.links.find((link: Json) => link.rel === rel && (type === undefined || link.type === type));
}
