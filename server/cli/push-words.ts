/** How the pushes to a partner are, for people. */
import type { PushView } from '../admin/service.ts';
import { fields } from './table.ts';

/** A paragraph a module; what has never been is left out. */
export function pushWords(pushes: readonly PushView[]): string {
  return pushes.map(({ module, ...push }) => `Push of ${module}\n${fields(known(push))}`).join('\n\n');
}

function known(push: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(push).filter(([, value]) => value !== null));
}
