/** How the pushes to a partner are, as the operator sees it. Pure. */
import type { StandingPosition } from '../../db/registry/push-position-store.ts';
import type { PushView } from './service.ts';

/** The pushes of the connection of this name, one a module; none for one that is not pushed to. */
export function viewPushes(positions: readonly StandingPosition[], connection: string): PushView[] {
  return positions.filter(({ connectionName }) => connectionName === connection).map(viewPush);
}

function viewPush(position: StandingPosition): PushView {
  const { resync, failingSince } = position;
  return {
    module: position.module,
    state: resync ? 'resync' : failingSince ? 'failing' : 'following',
    position: position.sequence,
    behind: position.behind,
    taken: position.taken,
    refused: position.refused,
    failures: position.failures,
    failing_since: failingSince?.toISOString() ?? null,
    resync_since: resync?.since.toISOString() ?? null,
    resync_from: resync?.missedSince.toISOString() ?? null,
    resync_reason: resync?.reason ?? null,
    last_taken_at: position.lastTakenAt?.toISOString() ?? null,
    last_refusal: position.lastRefusal,
    last_refusal_at: position.lastRefusalAt?.toISOString() ?? null,
    last_error: position.lastError,
    last_error_at: position.lastErrorAt?.toISOString() ?? null,
  };
}
