import { expect } from 'chai';
import pino from 'pino';
import type { Owner } from '../../db/model.ts';
import { type CheckParts, createChecks } from '../../ingest/checks.ts';
import { createPolicies } from '../../ingest/policies.ts';
import type { Action, LocationRule } from '../../ingest/rule.ts';
import { buildConnector, buildEvse, buildLocation } from '../support/builders.ts';

const TNM: Owner = { countryCode: 'NL', partyId: 'TNM' };
const GFX: Owner = { countryCode: 'NL', partyId: 'GFX' };

const FACTS = { afir: null, source: 'a test', meaning: '', mend: '', title: '' };

/** Breaks at every EVSE that is not AVAILABLE. */
const idle: LocationRule = {
  ...FACTS,
  on: 'location',
  id: 'idle',
  severity: 'warning',
  check(location, _context, found) {
    for (const [index, evse] of (location.evses ?? []).entries()) {
      if (evse.status !== 'AVAILABLE') {
        found({ path: `evses[${index}].status`, message: 'is not free', evse, received: evse.status });
      }
    }
  },
};

const broken: LocationRule = {
  ...FACTS,
  on: 'location',
  id: 'broken',
  severity: 'error',
  check() {
    throw new Error('a mistake of ours');
  },
};

describe('the checks', () => {
  let lines: { level: string; rule?: string }[];
  let policies: [rule: string, owner: Owner | null, action: Action][];

  beforeEach(() => {
    lines = [];
    policies = [];
  });

  async function checksOf(rules: CheckParts['rules']) {
    const known = createPolicies({
      list: async () => policies.map(([rule, owner, action]) => ({ rule, owner, action, setAt: new Date() })),
    });
    await known.refresh();
    const checks = createChecks({
      rules,
      policies: known,
      operators: { sequence: 0, covers: () => false, find: () => [] },
      missingItems: () => ['A5'],
      clock: () => new Date('2026-06-02T00:00:00Z'),
      logger: pino(
        { formatters: { level: (level) => ({ level }) } },
        { write: (line) => lines.push(JSON.parse(line)) },
      ),
    });
    return { checks, policies: known };
  }

  const busy = buildLocation({
    evses: [
      buildEvse(),
      buildEvse({ uid: 'E2', evse_id: 'NL*TNM*E2', status: 'CHARGING' }),
      buildEvse({ uid: 'E3', status: 'BLOCKED' }),
    ],
  });

  it('give one finding a rule and part, with the path, what was received and the EVSE', async () => {
    const { checks } = await checksOf([idle]);
    expect(checks.location(busy, undefined, TNM)).to.deep.equal({
      findings: [
        {
          rule: 'idle',
          severity: 'warning',
          path: 'evses[1].status',
          message: 'evses[1].status: is not free',
          occurrences: 1,
          part: { evseUid: 'E2', evseId: 'NL*TNM*E2', connectorId: null },
          received: '"CHARGING"',
        },
        {
          rule: 'idle',
          severity: 'warning',
          path: 'evses[2].status',
          message: 'evses[2].status: is not free',
          occurrences: 1,
          part: { evseUid: 'E3', evseId: null, connectorId: null },
          received: '"BLOCKED"',
        },
      ],
      missingItems: ['A5'],
      withheld: false,
    });
  });

  it('count what one rule finds again at the same part, and keep connectors apart', async () => {
    const twice: LocationRule = {
      ...idle,
      check(location, _context, found) {
        const evse = location.evses?.[0];
        if (!evse) return;
        for (const connector of evse.connectors) {
          found({ path: 'a', message: 'first', evse, connector });
          found({ path: 'b', message: 'second', evse, connector });
        }
      },
    };
    const connectors = [buildConnector(), buildConnector({ id: '2' })];
    const { checks } = await checksOf([twice]);
    const { findings } = checks.location(
      buildLocation({ evses: [buildEvse({ connectors })] }),
      undefined,
      TNM,
    );
    expect(
      findings.map(({ part, occurrences, path }) => [part?.connectorId, occurrences, path]),
    ).to.deep.equal([
      ['1', 2, 'a'],
      ['2', 2, 'a'],
    ]);
  });

  it('follow a policy for all parties, and before it that of the party', async () => {
    policies = [
      ['idle', null, 'withhold'],
      ['idle', GFX, 'off'],
    ];
    const { checks } = await checksOf([idle]);
    expect(checks.location(busy, undefined, TNM).withheld).to.equal(true);
    expect(checks.location(buildLocation(), undefined, TNM).withheld).to.equal(false);
    expect(checks.location(busy, undefined, GFX)).to.deep.include({ findings: [], withheld: false });
  });

  it('refuse an object, with the reasons, only where the policy says reject', async () => {
    policies = [['idle', TNM, 'reject']];
    const { checks } = await checksOf([idle]);
    expect(checks.refuseLocation(busy, undefined, TNM)).to.deep.equal([
      { path: 'evses[1].status', rule: 'idle', message: 'evses[1].status: is not free' },
      { path: 'evses[2].status', rule: 'idle', message: 'evses[2].status: is not free' },
    ]);
    expect(checks.refuseLocation(buildLocation(), undefined, TNM)).to.deep.equal([]);
    expect(checks.refuseLocation(busy, undefined, GFX)).to.deep.equal([]);
  });

  it('see a changed policy once it is refreshed', async () => {
    const { checks, policies: known } = await checksOf([idle]);
    expect(checks.location(busy, undefined, TNM).findings).to.have.length(2);
    policies = [['idle', null, 'off']];
    await known.refresh();
    expect(checks.location(busy, undefined, TNM).findings).to.have.length(0);
  });

  it('go on without a rule that fails, and log it once as our fault', async () => {
    const { checks } = await checksOf([broken, idle]);
    expect(checks.location(busy, undefined, TNM).findings).to.have.length(2);
    checks.location(busy, undefined, TNM);
    expect(lines.map(({ level, rule }) => [level, rule])).to.deep.equal([['error', 'broken']]);
  });
});
