/** How checks find their own objects in lists that hold everybody's, and tell moments apart. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Built } from '../../support/builders.ts';

/** Milliseconds between what must be told apart by time. */
const TICK_MS = 20;

/** Whether a listed id is that of an object; in 2.1.1 it stands behind its owner (LS-14). */
export function named(id: string): (object: Built) => boolean {
  return (object) => object.id === id || object.id.endsWith(`-${id}`);
}

/** A moment between what was stored before and what will be stored after. */
export async function now(): Promise<string> {
  await sleep(TICK_MS);
  const moment = new Date().toISOString();
  await sleep(TICK_MS);
  return moment;
}
