/**
 * What a process on this machine has cost, as the kernel counts it (`/proc`; Linux only).
 */
import { readFile } from 'node:fs/promises';

/** Clock ticks a second in `/proc/{pid}/stat`: the same on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Fields of `/proc/{pid}/stat` after the name in brackets, from 0: user and system time. */
const UTIME = 11;
const STIME = 12;

/** Seconds of CPU time; zero when there is no such process any more. */
export async function cpuSeconds(pid: number): Promise<number> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (text === null) return 0;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[UTIME]) + Number(fields[STIME])) / TICKS_PER_SECOND;
}

/** Megabytes of memory now, and the most it ever had (decimal). */
export async function memory(pid: number): Promise<{ now: number; peak: number }> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8');
  const of = (name: string) => (Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(text)?.[1]) * 1_024) / 1e6;
  return { now: of('VmRSS'), peak: of('VmHWM') };
}
