/**
 * A Location on its way through one batch: applies mutations to it, and knows what has to be written.
 *
 * It holds the rules of visibility (design, section 6; LR-22, LS-20): what becomes unpublished stays known to
 * those who saw it, as its last public state with every EVSE REMOVED; what was never public stays unseen.
 */
import type { Location, Outcome, Owner, Speaker } from '../model.ts';
import { evsesWithOtherStatus, locationContentHash, sameButForStatuses } from './content.ts';
import { FindingCollector, outcomeOfWrite, outcomeWithoutWrite, type Placement } from './draft.ts';
import type { ObjectFindings } from './finding-table.ts';
import type { ChangeEntry } from './journal.ts';
import { isExpired, type LocationWrite, type StoredLocation, timestampText } from './location-table.ts';
import type { CurrentLocation, LocationMutation, Write } from './mutation.ts';

export class LocationDraft {
  private readonly owner: Owner;
  private readonly stored: StoredLocation | undefined;
  private readonly collector = new FindingCollector();
  private current: CurrentLocation | undefined;
  private contentHash: Buffer | undefined;
  private last: { write: Write<Location>; speaker: Speaker; correlationId: string | null } | undefined;
  private placement: Placement | undefined;

  constructor(owner: Owner, stored: StoredLocation | undefined) {
    this.owner = owner;
    this.stored = stored;
    this.current = stored;
    this.contentHash = stored?.contentHash;
  }

  apply(mutation: LocationMutation): Outcome {
    const decision = mutation.apply(this.current);
    if (decision.kind !== 'write') {
      return outcomeWithoutWrite(decision) as Outcome;
    }
    const contentHash = locationContentHash(decision.document);
    const isCreated = this.current === undefined || decision.createdChild === true;
    const isSame = this.contentHash?.equals(contentHash) ?? false;
    this.collector.take(decision);
    const { speaker, correlationId = null } = mutation;
    this.last = { write: decision, speaker, correlationId };
    this.contentHash = contentHash;
    this.current = {
      document: decision.document,
      omittedEvses: decision.omittedEvses ?? [],
      vanished: decision.vanished ?? false,
    };
    return outcomeOfWrite(isCreated, isSame);
  }

  /** Something has to be written, be it only times. */
  get isDirty(): boolean {
    return this.last !== undefined;
  }

  get isNew(): boolean {
    return this.stored === undefined;
  }

  /** The content changed: the journal hears of it. */
  get isChanged(): boolean {
    return this.stored === undefined || !this.stored.contentHash.equals(this.contentHash as Buffer);
  }

  place(placement: Placement): void {
    this.placement = placement;
  }

  write(): LocationWrite {
    const { write, speaker } = this.last as NonNullable<typeof this.last>;
    const placement = this.placement as Placement;
    return {
      id: this.id,
      owner: this.owner,
      speaker,
      document: write.document,
      withdrawnDocument: this.withdrawnDocument(write.document),
      sourceVersion: write.sourceVersion,
      asStored: write.asStored,
      contentHash: this.contentHash as Buffer,
      inputHash: write.inputHash,
      omittedEvses: write.omittedEvses ?? [],
      vanished: write.vanished ?? false,
      createdAt: this.stored?.createdAt ?? placement.changedAt,
      receivedAt: placement.now,
      changedAt: this.movesClock ? placement.changedAt : (this.stored as StoredLocation).changedAt,
      sequence: placement.sequence ?? (this.stored as StoredLocation).sequence,
    };
  }

  changeEntry(): ChangeEntry | null {
    const sequence = this.placement?.sequence;
    if (sequence === null || sequence === undefined) {
      return null;
    }
    const { document } = this.current as CurrentLocation;
    const isPublic = document.publish && !isExpired(document);
    const wasPublic = (this.stored?.publish ?? false) && !this.stored?.expired;
    const before = this.stored?.document;
    const onlyStatuses =
      isPublic && wasPublic && before !== undefined && sameButForStatuses(before, document);
    return {
      sequence,
      kind: onlyStatuses ? 'status' : 'location',
      action: isPublic ? 'upsert' : 'delete',
      public: isPublic || wasPublic,
      object: this.id,
      country_code: this.owner.countryCode,
      party_id: this.owner.partyId,
      object_id: document.id,
      evses: onlyStatuses ? evsesWithOtherStatus(before, document) : null,
      correlation_id: this.last?.correlationId ?? null,
    };
  }

  objectFindings(): ObjectFindings {
    return {
      module: 'locations',
      owner: this.owner,
      objectId: (this.current as CurrentLocation).document.id,
      findings: this.collector.findings,
      mode: this.collector.mode,
    };
  }

  private get id(): number {
    return this.stored?.id ?? ((this.placement as Placement).id as number);
  }

  /** Changes between two unpublished states are nobody's business: the registry clock does not move. */
  private get movesClock(): boolean {
    const isPublished = (this.current as CurrentLocation).document.publish;
    return this.stored === undefined || (this.isChanged && (isPublished || this.stored.publish));
  }

  private withdrawnDocument(document: Location): string | null {
    if (document.publish || this.stored === undefined) {
      return null;
    }
    return this.stored.publish
      ? JSON.stringify(withdrawn(this.stored.document, document.last_updated))
      : this.stored.withdrawnDocument;
  }
}

/** The last public state of a Location, with every EVSE REMOVED at the moment of withdrawal. */
function withdrawn(location: Location, at: string): Location {
  const later = (own: string) => (timestampText(own) > timestampText(at) ? own : at);
  return {
    ...location,
    evses: (location.evses ?? []).map((evse) =>
      evse.status === 'REMOVED'
        ? evse
        : { ...evse, status: 'REMOVED', last_updated: later(evse.last_updated) },
    ),
    last_updated: later(location.last_updated),
  };
}
