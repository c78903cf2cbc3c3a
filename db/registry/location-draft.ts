/**
 * A Location on its way through one batch: applies mutations to it, and knows what has to be written.
 *
 * It holds the rules of visibility (design, section 6; LR-22, LS-20): what becomes unpublished stays known to
 * those who saw it, as its last public state with every EVSE REMOVED; what was never public stays unseen. What a
 * policy withholds is as good as unpublished.
 */
import type { Checked, Checks, Location, Outcome, Owner, Speaker } from '../model.ts';
import { timestampText } from './column-values.ts';
import { type StatusChange, sameButForStatuses, sameContent, statusChanges } from './content.ts';
import { FindingCollector, outcomeOfWrite, outcomeWithoutWrite, type Placement, UNCHECKED } from './draft.ts';
import type { ObjectFindings } from './finding-table.ts';
import type { ChangeEntry, Place } from './journal.ts';
import { isExpired, type LocationWrite, type StoredLocation } from './location-table.ts';
import type { CurrentLocation, LocationMutation, Recheck, Write } from './mutation.ts';

export class LocationDraft {
  private readonly owner: Owner;
  private readonly stored: StoredLocation | undefined;
  private readonly collector = new FindingCollector();
  private current: CurrentLocation | undefined;
  /** It says something else than what is stored. */
  private hasNews = false;
  private last: { write: Write<Location>; speaker: Speaker | null; correlationId: string | null } | undefined;
  private text: string | undefined;
  private placement: Placement | undefined;
  private checked: Checked = UNCHECKED;
  /** The rules that were asked; null: all of them. */
  private askedRules: readonly string[] | null = null;
  private isRechecked = false;
  private withheldAcross: boolean;

  constructor(owner: Owner, stored: StoredLocation | undefined) {
    this.owner = owner;
    this.stored = stored;
    this.current = stored;
    this.withheldAcross = stored?.withheldAcross ?? false;
  }

  apply(mutation: LocationMutation): Outcome {
    const decision = mutation.apply(this.current);
    if (decision.kind === 'recheck') this.takeRecheck(decision);
    if (decision.kind !== 'write') {
      return outcomeWithoutWrite(decision) as Outcome;
    }
    const { document } = decision;
    const isCreated = this.current === undefined || decision.createdChild === true;
    const isSame = isSameAs(this.current, document);
    this.hasNews = this.current === this.stored ? !isSame : !isSameAs(this.stored, document);
    this.collector.take(decision);
    const { speaker, correlationId = null } = mutation;
    this.last = { write: decision, speaker, correlationId };
    this.current = {
      document,
      omittedEvses: decision.omittedEvses ?? [],
      vanished: decision.vanished ?? false,
    };
    return outcomeOfWrite(isCreated, isSame);
  }

  private takeRecheck({ withheldAcross }: Recheck): void {
    if (this.current === undefined) return;
    this.isRechecked = true;
    this.withheldAcross = withheldAcross ?? this.withheldAcross;
  }

  /** Asks the rules of what it has become; once, before anything else is asked of it. */
  check(checks: Checks): void {
    const { document } = this.current as CurrentLocation;
    const checked =
      this.checkMotion(checks, document) ?? checks.location(document, this.stored?.document, this.owner);
    this.checked = { ...checked, withheld: checked.withheld || this.withheldAcross };
  }

  /** Most pushes are statuses, of which hardly a rule has anything to say. */
  private checkMotion(checks: Checks, document: Location): Checked | null {
    const { stored } = this;
    // Of what is withheld nobody knows which rule would have it so.
    if (stored === undefined || stored.withheld || this.isRechecked) return null;
    const moved = checks.moved(document, stored.document, this.owner);
    if (moved === null) return null;
    this.askedRules = moved.rules;
    return { ...moved, missingItems: stored.missingItems };
  }

  /** The rules are to be asked, and what they say is to be written. */
  get isTouched(): boolean {
    return this.last !== undefined || this.isRechecked;
  }

  /** Something of the object itself has to be written, be it only times, or what it lacks. */
  get isDirty(): boolean {
    const { stored, checked } = this;
    return (
      this.last !== undefined ||
      stored?.withheld !== checked.withheld ||
      stored.withheldAcross !== this.withheldAcross ||
      stored.missingItems.join() !== checked.missingItems.join()
    );
  }

  get isNew(): boolean {
    return this.stored === undefined;
  }

  /** The content changed, or who may see it: the journal hears of it. */
  get isChanged(): boolean {
    return this.hasNews || this.stored?.withheld !== this.checked.withheld;
  }

  /** What is written, as JSON: made once, when nothing changes it any more. */
  documentText(): string {
    this.text ??= JSON.stringify((this.current as CurrentLocation).document);
    return this.text;
  }

  place(placement: Placement): void {
    this.placement = placement;
  }

  write(): LocationWrite {
    const { write, speaker } = this.last ?? this.asItWas();
    const placement = this.placement as Placement;
    return {
      id: this.id,
      owner: this.owner,
      speaker,
      document: write.document,
      documentText: this.documentText(),
      previous: this.stored,
      withdrawnDocument: this.withdrawnDocument(write.document),
      sourceVersion: write.sourceVersion,
      asStored: write.asStored,
      inputHash: write.inputHash,
      omittedEvses: write.omittedEvses ?? [],
      vanished: write.vanished ?? false,
      withheld: this.checked.withheld,
      withheldAcross: this.withheldAcross,
      missingItems: this.checked.missingItems,
      missingSince: this.missingSince(placement.now),
      createdAt: placement.changedAt,
      receivedAt: this.last ? placement.now : (this.stored as StoredLocation).receivedAt,
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
    const isPublic = this.isShown && !isExpired(document);
    const wasPublic = this.wasShown && !this.stored?.expired;
    const before = this.stored?.document;
    const statuses =
      isPublic && wasPublic && before !== undefined && sameButForStatuses(before, document)
        ? statusChanges(before, document)
        : null;
    return {
      sequence,
      kind: statuses?.every(showsAsBefore) ? 'status' : 'location',
      action: isPublic ? 'upsert' : 'delete',
      public: isPublic || wasPublic,
      object: this.id,
      country_code: this.owner.countryCode,
      party_id: this.owner.partyId,
      object_id: document.id,
      evses: statuses?.map(({ uid }) => uid) ?? null,
      correlation_id: this.last?.correlationId ?? null,
      moved_from: before && wasPublic ? placeLeft(before, isPublic ? document : null) : null,
      renamed_from: before && wasPublic && before.id !== document.id ? before.id : null,
    };
  }

  objectFindings(): ObjectFindings {
    return {
      module: 'locations',
      owner: this.owner,
      objectId: (this.current as CurrentLocation).document.id,
      findings: this.collector.findings,
      mode: this.collector.mode,
      checked: this.checked.findings,
      askedRules: this.askedRules,
    };
  }

  /** An item that was missing before is missing since then. */
  private missingSince(now: Date): string[] {
    const { missingItems: items = [], missingSince = [] } = this.stored ?? {};
    const moment = now.toISOString();
    return this.checked.missingItems.map((item) => missingSince[items.indexOf(item)] ?? moment);
  }

  private get isShown(): boolean {
    return (this.current as CurrentLocation).document.publish && !this.checked.withheld;
  }

  private get wasShown(): boolean {
    return this.stored?.publish === true && !this.stored.withheld;
  }

  /** What is stored, as a write of its own: for an object that was only asked about again. */
  private asItWas(): { write: Write<Location>; speaker: Speaker | null } {
    const { speaker, ...stored } = this.stored as StoredLocation;
    return { write: { kind: 'write', ...stored, findings: [], findingsMode: 'add' }, speaker };
  }

  private get id(): number {
    return this.stored?.id ?? ((this.placement as Placement).id as number);
  }

  /** Changes between two states that nobody sees are nobody's business: the registry clock does not move. */
  private get movesClock(): boolean {
    return this.stored === undefined || (this.isChanged && (this.isShown || this.wasShown));
  }

  private withdrawnDocument(document: Location): string | null {
    if (this.isShown || this.stored === undefined) {
      return null;
    }
    return this.wasShown
      ? JSON.stringify(withdrawn(this.stored.document, document.last_updated))
      : this.stored.withdrawnDocument;
  }
}

function isSameAs(before: { readonly document: Location } | undefined, document: Location): boolean {
  return before !== undefined && sameContent(before.document, document);
}

/** An EVSE that is REMOVED, or is so no longer, changes more than a status. */
function showsAsBefore({ from, to }: StatusChange): boolean {
  return from !== 'REMOVED' && to !== 'REMOVED';
}

/** Where a Location was; null when it is still found there. `now` is null when it is no longer shown. */
function placeLeft(before: Location, now: Location | null): Place | null {
  const place = placeOf(before);
  const isThere = now !== null && now.id === before.id && samePlace(place, placeOf(now));
  return isThere ? null : place;
}

function placeOf({ coordinates }: Location): Place {
  return { longitude: Number(coordinates.longitude), latitude: Number(coordinates.latitude) };
}

function samePlace(one: Place, other: Place): boolean {
  return one.longitude === other.longitude && one.latitude === other.latitude;
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
