/**
 * nginx as Debian has it, in a process of its own, with a configuration of its own: it serves a folder on loopback.
 * One process, as ours is one; it asks for nobody's rights and writes no log.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, constants, mkdir, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { memory } from '../../real-data/process-cost.ts';
import type { Bench } from '../bench-case.ts';
import { DoesNotApplyError } from '../does-not-apply.ts';

export interface Nginx {
  /** E.g. `http://127.0.0.1:8080`. */
  readonly origin: string;
  peakMegabytes(): Promise<number>;
}

const PROGRAM = '/usr/sbin/nginx';

/** Milliseconds until it must listen, and between two looks. */
const START_LIMIT_MS = 10_000;
const LOOK_MS = 50;

/**
 * @param folder for what it keeps beside the files
 * @param root the files
 * @throws DoesNotApplyError when it is not installed
 */
export async function startNginx(
  { atEnd }: Pick<Bench, 'atEnd'>,
  folder: string,
  root: string,
): Promise<Nginx> {
  await access(PROGRAM, constants.X_OK).catch(() => {
    throw new DoesNotApplyError('nginx is not installed (Debian: apt-get install nginx-light)');
  });
  const port = await freePort();
  await mkdir(folder);
  await writeFile(join(folder, 'nginx.conf'), configuration(root, port));
  const child = spawn(PROGRAM, ['-p', folder, '-c', 'nginx.conf', '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (text) => (said += text));
  const exited = once(child, 'exit');
  atEnd(async () => {
    child.kill();
    await exited;
  });
  const deadline = performance.now() + START_LIMIT_MS;
  while (!(await isListening(port))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      throw new Error(`nginx does not start: ${said}`);
    }
    await delay(LOOK_MS);
  }
  return {
    origin: `http://127.0.0.1:${port}`,
    peakMegabytes: async () => (await memory(child.pid as number)).peak,
  };
}

/** Debian's own settings where they bear on what is measured (`sendfile`, `tcp_nopush`). */
function configuration(root: string, port: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
daemon off;
master_process off;
pid nginx.pid;
error_log stderr;
events { worker_connections 256; }
http {
  access_log off;
  sendfile on;
  tcp_nopush on;
  # A client stays for the whole sample, as it may with us.
  keepalive_requests 1000000000;
  ${temporary.map((name) => `${name}_temp_path ${name};`).join('\n  ')}
  server {
    listen 127.0.0.1:${port};
    root ${root};
  }
}
`;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
