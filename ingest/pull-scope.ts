/** Whose objects a run of a source may bring. */
import type { Owner } from '../db/model.ts';
import type { Connection, Source } from '../db/partner-model.ts';
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
 * A hub brings what it may speak for at this moment; everybody else what the source was added for, and a CPO whose
 * source names nobody what its connection is bound to (CRED-22: they are one voice).
 *
 * @param connection that the source pulls from
 * @param partner the same, as the parties that it stands for
 */
export function scopeOf(
  { parties }: Source,
  connection: Connection | undefined,
  partner: Partner | undefined,
): Scope {
  if (partner?.isHub) return { parties: partner.mayBring(), hub: partner.hub, spared: partner.away() };
  const isBound = connection?.role === 'CPO' && parties.length === 0;
  return { parties: isBound ? connection.parties : parties, hub: null, spared: [] };
}
