/**
 * An access point in a process of its own, owners that push to it without pause, and followers, some in processes of
 * their own: all of which can be ended in order or killed, and started again. `compare` says in the end who does not
 * hold, to the letter, what a fresh download holds.
 */
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Child, startChild } from './child.ts';
import { type Copy, download, type FollowedBy, Follower, type Part, readSaved } from './follower.ts';
import { type NapServer, runNap, startNap } from './nap.ts';
import { OcpiClient } from './ocpi-client.ts';
import { RegistryChurn } from './registry-churn.ts';

const PARTIES = ['NL-TNM', 'BE-ABC'];

/** Milliseconds that followers have to take in what was last told; a filtered stream is quiet for 15 s. */
const CATCH_UP_MS = 60_000;

interface Watched {
  readonly name: string;
  readonly part: Part;
  readonly held: () => Promise<{ copy: Copy; downloads: number }>;
  /** Of one in a process of its own. */
  readonly restart?: () => Promise<void>;
  readonly end: () => Promise<void>;
}

export interface Comparison {
  /** Objects that were compared, and by how many followers they are held. */
  readonly objects: number;
  readonly followers: number;
  /** How often these had to download: once each, as long as changes are all they need. */
  readonly downloads: number;
  /** Each with the keys of what it holds otherwise. */
  readonly differing: readonly string[];
}

export class FollowedAccessPoint {
  readonly churn: RegistryChurn;
  readonly url: string;
  readonly #environment: Record<string, string>;
  readonly #directory: string;
  readonly #followers: Watched[] = [];
  #server: NapServer;
  /** Errors and warnings of servers that are gone. */
  readonly #faults: string[] = [];

  private constructor(parts: {
    server: NapServer;
    environment: Record<string, string>;
    directory: string;
    churn: RegistryChurn;
  }) {
    this.#server = parts.server;
    this.#environment = parts.environment;
    this.#directory = parts.directory;
    this.churn = parts.churn;
    this.url = parts.server.url;
  }

  /** @param directory for the copies of followers */
  static async start(
    settings: Record<string, string>,
    directory: string,
    objects: { seed: number; objects: number },
  ): Promise<FollowedAccessPoint> {
    // The same after each start, so that followers find it again.
    const environment = { ...settings, PORT: String(await freePort()), LOG_LEVEL: 'warn' };
    const server = await startNap(environment);
    try {
      const owners = [];
      for (const party of PARTIES) {
        const command = ['connection', 'add', party, '--role', 'CPO', '--party', party, '--static', '--json'];
        const { token } = (await runNap(command, environment)).json<{ token: string }>();
        owners.push({ party, client: new OcpiClient(server.url, token) });
      }
      const churn = new RegistryChurn(owners, objects);
      await churn.fill();
      const started = new FollowedAccessPoint({ server, environment, directory, churn });
      await started.buildFiles();
      return started;
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  follow(name: string, by: FollowedBy, part: Part = {}): void {
    const stop = new AbortController();
    const follower = new Follower({ url: this.url, directory: join(this.#directory, name), by, part });
    const ended = follower.follow(stop.signal);
    this.#followers.push({
      ...{ name, part, held: async () => follower },
      end: async () => {
        stop.abort();
        await ended;
      },
    });
  }

  followInProcess(name: string, by: FollowedBy, part: Part = {}): void {
    const directory = join(this.#directory, name);
    const start = () => startChild('follow', [this.url, directory, by, JSON.stringify(part)]);
    let child: Child = start();
    this.#followers.push({
      ...{ name, part, held: () => readSaved(directory), end: () => child.kill() },
      restart: async () => {
        await child.kill();
        child = start();
      },
    });
  }

  /** SIGKILL, or an orderly end, and a start. */
  async restart(how: 'kill' | 'stop'): Promise<void> {
    await this.#server[how]();
    this.#noteFaults();
    this.#server = await startNap(this.#environment);
  }

  /** Kills those that have a process of their own, and starts them again. */
  async restartFollowers(): Promise<void> {
    for (const { restart } of this.#followers) await restart?.();
  }

  async buildFiles(): Promise<void> {
    const { code, stderr } = await runNap(['export', 'build', '--json'], this.#environment);
    if (code !== 0) throw new Error(`nap export build ended with ${code}: ${stderr}`);
  }

  /** Builds the files anew and gives followers time. Names who differs, with the keys of what they hold otherwise. */
  async compare(): Promise<Comparison> {
    await this.buildFiles();
    const end = Date.now() + CATCH_UP_MS;
    const differing: string[] = [];
    let objects = 0;
    let downloads = 0;
    for (const { name, part, held } of this.#followers) {
      const { copy } = await download(this.url, part);
      objects += copy.size;
      let keys = differences((await held()).copy, copy);
      while (keys.length > 0 && Date.now() < end) {
        await sleep(100);
        keys = differences((await held()).copy, copy);
      }
      downloads += (await held()).downloads;
      if (keys.length > 0) differing.push(`${name}: ${keys.join()}`);
    }
    return { objects, followers: this.#followers.length, downloads, differing };
  }

  /** What the servers logged as errors so far. */
  get faults(): readonly string[] {
    this.#noteFaults();
    return this.#faults;
  }

  async stop(): Promise<void> {
    for (const { end } of this.#followers) await end();
    await this.#server.stop();
  }

  #noteFaults(): void {
    const lines = this.#server.log.filter(({ level }) => level === 'error').map(({ msg }) => msg);
    for (const line of lines) if (!this.#faults.includes(line)) this.#faults.push(line);
  }
}

/** Compared byte for byte, after sorting. */
function differences(one: Copy, other: Copy): string[] {
  const keys = [...new Set([...one.keys(), ...other.keys()])].sort();
  return keys.filter((key) => one.get(key) !== other.get(key));
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(address && typeof address === 'object' ? address.port : 0));
    });
  });
}
