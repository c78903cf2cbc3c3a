/**
 * What the catalogue is made of: the files as they are now, the head of the journal, how far files are behind, and the
 * terms. Read anew for each request, but for what reads the whole registry, which is kept for a minute.
 */
import i18nCountries from 'i18n-iso-countries/index.js';
import type { Database } from '../../../db/connection.ts';
import type { Module } from '../../../db/model.ts';
import { type JournalLag, type ModulePosition, readJournalLags } from '../../../db/reads/journal-lag.ts';
import { readHead } from '../../../db/reads/public-objects.ts';
import { readStatusAge, type StatusAge } from '../../../db/reads/status-age.ts';
import type { CatalogueFacts } from '../../../exports/catalogue/dcat.ts';
import { type Feed, listFeeds } from '../../../exports/catalogue/feed.ts';
import type { AccessPointFacts } from '../../../exports/catalogue/nap-document.ts';
import type { Terms } from '../../../exports/catalogue/terms.ts';
import type { Snapshots } from '../../../exports/snapshots.ts';
import type { Config } from '../../config.ts';
import { createAnswerCache } from '../../quality/answer-cache.ts';
import type { Deprecation } from '../deprecations.ts';
import { licenceUrl } from '../licence.ts';
import type { RateLimit } from '../rate-limits.ts';

/** What the catalogue needs of the services of the process. */
export interface CatalogueServices {
  readonly snapshots: Snapshots;
  readonly database: Pick<Database, 'readKnex'>;
  readonly config: Pick<Config, 'publicUrl' | 'contact' | 'party'>;
  readonly rateLimits: readonly RateLimit[];
  readonly deprecations: readonly Deprecation[];
  readonly clock: () => Date;
}

export interface CatalogueReader {
  /** @param address where we are reached, without a slash at the end */
  accessPoint(address: string): Promise<AccessPointFacts>;
  catalogue(address: string): Promise<CatalogueFacts>;
}

export function createCatalogueReader(services: CatalogueServices): CatalogueReader {
  const { snapshots, config, clock } = services;
  const knex = services.database.readKnex;
  // Ages grow by themselves, so they are never of an old state: only of an old minute.
  const statusAges = createAnswerCache<StatusAge>(async () => '');
  const lags = createAnswerCache<LagOf>(async () => String((await readHead(knex)).sequence));

  function terms(address: string): Terms {
    const { name, licence, attribution } = snapshots.publication;
    const contact = config.contact ?? null;
    return { address, name, licence, licenceUrl: licenceUrl(licence), attribution, contact };
  }

  return {
    async accessPoint(address) {
      const feeds = listFeeds(await snapshots.list());
      const positions = positionsOf(feeds);
      const { sequence } = await readHead(knex);
      return {
        ...terms(address),
        ...{ feeds, sequence, now: clock(), countryCode: config.party.countryCode },
        lagOf: await lags.get(JSON.stringify(positions), () => readLags(positions)),
        statusAge: await statusAges.get('', () => readStatusAge(knex, clock())),
        rateLimits: services.rateLimits.map(({ name, appliesTo, requests, windowSeconds }) => ({
          ...{ name, applies_to: appliesTo, requests, window_s: windowSeconds },
        })),
        deprecations: services.deprecations.map(({ path, what, deprecatedAt, sunsetAt, instead }) => ({
          ...{ path, what, instead },
          deprecated_at: deprecatedAt.toISOString(),
          sunset_at: sunsetAt.toISOString(),
        })),
      };
    },

    async catalogue(address) {
      const feeds = listFeeds(await snapshots.list());
      const times = feeds.flatMap((feed) =>
        feed.kind === 'file' && feed.snapshot ? feed.snapshot.generatedAt.getTime() : [],
      );
      const modified = times.length === 0 ? clock() : new Date(Math.max(...times));
      return { ...terms(address), feeds, modified, country: alpha3(config.party.countryCode) };
    },
  };

  async function readLags(positions: readonly ModulePosition[]): Promise<LagOf> {
    const read = positions.length === 0 ? [] : await readJournalLags(knex, positions);
    const known = new Map(positions.map((position, index) => [keyOf(position), read[index]]));
    return (module, sequence) => known.get(keyOf({ module, sequence })) ?? { behind: 0, waitingSince: null };
  }
}

type LagOf = (module: Module, sequence: number) => JournalLag;

/** Of the files that there are: a handful, since files are built together. */
function positionsOf(feeds: readonly Feed[]): ModulePosition[] {
  const positions = feeds.flatMap((feed) =>
    feed.kind === 'file' && feed.snapshot
      ? { module: feed.format.module, sequence: feed.snapshot.sequence }
      : [],
  );
  return [...new Map(positions.map((position) => [keyOf(position), position])).values()];
}

function keyOf({ module, sequence }: ModulePosition): string {
  return `${module} ${sequence}`;
}

/** Null for what is no country, such as the code of an access point that was given none. */
function alpha3(countryCode: string): string | null {
  return i18nCountries.alpha2ToAlpha3(countryCode) ?? null;
}
