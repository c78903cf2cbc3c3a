/** What became of the objects of one feed, version by version, as rows of Markdown. */
import type { Evse, Location } from '../../db/model.ts';
import { OCPI_VERSIONS, type OcpiVersion } from '../../db/ocpi-version.ts';

interface Given {
  given: number;
  invalid: number;
  leftOut: Map<string, number>;
  evses: number;
  evsesLeftOut: number;
  connectorsLeftOut: Map<string, number>;
}

export class Tally {
  received = 0;
  readonly faults: string[] = [];
  private readonly title: string;
  private readonly from: OcpiVersion;
  private accepted = 0;
  private readonly refused = new Map<string, number>();
  private readonly findings = new Map<string, number>();
  private readonly compared = { same: 0, mended: 0, otherWords: 0 };
  private readonly byVersion = new Map<OcpiVersion, Given>(
    OCPI_VERSIONS.map((version) => [
      version,
      {
        given: 0,
        invalid: 0,
        leftOut: new Map(),
        evses: 0,
        evsesLeftOut: 0,
        connectorsLeftOut: new Map(),
      },
    ]),
  );

  constructor(title: string, from: OcpiVersion) {
    this.title = title;
    this.from = from;
  }

  refuse(rule: string): void {
    count(this.refused, rule);
  }

  accept(rules: readonly string[]): void {
    this.accepted++;
    for (const rule of rules) count(this.findings, rule);
  }

  fault(text: string): void {
    this.faults.push(text);
  }

  leaveOut(version: OcpiVersion, reason: string | null, id: string): void {
    if (reason === null) this.fault(`${this.title} to ${version}, ${id}: left out without a reason`);
    count(this.of(version).leftOut, reason ?? 'no reason');
  }

  /** @param stored a Location as the registry has it, of which EVSEs and Connectors are counted */
  giveOut(version: OcpiVersion, stored: Location | null, out: Location, isInvalid: boolean): void {
    const given = this.of(version);
    given.given++;
    if (isInvalid) given.invalid++;
    if (stored === null) return;
    given.evses += stored.evses?.length ?? 0;
    given.evsesLeftOut += (stored.evses?.length ?? 0) - (out.evses?.length ?? 0);
    const kept = new Map(out.evses?.map((evse) => [evse.uid, evse]));
    for (const evse of stored.evses ?? []) {
      for (const standard of missing(evse, kept.get(evse.uid))) count(given.connectorsLeftOut, standard);
    }
  }

  /** In and out in the same version. */
  compare(isSame: boolean, isMended: boolean, lacksWords: boolean, id: string): void {
    if (isSame) this.compared.same++;
    else if (isMended) this.compared.mended++;
    else if (lacksWords) this.compared.otherWords++;
    else this.fault(`${this.title}, ${id}: came out of ${this.from} otherwise than it came`);
  }

  static head(): string {
    return (
      '| feed | in | received | accepted | to | given out | left out | EVSEs | without EVSEs | without connectors | invalid |\n' +
      '|---|---|---|---|---|---|---|---|---|---|---|\n'
    );
  }

  row(): string {
    return OCPI_VERSIONS.map((version) => {
      const given = this.of(version);
      const cells = [
        ...[this.title, this.from, this.received, this.accepted, version, given.given],
        ...[words(given.leftOut), given.evses, given.evsesLeftOut, words(given.connectorsLeftOut)],
        given.invalid,
      ];
      return `| ${cells.join(' | ')} |\n`;
    }).join('');
  }

  details(): string {
    const { same, mended, otherWords } = this.compared;
    return [
      `* ${this.title}: refused ${words(this.refused)}; findings ${words(this.findings)}.`,
      `  In and out of ${this.from}: ${same} deep-equal, ${mended} different, with a repair or a part left out among its findings,`,
      `  ${otherWords} different in a word that is not given back.`,
    ].join('\n');
  }

  private of(version: OcpiVersion): Given {
    return this.byVersion.get(version) as Given;
  }
}

function missing(stored: Evse, out: Evse | undefined): string[] {
  const ids = new Set(out?.connectors.map(({ id }) => id));
  return stored.connectors.filter(({ id }) => !ids.has(id)).map(({ standard }) => standard);
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function words(counts: ReadonlyMap<string, number>): string {
  const entries = [...counts].sort(([, one], [, other]) => other - one);
  return entries.length === 0 ? '0' : entries.map(([name, times]) => `${times} ${name}`).join(', ');
}
