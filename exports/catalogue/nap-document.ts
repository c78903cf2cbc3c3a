/**
 * `/.well-known/nap.json`: all feeds for programs, so that a client that knows the address of an access point knows
 * everything else: where, in which form, how fresh, how large, under which terms, and what will end.
 *
 * Guarantees: it says what is, measured: a feed that was not built has nulls, not promises.
 */
import type { Module } from '../../db/model.ts';
import type { JournalLag } from '../../db/reads/journal-lag.ts';
import { absoluteUrl, type Feed, type FileFeed } from './feed.ts';
import type { Terms } from './terms.ts';

/** What is known about the access point when the document is made. */
export interface AccessPointFacts extends Terms {
  /** ISO 3166-1 alpha-2. */
  readonly countryCode: string;
  readonly now: Date;
  readonly feeds: readonly Feed[];
  /** Position of the journal now. */
  readonly sequence: number;
  /** How far a file that is complete up to a sequence is behind. */
  readonly lagOf: (module: Module, sequence: number) => JournalLag;
  readonly statusAge: { readonly p50_s: number | null; readonly p95_s: number | null };
  readonly rateLimits: readonly RateLimitNotice[];
  readonly deprecations: readonly DeprecationNotice[];
}

export interface RateLimitNotice {
  readonly name: string;
  readonly applies_to: string;
  readonly requests: number;
  readonly window_s: number;
}

export interface DeprecationNotice {
  readonly path: string;
  readonly what: string;
  readonly deprecated_at: string;
  readonly sunset_at: string;
  readonly instead: string;
}

/** The document. Fields may be added, never renamed. */
export function describeAccessPoint(facts: AccessPointFacts) {
  const { address, name, licence, attribution, contact } = facts;
  return {
    name,
    country_code: facts.countryCode,
    licence,
    licence_url: facts.licenceUrl,
    attribution,
    contact,
    generated_at: facts.now.toISOString(),
    sequence: facts.sequence,
    status_age: facts.statusAge,
    feeds: facts.feeds.map((feed) => describeFeed(feed, facts)),
    rate_limits: facts.rateLimits,
    deprecations: facts.deprecations,
    documentation: `${address}/data`,
    openapi: `${address}/openapi.json`,
    catalogue: { jsonld: `${address}/data/catalogue.jsonld`, turtle: `${address}/data/catalogue.ttl` },
    health: `${address}/health/ready`,
  };
}

function describeFeed(feed: Feed, facts: AccessPointFacts) {
  const { address, licence, attribution, contact } = facts;
  const snapshot = feed.kind === 'file' ? feed.snapshot : null;
  return {
    id: feed.id,
    kind: feed.kind,
    title: feed.title,
    description: feed.description,
    url: absoluteUrl(address, feed.path),
    media_type: feed.mediaType,
    view: feed.kind === 'file' ? feed.view : null,
    access: feed.kind === 'file' ? 'open' : feed.access,
    data_sets: feed.dataSets,
    schema: feed.schema === null ? null : absoluteUrl(address, feed.schema),
    standard: feed.standard,
    cadence: feed.cadence,
    freshness: feed.kind === 'file' ? measureFreshness(feed, facts) : null,
    sequence: snapshot?.sequence ?? null,
    generated_at: snapshot?.generatedAt.toISOString() ?? null,
    objects: snapshot?.objects ?? null,
    bytes: snapshot?.identity.bytes ?? null,
    sha256: snapshot?.identity.sha256 ?? null,
    gzip: snapshot ? { bytes: snapshot.gzip.bytes, sha256: snapshot.gzip.sha256 } : null,
    licence: snapshot?.licence ?? licence,
    attribution: snapshot?.attribution ?? attribution,
    contact,
  };
}

/** How old a file is, and what it does not have yet. */
function measureFreshness({ format, snapshot }: FileFeed, { lagOf, now }: AccessPointFacts) {
  if (snapshot === null) return null;
  const { behind, waitingSince } = lagOf(format.module, snapshot.sequence);
  return {
    age_s: secondsBetween(snapshot.generatedAt, now),
    behind,
    behind_s: waitingSince === null ? 0 : secondsBetween(waitingSince, now),
  };
}

function secondsBetween(earlier: Date, later: Date): number {
  return Math.max(0, Math.round((later.getTime() - earlier.getTime()) / 1000));
}
