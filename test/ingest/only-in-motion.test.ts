import { expect } from 'chai';
import fc from 'fast-check';
import pino from 'pino';
import type { Checks, Evse, Location, Speaker } from '../../db/model.ts';
import type { LocationMutation, Write } from '../../db/registry/mutation.ts';
import { createWriter, type RegistryWriter } from '../../db/registry/writer.ts';
import { missingItems } from '../../ingest/afir-items.ts';
import { createChecks } from '../../ingest/checks.ts';
import { discoverRules } from '../../ingest/discover-rules.ts';
import { onlyInMotion } from '../../ingest/only-in-motion.ts';
import { createPolicies } from '../../ingest/policies.ts';
import { buildConnector, buildEvse, buildLocation } from '../support/builders.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { addTestSource } from '../support/pipeline.ts';

const TNM = { countryCode: 'NL', partyId: 'TNM' };

type Change = (location: Location) => Location;

const statusOf = (place: number, status: Evse['status']): Change => {
  return (location) => withEvse(location, place, (evse) => ({ ...evse, status }));
};

function withEvse(location: Location, place: number, change: (evse: Evse) => Evse): Location {
  const evses = location.evses ?? [];
  const evse = evses[place];
  return evse ? { ...location, evses: evses.with(place, change(evse)) } : location;
}

const MOTIONS: readonly Change[] = [
  (location) => structuredClone(location),
  (location) => ({ ...location, last_updated: '2031-01-01T00:00:00Z' }),
  (location) => withEvse(location, 0, (evse) => ({ ...evse, last_updated: '2031-01-01T00:00:00Z' })),
  statusOf(0, 'CHARGING'),
  statusOf(1, 'BLOCKED'),
];

const CHANGES: readonly Change[] = [
  statusOf(0, 'REMOVED'),
  statusOf(1, 'UNKNOWN'),
  (location) => ({ ...location, publish: !location.publish }),
  (location) => ({ ...location, facilities: [] }),
  (location) => ({ ...location, country: 'BEL' }),
  (location) => ({ ...location, evses: location.evses?.toReversed() ?? [] }),
  (location) => ({ ...location, evses: location.evses?.slice(1) ?? [] }),
  (location) => withEvse(location, 0, (evse) => ({ ...evse, evse_id: evse.evse_id ? null : 'XX*ABC*E1' })),
  (location) => withEvse(location, 1, (evse) => ({ ...evse, connectors: evse.connectors.slice(1) })),
];

const station = buildLocation({
  evses: [
    buildEvse({ evse_id: 'NL*TNM*E1' }),
    buildEvse({ uid: 'E2', evse_id: 'odd', connectors: [buildConnector(), buildConnector({ id: '2' })] }),
    buildEvse({ uid: 'E3', evse_id: null, status: 'CHARGING' }),
  ],
});

describe('A Location in motion', () => {
  it('differs in statuses and times, and in nothing that a rule goes by', () => {
    for (const motion of MOTIONS) expect(onlyInMotion(station, motion(station))).to.equal(true);
    for (const change of CHANGES) expect(onlyInMotion(station, change(station))).to.equal(false);
  });

  describe('is found fault with', () => {
    let database: TestDatabase;

    before(async () => {
      database = await openTestDatabase();
    });
    after(() => database.drop());

    async function checking(): Promise<Checks> {
      const policies = createPolicies({ list: async () => [] });
      return createChecks({
        ...{ rules: await discoverRules(), policies, missingItems },
        operators: { sequence: 1, covers: () => true, find: () => [] },
        clock: () => new Date('2026-06-02T00:00:00Z'),
        logger: pino({ level: 'silent' }),
      });
    }

    const kept = async () => ({
      findings: await database
        .knex('finding')
        .select('rule', 'part_key', 'message', 'received', 'occurrences')
        .whereNull('closed_at')
        .orderBy(['rule', 'part_key']),
      lacks: await database.knex('location').pluck('missing_items'),
    });

    it('as if every rule were asked of every state', async () => {
      const all = await checking();
      let moves = 0;
      const counting: Checks = {
        ...all,
        moved(...asked) {
          const moved = all.moved(...asked);
          if (moved) moves += 1;
          return moved;
        },
      };
      const steps = fc.array(fc.oneof(fc.constantFrom(...MOTIONS), fc.constantFrom(...CHANGES)), {
        minLength: 1,
        maxLength: 5,
      });
      await fc.assert(
        fc.asyncProperty(steps, async (changes) => {
          const results = [];
          for (const checks of [counting, { ...all, moved: () => null }]) {
            await database.truncate();
            const { speaker } = await addTestSource(database, 'source');
            const writer = createWriter({ knex: database.knex, clock: () => new Date(), checks });
            let state = station;
            await put(writer, speaker, state);
            for (const change of changes) {
              state = change(state);
              await put(writer, speaker, state);
            }
            results.push(await kept());
          }
          expect(results[0]).to.deep.equal(results[1]);
        }),
        { numRuns: 15 },
      );
      // Where nothing moved, nothing was tried.
      expect(moves).to.be.above(0);
    });
  });
});

async function put(writer: RegistryWriter, speaker: Speaker, document: Location): Promise<void> {
  const write: Write<Location> = {
    ...{ kind: 'write', document, sourceVersion: '2.2.1', asStored: ['2.2.1', '2.3.0'] },
    ...{ inputHash: null, findings: [], findingsMode: 'replace' },
  };
  const mutation: LocationMutation = {
    ...{ module: 'locations', owner: TNM, id: document.id, speaker },
    apply: () => write,
  };
  const outcome = await writer.submit(mutation);
  if (outcome.kind === 'failed') throw outcome.error;
}
