/**
 * `locations.geojson` as it is published, whole and asked for by who has it already, beside nginx that serves the same
 * file. As it is and not gzipped: both send prepared files either way, and bytes are what is counted.
 */
import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { memory } from '../../real-data/process-cost.ts';
import { INSTALLED, startNap } from '../../support/nap.ts';
import type { Bench, BenchCase, Rig, Side } from '../bench-case.ts';
import { importCompiled } from '../compiled.ts';
import { startNginx } from '../files/nginx.ts';
import { type ReadOrder, startReader } from '../files/reader.ts';
import { nap } from '../registries.ts';

const FILE = 'locations.geojson';

/** Readers at a time, and bytes that they read together in a sample: some seconds of it. */
const DOWNLOADS = { connections: 8, bytes: 3e9 };

/** Readers at a time that have the file, and requests that they make together in a sample. */
const UNCHANGED = { connections: 32, requests: 24_000 };

const UNCOMPRESSED = { 'Accept-Encoding': 'identity' };

const BESIDE = { beside: 'nginx, the same file', pairs: 5 } as const;

export const cases: readonly BenchCase[] = [
  {
    ...BESIDE,
    name: 'download',
    ours: 'whole GeoJSON file, 8 connections',
    unit: 'MB',
    target: { of: 'rate', ratio: 1 / 3 },
    open: (bench) => open(bench, ({ bytes }) => wholeFile(bytes)),
  },
  {
    ...BESIDE,
    name: 'download-unchanged',
    ours: 'If-None-Match answered 304, 32 connections',
    unit: 'requests',
    target: { of: 'rate', ratio: 1 / 3 },
    open: (bench) => open(bench, ({ etag }) => unchanged(etag)),
  },
];

/** What is asked of each server, and how its answers are counted. */
interface Task {
  readonly order: Omit<ReadOrder, 'origin' | 'path'>;
  readonly units: number;
}

interface ServedFile {
  readonly etag: string;
  readonly bytes: number;
  readonly sha256: string;
}

function wholeFile(bytes: number): Task {
  const { connections } = DOWNLOADS;
  const requestsEach = Math.max(1, Math.round(DOWNLOADS.bytes / bytes / connections));
  return {
    order: { connections, requestsEach, headers: UNCOMPRESSED, expected: { status: 200, bytes } },
    units: (connections * requestsEach * bytes) / 1e6,
  };
}

function unchanged(etag: string): Task {
  const { connections, requests } = UNCHANGED;
  const headers = { ...UNCOMPRESSED, 'If-None-Match': etag };
  return {
    order: {
      ...{ connections, headers, expected: { status: 304, bytes: 0 } },
      requestsEach: requests / connections,
    },
    units: requests,
  };
}

async function open(bench: Bench, taskFor: (file: ServedFile) => Task): Promise<Rig> {
  const registry = await bench.registries.filled();
  bench.atEnd(registry.drop);
  await nap(registry, ['export', 'build', FILE]);
  const path = await publishedPath(registry.environment.NAP_DATA_DIR as string);
  const nginx = await startNginx(bench, join(bench.folder, 'nginx'), dirname(path));
  // Nothing is built meanwhile, neither this file nor another.
  const server = await startNap(registry.environment, INSTALLED, ['--http-only']);
  bench.atEnd(server.stop);
  const reader = startReader(bench);
  const ours = { origin: server.url, path: `/data/${FILE}` };
  const beside = { origin: nginx.origin, path: `/${basename(path)}` };
  const [ourFile, besideFile] = [await fetchFile(ours), await fetchFile(beside)];
  if (ourFile.sha256 !== besideFile.sha256) throw new Error('nginx serves another file than we do');

  function side(where: typeof ours, file: ServedFile, peakMegabytes: () => Promise<number>): Side {
    const { order, units } = taskFor(file);
    return async () => {
      const { seconds, clientShare } = await reader.do({ ...where, ...order });
      return { seconds, units, peakMegabytes: await peakMegabytes(), clientShare };
    };
  }

  return {
    ours: side(ours, ourFile, async () => (await memory(server.pid)).peak),
    beside: side(beside, besideFile, nginx.peakMegabytes),
  };
}

/** Where the edition lies, by the code that knows. */
async function publishedPath(dataFolder: string): Promise<string> {
  const { createEditionStore } = await importCompiled<
    typeof import('../../../exports/build/edition-store.ts')
  >('exports/build/edition-store.js');
  const snapshot = await createEditionStore(join(dataFolder, 'exports')).current(FILE);
  if (!snapshot) throw new Error(`${FILE} was built and is not there`);
  return snapshot.identity.path;
}

async function fetchFile({ origin, path }: { origin: string; path: string }): Promise<ServedFile> {
  const answer = await fetch(`${origin}${path}`, { headers: UNCOMPRESSED });
  const body = Buffer.from(await answer.arrayBuffer());
  const etag = answer.headers.get('ETag');
  if (answer.status !== 200 || etag === null) throw new Error(`${path} was answered ${answer.status}`);
  return { etag, bytes: body.length, sha256: createHash('sha256').update(body).digest('hex') };
}
