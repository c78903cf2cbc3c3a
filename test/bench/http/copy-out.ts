/**
 * What PostgreSQL can do at the most: `COPY ... TO STDOUT`, read by `psql` in a process of its own, which is written in C
 * and hands the bytes on as they come. It is connected before the clock starts.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Bench } from '../bench-case.ts';

export interface CopyOut {
  /** Copies the rows of a query as text; the bytes are counted and thrown away. */
  copy(query: string): Promise<{ seconds: number; bytes: number }>;
}

/** What `psql` prints after the rows: no row of text has such a line. */
const END = '\\.end of rows\n';

export async function startCopyOut({ atEnd }: Pick<Bench, 'atEnd'>, databaseUrl: string): Promise<CopyOut> {
  const psql = spawn('psql', ['--no-psqlrc', '--quiet', '--set', 'ON_ERROR_STOP=1', databaseUrl], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const closed = once(psql, 'close');
  atEnd(async () => {
    psql.kill();
    await closed;
  });

  /** Bytes that it prints until the end is told. */
  function run(commands: string): Promise<number> {
    return new Promise((resolve, reject) => {
      let bytes = 0;
      let tail = '';
      const take = (chunk: Buffer) => {
        bytes += chunk.length;
        tail = (tail + chunk.toString('latin1', Math.max(0, chunk.length - END.length))).slice(-END.length);
        if (tail !== END) return;
        psql.stdout.off('data', take);
        psql.off('close', gone);
        resolve(bytes - END.length);
      };
      const gone = (code: number | null) => reject(new Error(`psql ended with ${code}`));
      psql.stdout.on('data', take);
      psql.once('close', gone);
      psql.stdin.write(`${commands}\n\\echo '\\\\.end of rows'\n`);
    });
  }

  await run('select 1 where false \\g /dev/null');
  return {
    async copy(query) {
      const start = performance.now();
      const bytes = await run(`copy (${query.replaceAll('\n', ' ')}) to stdout;`);
      return { seconds: (performance.now() - start) / 1000, bytes };
    },
  };
}
