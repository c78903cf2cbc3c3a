/** Runs an adapter to its end without a registry, and keeps what it gave. */
import pino from 'pino';
import type { Module } from '../../../db/model.ts';
import type { Adapter, PullContext, PullVerdict } from '../../../ingest/adapter.ts';
import { createHttpClient } from '../../../ingest/http/http-client.ts';
import { elementValue } from '../../../ingest/json-element.ts';

export interface Driven {
  readonly objects: Record<Module, unknown[]>;
  readonly largestBatch: number;
  /** Every version that a batch was said to be written in. */
  readonly versions: ReadonlySet<string>;
  readonly verdict: PullVerdict;
}

/** @param settings what a test is about; the rest is a full pull without a token */
export async function drive(adapter: Adapter, settings: Partial<PullContext>): Promise<Driven> {
  const logger = pino({ level: 'silent' });
  const http = createHttpClient({
    allowPrivateUrls: true,
    clock: () => new Date(),
    logger,
    sleep: async () => {},
  });
  const objects: Driven['objects'] = { locations: [], tariffs: [] };
  const versions = new Set<string>();
  let largestBatch = 0;
  try {
    const pulled = adapter.pull({
      url: null,
      options: {},
      version: null,
      token: null,
      full: true,
      dateFrom: null,
      party: { countryCode: 'NL', partyId: 'NAP' },
      parties: [],
      hub: null,
      recogniser: async () => () => false,
      memory: {},
      http,
      correlationId: 'one-operation',
      signal: new AbortController().signal,
      logger,
      ...settings,
    });
    for (;;) {
      const { value, done } = await pulled.next();
      if (done) return { objects, largestBatch, versions, verdict: value };
      largestBatch = Math.max(largestBatch, value.objects.length);
      versions.add(value.version);
      objects[value.module].push(...value.objects.map(elementValue));
    }
  } finally {
    await http.close();
  }
}
