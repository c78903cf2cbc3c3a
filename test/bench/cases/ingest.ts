/**
 * Taking in a whole feed from a local OCPI Sender: HTTP, parse, validate, check, write. For the first time it stands
 * beside `COPY` of the rows that came of it; the same again, and a later state of the same feed, stand beside the first
 * time.
 */
import type { Bench, BenchCase, Rig, Sample } from '../bench-case.ts';
import { DoesNotApplyError } from '../does-not-apply.ts';
import { type FeedSender, startFeedSender } from '../ingest/feed-sender.ts';
import { addFeedSource, type Pull, pullFeed } from '../ingest/pull.ts';
import { rowVersions, writtenTables } from '../ingest/row-versions.ts';
import { copyTables } from '../ingest/table-copies.ts';
import type { BenchRegistry } from '../registries.ts';
import { settle } from '../registry-client.ts';

/** A registry that has taken in the feed for the first time, and what that took. */
async function firstIngest(
  { registries }: Bench,
  sender: FeedSender,
): Promise<{ registry: BenchRegistry; pull: Pull }> {
  const registry = await registries.empty();
  await addFeedSource(registry, sender);
  await settle(registry);
  const pull = await pullFeed(registry, sender);
  const { created, rejected, received } = pull.report;
  // Some objects come twice in a feed.
  if (created < 0.9 * received)
    throw new Error(`of ${received} objects ${created} were stored, ${rejected} not`);
  return { registry, pull };
}

async function firstIngestSample(bench: Bench, sender: FeedSender): Promise<Sample> {
  const { registry, pull } = await firstIngest(bench, sender);
  await registry.drop();
  return pull;
}

async function openIngest(bench: Bench): Promise<Rig> {
  const sender = await startFeedSender(bench, bench.feed);
  const { registry: filled } = await firstIngest(bench, sender);
  const empty = await bench.registries.empty();
  const copies = await copyTables(filled, empty);
  await Promise.all([filled.drop(), empty.drop()]);
  return {
    ours: () => firstIngestSample(bench, sender),
    async beside() {
      const registry = await bench.registries.empty();
      await settle(registry);
      const { seconds } = await copies.copyInto(registry);
      await registry.drop();
      return { seconds, units: sender.locations, peakMegabytes: null };
    },
  };
}

async function openUnchanged(bench: Bench): Promise<Rig> {
  const sender = await startFeedSender(bench, bench.feed);
  const { registry } = await firstIngest(bench, sender);
  bench.atEnd(registry.drop);
  return {
    async ours() {
      const before = await rowVersions(registry);
      await settle(registry);
      const pull = await pullFeed(registry, sender);
      const written = writtenTables(before, await rowVersions(registry));
      if (written.length > 0)
        throw new Error(`nothing was new, and rows were written: ${written.join(', ')}`);
      return pull;
    },
    beside: () => firstIngestSample(bench, sender),
  };
}

async function openLater(bench: Bench): Promise<Rig> {
  const { feed, registries } = bench;
  if (feed.later === null) throw new DoesNotApplyError('there is no later state of this feed');
  const earlier = await startFeedSender(bench, feed);
  const { registry: base } = await firstIngest(bench, earlier);
  bench.atEnd(base.drop);
  await earlier.stop();
  // At the same address: to the access point it is the same platform, some days later.
  const later = await startFeedSender(bench, feed.later, earlier.port);
  return {
    async ours() {
      const registry = await registries.copyOf(base);
      await settle(registry);
      const pull = await pullFeed(registry, later);
      await registry.drop();
      const { created, updated, removed, unchanged } = pull.report;
      if (updated === 0) throw new Error('nothing was newer in the later feed');
      const counts = `${created} new, ${updated} changed, ${unchanged} unchanged, ${removed} gone`;
      return { ...pull, note: `${counts}; ${pull.note}` };
    },
    beside: () => firstIngestSample(bench, later),
  };
}

export const cases: readonly BenchCase[] = [
  {
    name: 'ingest',
    ours: 'the whole feed pulled from a local Sender into an empty registry',
    beside: 'COPY of the same rows into the same tables with the same indexes',
    unit: 'Locations',
    target: { of: 'time', ratio: 2.5 },
    pairs: 3,
    pairsInShort: 3,
    open: openIngest,
  },
  {
    name: 'ingest-unchanged',
    ours: 'the same again, nothing changed: no row is written',
    beside: 'the first ingest',
    unit: 'Locations',
    target: { of: 'time', ratio: 0.2 },
    pairs: 3,
    pairsInShort: 3,
    open: openUnchanged,
  },
  {
    name: 'ingest-later',
    ours: 'the feed of five days later on top',
    beside: 'its first ingest',
    unit: 'Locations',
    target: { of: 'time', ratio: 0.4 },
    pairs: 3,
    open: openLater,
  },
];
