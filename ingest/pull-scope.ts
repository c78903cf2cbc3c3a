/** Whose objects a run of a source may bring. */
import type { Owner, Source } from '../db/model.ts';
import type { Partner } from '../db/registry/partner.ts';

/** The owners, and behind which hub they are. */
export interface Scope {
  /** Empty: any owner without another voice. */
  readonly parties: readonly Owner[];
  readonly hub: Owner | null;
  /** Owners that the hub cannot reach: what its list lacks of them stays (HCI-06). */
  readonly spared: readonly Owner[];
}

/**
 * A hub brings what it may speak for at this moment; everybody else what the source was added for.
 *
 * @param partner the connection that the source pulls from
 */
export function scopeOf(source: Source, partner: Partner | undefined): Scope {
  if (!partner?.isHub) return { parties: source.parties, hub: null, spared: [] };
  return { parties: partner.mayBring(), hub: partner.hub, spared: partner.away() };
}
