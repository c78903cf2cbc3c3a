/**
 * What each address of OGC API Features answers. `numberMatched` and extents are counted anew when something has
 * changed; while that happens so often that counting would take a tenth of the time, they may be up to a minute old.
 */

import type { Knex } from 'knex';
import type { Context } from 'koa';
import { type CollectionExtent, readCollectionExtent } from '../../../db/reads/collection-extent.ts';
import { readHead } from '../../../db/reads/public-objects.ts';
import type { Config } from '../../config.ts';
import { publicAddress } from '../../ocpi/protocol/public-address.ts';
import { type AnswerCache, createAnswerCache } from '../../quality/answer-cache.ts';
import { VERSION } from '../../version.ts';
import { licenceUrl } from '../licence.ts';
import { COLLECTIONS, type Collection } from './collections.ts';
import {
  collectionDocument,
  collectionsDocument,
  conformance,
  landingPage,
  queryablesDocument,
  type Terms,
} from './documents.ts';
import { itemDocument, itemsDocument } from './items-document.ts';
import { readItemsQuery, readParameters } from './items-query.ts';
import { type Place, placeOf } from './links.ts';
import { CRS84, MEDIA, QUERYABLES_REL } from './names.ts';
import { openApiDocument } from './openapi.ts';
import * as pages from './pages.ts';
import { type Answer, sendAnswer } from './send.ts';

/** What OGC API Features needs of the services of the process. */
export interface OgcServices {
  readonly database: { readonly readKnex: Knex };
  readonly config: Pick<Config, 'publicUrl' | 'name' | 'licence'>;
  readonly clock: () => Date;
}

/** Characters of a Feature id in an address: owner, location id and uid have some hundred at the most. */
const ID_LIMIT = 400;
/** Links of a list that also stand in the header. */
const HEADER_RELATIONS = ['next', 'prev', QUERYABLES_REL];

/** The handlers, with what they share. */
export class OgcHandlers {
  readonly #knex: Knex;
  readonly #services: OgcServices;
  readonly #terms: Terms;
  readonly #extents: AnswerCache<CollectionExtent>;
  readonly #counts: AnswerCache<number>;

  constructor(services: OgcServices) {
    const { name, licence } = services.config;
    this.#services = services;
    this.#knex = services.database.readKnex;
    this.#terms = { name, licence, licenceUrl: licenceUrl(licence) };
    const state = async () => String(await this.#sequence());
    this.#extents = createAnswerCache(state);
    this.#counts = createAnswerCache(state);
  }

  async sendLandingPage(ctx: Context): Promise<void> {
    const { place, frame } = this.#begin(ctx);
    const json = landingPage(place, this.#terms);
    await this.#sendDocument(ctx, {
      place,
      json,
      html: () => pages.renderLandingPage(frame, json),
      links: json.links,
    });
  }

  async sendConformance(ctx: Context): Promise<void> {
    const { place, frame } = this.#begin(ctx);
    const json = conformance(place);
    await this.#sendDocument(ctx, { place, json, html: () => pages.renderConformance(frame, json.links) });
  }

  async sendApi(ctx: Context): Promise<void> {
    const { place, frame } = this.#begin(ctx);
    const json = openApiDocument(place.base, this.#terms, VERSION);
    await this.#sendDocument(ctx, {
      ...{ place, json, html: () => pages.renderApi(frame) },
      jsonType: MEDIA.openapi,
    });
  }

  async sendCollections(ctx: Context): Promise<void> {
    const { place, frame } = this.#begin(ctx);
    const extents: CollectionExtent[] = [];
    for (const collection of COLLECTIONS) extents.push(await this.#extent(collection));
    const json = collectionsDocument(extents, place, this.#terms);
    const html = () => pages.renderCollections(frame, json.collections, json.links);
    await this.#sendDocument(ctx, { place, json, html });
  }

  async sendCollection(ctx: Context, collection: Collection): Promise<void> {
    const { place, frame } = this.#begin(ctx);
    const json = collectionDocument(collection, await this.#extent(collection), place, this.#terms);
    await this.#sendDocument(ctx, {
      ...{ place, json, html: () => pages.renderCollection(frame, collection, json) },
      links: json.links.filter(({ rel }) => HEADER_RELATIONS.includes(rel)),
    });
  }

  async sendQueryables(ctx: Context, collection: Collection): Promise<void> {
    const { place, frame } = this.#begin(ctx);
    await this.#sendDocument(ctx, {
      place,
      json: queryablesDocument(collection, place),
      html: () => pages.renderQueryables(frame, collection),
      jsonType: MEDIA.schema,
    });
  }

  async sendItems(ctx: Context, collection: Collection): Promise<void> {
    const query = readItemsQuery(ctx, collection);
    const place = this.#place(ctx);
    const { selection, limit, cursor, key } = query;
    // The position first: whatever changed up to it is in the page.
    const sequence = await this.#sequence();
    const count = () => collection.count(this.#knex, selection);
    const numberMatched = await this.#counts.get(`${collection.id} ${key}`, count);
    const page = await collection.page(this.#knex, selection, limit, cursor);
    const parts = { collection, page, cursor, numberMatched, sequence, now: this.#services.clock() };
    const json = itemsDocument(parts, place, this.#terms);
    sendAnswer(ctx, {
      ...{ place, json, jsonType: MEDIA.geojson, sequence, isTagged: false },
      html: () => pages.renderItems(this.#frame(place), collection, json),
      links: json.links.filter(({ rel }) => HEADER_RELATIONS.includes(rel)),
    });
  }

  /** @param id as it stands in the address, decoded */
  async sendItem(ctx: Context, collection: Collection, id: string): Promise<void> {
    const { place, frame } = this.#begin(ctx, ['crs']);
    const sequence = await this.#sequence();
    const isPlausible = id.length <= ID_LIMIT && !id.includes('\0');
    const feature = isPlausible ? await collection.find(this.#knex, id) : null;
    if (!feature) {
      const { title, idDescription, idExample } = collection;
      return ctx.throw(404, `None of ${title} is known by this id: ${idDescription}, such as ${idExample}`);
    }
    const json = itemDocument(collection, feature, place, this.#terms);
    sendAnswer(ctx, {
      ...{ place, json, jsonType: MEDIA.geojson, sequence, isTagged: true },
      html: () => pages.renderItem(frame, collection, json),
      links: json.links.filter(({ rel }) => rel === 'canonical'),
    });
  }

  /** Of documents and single Features, which take no parameters but the form, and these. */
  #begin(ctx: Context, further: readonly string[] = []): { place: Place; frame: pages.Frame } {
    const crs = readParameters(ctx, ['f', ...further]).get('crs') ?? CRS84;
    if (crs !== CRS84) ctx.throw(400, `crs: only ${CRS84} is served`);
    const place = this.#place(ctx);
    return { place, frame: this.#frame(place) };
  }

  #place(ctx: Context): Place {
    return placeOf(ctx, publicAddress(ctx, this.#services.config.publicUrl));
  }

  #frame({ base }: Place): pages.Frame {
    return { base, terms: this.#terms };
  }

  async #sendDocument(
    ctx: Context,
    answer: Omit<Answer, 'sequence' | 'isTagged' | 'jsonType'> & { jsonType?: string },
  ): Promise<void> {
    sendAnswer(ctx, { jsonType: MEDIA.json, ...answer, sequence: await this.#sequence(), isTagged: true });
  }

  #extent({ id }: Collection): Promise<CollectionExtent> {
    return this.#extents.get(id, () => readCollectionExtent(this.#knex, id));
  }

  async #sequence(): Promise<number> {
    return (await readHead(this.#knex)).sequence;
  }
}
