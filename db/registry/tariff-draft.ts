/**
 * A Tariff on its way through one batch: applies mutations to it, deletion among them, and knows what has to
 * be written. A Tariff leaves no trace but its journal entry when it is deleted (TR-03, LS-16).
 */
import type { Checked, Checks, Outcome, Owner, Speaker, Tariff } from '../model.ts';
import { sameTariff } from './content.ts';
import { FindingCollector, outcomeOfWrite, outcomeWithoutWrite, type Placement, UNCHECKED } from './draft.ts';
import type { ObjectFindings } from './finding-table.ts';
import type { ChangeEntry } from './journal.ts';
import type { Recheck, TariffMutation, Write } from './mutation.ts';
import type { StoredTariff, TariffWrite } from './tariff-table.ts';

export class TariffDraft {
  private readonly owner: Owner;
  private readonly stored: StoredTariff | undefined;
  private readonly collector = new FindingCollector();
  private current: Tariff | undefined;
  /** It says something else than what is stored. */
  private hasNews = false;
  private last: { write: Write<Tariff>; speaker: Speaker | null } | undefined;
  private correlationId: string | null = null;
  private placement: Placement | undefined;
  private checked: Checked = UNCHECKED;
  private isRechecked = false;
  private withheldAcross: boolean;

  constructor(owner: Owner, stored: StoredTariff | undefined) {
    this.owner = owner;
    this.stored = stored;
    this.current = stored?.document;
    this.withheldAcross = stored?.withheldAcross ?? false;
  }

  apply(mutation: TariffMutation): Outcome {
    const decision = mutation.apply(this.current && { document: this.current });
    if (decision.kind === 'recheck') this.takeRecheck(decision);
    if (decision.kind === 'delete') {
      this.correlationId = mutation.correlationId ?? null;
      this.current = undefined;
      this.last = undefined;
      return { kind: 'updated' };
    }
    if (decision.kind !== 'write') {
      return outcomeWithoutWrite(decision) as Outcome;
    }
    const { document } = decision;
    const isCreated = this.current === undefined;
    const isSame = isSameAs(this.current, document);
    this.hasNews = !isSameAs(this.stored?.document, document);
    this.collector.take(decision);
    this.last = { write: decision, speaker: mutation.speaker };
    this.correlationId = mutation.correlationId ?? null;
    this.current = document;
    return outcomeOfWrite(isCreated, isSame);
  }

  private takeRecheck({ withheldAcross }: Recheck): void {
    if (this.current === undefined) return;
    this.isRechecked = true;
    this.withheldAcross = withheldAcross ?? this.withheldAcross;
  }

  /** Asks the rules of what it has become; once, before anything else is asked of it. */
  check(checks: Checks): void {
    if (!this.current) return;
    const checked = checks.tariff(this.current, this.stored?.document, this.owner);
    this.checked = { ...checked, withheld: checked.withheld || this.withheldAcross };
  }

  /** The rules are to be asked, and what they say is to be written. */
  get isTouched(): boolean {
    return this.last !== undefined || this.isDeleted || this.isRechecked;
  }

  /** Something of the object itself has to be written or deleted. */
  get isDirty(): boolean {
    const { stored, checked } = this;
    return (
      this.last !== undefined ||
      this.isDeleted ||
      stored?.withheld !== checked.withheld ||
      stored.withheldAcross !== this.withheldAcross
    );
  }

  get isNew(): boolean {
    return this.stored === undefined;
  }

  get isChanged(): boolean {
    return this.isDeleted || this.hasNews || this.stored?.withheld !== this.checked.withheld;
  }

  get deletedId(): number | null {
    return this.isDeleted ? (this.stored as StoredTariff).id : null;
  }

  place(placement: Placement): void {
    this.placement = placement;
  }

  write(): TariffWrite | null {
    if (this.current === undefined) {
      return null;
    }
    const { write, speaker } = this.last ?? this.asItWas();
    const placement = this.placement as Placement;
    return {
      id: this.id,
      owner: this.owner,
      speaker,
      document: write.document,
      sourceVersion: write.sourceVersion,
      inputHash: write.inputHash,
      withheld: this.checked.withheld,
      withheldAcross: this.withheldAcross,
      createdAt: this.stored?.createdAt ?? placement.changedAt,
      receivedAt: this.last ? placement.now : (this.stored as StoredTariff).receivedAt,
      changedAt: this.isChanged ? placement.changedAt : (this.stored as StoredTariff).changedAt,
      sequence: placement.sequence ?? (this.stored as StoredTariff).sequence,
    };
  }

  changeEntry(): ChangeEntry | null {
    const sequence = this.placement?.sequence;
    if (sequence === null || sequence === undefined) {
      return null;
    }
    return {
      sequence,
      kind: 'tariff',
      action: this.isDeleted || this.checked.withheld ? 'delete' : 'upsert',
      public: !this.checked.withheld || this.stored?.withheld === false,
      object: this.id,
      country_code: this.owner.countryCode,
      party_id: this.owner.partyId,
      object_id: this.objectId,
      evses: null,
      correlation_id: this.correlationId,
      moved_from: null,
      renamed_from: this.renamedFrom,
    };
  }

  objectFindings(): ObjectFindings {
    return {
      module: 'tariffs',
      owner: this.owner,
      objectId: this.objectId,
      findings: this.isDeleted ? [] : this.collector.findings,
      mode: this.isDeleted ? 'replace' : this.collector.mode,
      checked: this.isDeleted ? [] : this.checked.findings,
      askedRules: null,
    };
  }

  /** What is stored, as a write of its own: for a Tariff that was only asked about again. */
  private asItWas(): { write: Write<Tariff>; speaker: Speaker | null } {
    const { speaker, ...stored } = this.stored as StoredTariff;
    return { write: { kind: 'write', ...stored, asStored: [], findings: [], findingsMode: 'add' }, speaker };
  }

  private get isDeleted(): boolean {
    return this.stored !== undefined && this.current === undefined;
  }

  private get id(): number {
    return this.stored?.id ?? ((this.placement as Placement).id as number);
  }

  private get renamedFrom(): string | null {
    const { stored } = this;
    const wasPublic = stored !== undefined && !stored.withheld;
    return wasPublic && stored.document.id !== this.objectId ? stored.document.id : null;
  }

  private get objectId(): string {
    return (this.current ?? (this.stored as StoredTariff).document).id;
  }
}

function isSameAs(before: Tariff | undefined, tariff: Tariff): boolean {
  return before !== undefined && sameTariff(before, tariff);
}
