import { readdir } from 'node:fs/promises';
import { expect } from 'chai';
import fc from 'fast-check';
import type { Evse, Location, Tariff } from '../../../db/model.ts';
import { SHOWN_STATUSES } from '../../../exports/public-objects.ts';
import { AFIR_ITEMS, missingItems } from '../../../ingest/afir-items.ts';
import { discoverRules } from '../../../ingest/discover-rules.ts';
import { onlyInMotion } from '../../../ingest/only-in-motion.ts';
import type { LocationRule, ObjectRule, Rule, TariffRule } from '../../../ingest/rule.ts';
import { objectsOf } from '../../support/arbitrary-objects.ts';
import { type AskedWith, askRule } from '../../support/rules.ts';

const rules = await discoverRules();
const files = (await readdir(new URL('../../../ingest/rules/', import.meta.url))).map((file) =>
  file.replace(/\.ts$/, ''),
);
const RUNS = 60;

/** One that is asked for by its number in the requirements, or named for what it finds. */
const ID = /^([A-Z]{2}-\d{2}|[a-z]+(-[a-z]+)+)$/;

/** So that every rule has something to say. */
const registered: NonNullable<AskedWith<never>['registered']> = {
  'NL*TNM': [{ role: 'CPO', status: 'SUSPENDED' }],
};

/** EVSE IDs of all kinds in the place of arbitrary texts, which are never any. */
const evseIds = fc.constantFrom(
  'NL*TNM*E1',
  'BE-ABC-P1',
  '+49*823*1',
  'XX*ABC*E1',
  'NL-TNM-C12345678',
  'NL.TNM.E1',
  null,
);

const locations = fc
  .tuple(
    objectsOf('2.3.0', 'locations') as fc.Arbitrary<Location>,
    fc.array(evseIds, { minLength: 2, maxLength: 2 }),
  )
  .map(([location, ids]) => ({
    ...location,
    evses: (location.evses ?? []).map((evse, index) => ({ ...evse, evse_id: ids[index] ?? null })),
  }));
const tariffs = objectsOf('2.3.0', 'tariffs') as fc.Arbitrary<Tariff>;

describe('every rule', () => {
  it('is found by its folder: one a file', () => {
    expect(rules).to.have.length(files.length);
    expect(new Set(rules.map(({ id }) => id.toLowerCase())).size).to.equal(rules.length);
  });

  it('about objects has a test of its own', async () => {
    const tests = (await readdir(new URL('./', import.meta.url))).map((file) =>
      file.replace(/\.test\.ts$/, ''),
    );
    const untested = files.filter((file, index) => rules[index]?.on !== 'registry' && !tests.includes(file));
    expect(untested).to.deep.equal([]);
  });

  for (const rule of rules) {
    it(`${rule.id}: says what it is, what it means and how it is mended`, () => {
      expect(rule.id).to.match(ID);
      expect(rule.severity).to.be.oneOf(['info', 'warning', 'error']);
      expect(rule.title).to.match(/^[A-Z]\S* .*[^.]$/);
      expect(rule.title.length).to.be.below(120);
      expect(rule.source.trim()).to.match(/[^.]$/);
      expect(rule.meaning).to.match(/^[A-Z`].{20,}\.$/);
      expect(rule.mend).to.match(/^[A-Z`].{10,}\.$/);
      if (rule.afir !== null) expect(AFIR_ITEMS.map(({ id }) => id)).to.include(rule.afir);
    });
  }

  it('takes any valid Location, says the same of it twice, and leaves it as it is', () => {
    holds(rules.filter(isAboutLocations), locations);
  });

  it('says the same while nothing but statuses and times change, unless it says that it goes by time', () => {
    const asked = rules.filter(isAboutLocations).filter((rule) => !rule.isAboutTime);
    fc.assert(
      fc.property(locations, motions, fc.option(locations, { nil: undefined }), (before, move, previous) => {
        const after = move(before);
        expect(onlyInMotion(before, after)).to.equal(true);
        expect(missingItems(after)).to.deep.equal(missingItems(before));
        for (const rule of asked) {
          expect(said(rule, after, before), rule.id).to.deep.equal(said(rule, before, previous));
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('takes any valid Tariff, says the same of it twice, and leaves it as it is', () => {
    holds(rules.filter(isAboutTariffs), tariffs);
  });
});

/** What keeps a Location one that moved: statuses and times, none of them to or from what rules go by. */
const motions = fc
  .array(
    fc.record({
      status: fc.constantFrom(...SHOWN_STATUSES.filter((status) => status !== 'UNKNOWN')),
      last_updated: fc.constantFrom('2026-06-01T00:00:00Z', '2031-01-01T00:00:00Z'),
    }),
    { minLength: 3, maxLength: 3 },
  )
  .map((moves) => (location: Location): Location => {
    const evses = location.evses?.map((evse, index): Evse => {
      const move = moves[index % moves.length] as { status: Evse['status']; last_updated: string };
      return evse.status === 'REMOVED' || evse.status === 'UNKNOWN'
        ? { ...evse, last_updated: move.last_updated }
        : { ...evse, ...move };
    });
    return { ...location, ...(evses ? { evses } : {}), last_updated: '2031-01-01T00:00:00Z' };
  });

/** What it found, as it is kept. */
function said(rule: LocationRule, location: Location, previous: Location | undefined) {
  return ask(rule, location, previous).map(({ evse, connector, ...found }) => [
    found,
    evse?.uid,
    connector?.id,
  ]);
}

function isAboutLocations(rule: Rule): rule is LocationRule {
  return rule.on === 'location';
}

function isAboutTariffs(rule: Rule): rule is TariffRule {
  return rule.on === 'tariff';
}

function ask<T extends Location | Tariff>(rule: ObjectRule<T>, object: T, previous: T | undefined) {
  return askRule(rule, object, previous ? { registered, previous } : { registered });
}

function holds<T extends Location | Tariff>(asked: readonly ObjectRule<T>[], objects: fc.Arbitrary<T>): void {
  let findings = 0;
  fc.assert(
    fc.property(objects, fc.option(objects, { nil: undefined }), (object, previous) => {
      const before = structuredClone({ object, previous });
      for (const rule of asked) {
        const found = ask(rule, object, previous);
        expect(ask(rule, object, previous), rule.id).to.deep.equal(found);
        expect(ask(rule, structuredClone(object), structuredClone(previous)), rule.id).to.deep.equal(found);
        findings += found.length;
        for (const { path, message } of found) {
          expect(path, rule.id).to.match(/^[a-z_]+/);
          expect(message.trim(), rule.id).not.to.equal('');
        }
      }
      expect({ object, previous }).to.deep.equal(before);
    }),
    { numRuns: RUNS },
  );
  // Where nothing is found, nothing was tried.
  expect(findings).to.be.above(0);
}
