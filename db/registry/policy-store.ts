/**
 * What the operator of the access point decided about rules of data quality: a policy a rule, for all parties or
 * for one; and waivers, which forgive a party's open findings of a rule until a day, with a reason.
 *
 * Guarantees: one policy a rule and party, one waiver a rule and party; the later word replaces the former.
 */
import type { Knex } from 'knex';
import type { Owner } from '../model.ts';

export type PolicyAction = 'off' | 'note' | 'withhold' | 'reject';

export interface Policy {
  readonly rule: string;
  /** Null: for all parties that have none of their own. */
  readonly owner: Owner | null;
  readonly action: PolicyAction;
  readonly setAt: Date;
}

export interface Waiver {
  readonly rule: string;
  readonly owner: Owner;
  readonly reason: string;
  /** The last day on which it holds, `YYYY-MM-DD`, UTC. */
  readonly until: string;
  readonly createdAt: Date;
}

export interface PolicyStore {
  list(): Promise<Policy[]>;
  set(rule: string, owner: Owner | null, action: PolicyAction): Promise<Policy>;
  listWaivers(): Promise<Waiver[]>;
  waive(waiver: Omit<Waiver, 'createdAt'>): Promise<Waiver>;
  /** False when there was none. */
  endWaiver(rule: string, owner: Owner): Promise<boolean>;
}

interface PolicyRow {
  rule: string;
  country_code: string | null;
  party_id: string | null;
  action: PolicyAction;
  set_at: Date;
}

interface WaiverRow {
  rule: string;
  country_code: string;
  party_id: string;
  reason: string;
  until: string;
  created_at: Date;
}

const WAIVER_COLUMNS = `waiver.rule, waiver.country_code, waiver.party_id, waiver.reason,
       to_char(waiver.until, 'YYYY-MM-DD') as until, waiver.created_at`;

/** Makes the store of this process. */
export function createPolicyStore(parts: { knex: Knex; clock: () => Date }): PolicyStore {
  const { knex, clock } = parts;
  return {
    async list() {
      const { rows } = await knex.raw<{ rows: PolicyRow[] }>(
        `select policy.rule, policy.country_code, policy.party_id, policy.action, policy.set_at
           from policy
          order by policy.rule, policy.country_code nulls first, policy.party_id`,
      );
      return rows.map(policyOf);
    },
    async set(rule, owner, action) {
      const { rows } = await knex.raw<{ rows: PolicyRow[] }>(
        `insert into policy (rule, country_code, party_id, action, set_at)
         values (?, upper(?), upper(?), ?, ?)
         on conflict on constraint policy_key_unique
         do update
            set action = excluded.action,
                set_at = excluded.set_at
         returning policy.rule, policy.country_code, policy.party_id, policy.action, policy.set_at`,
        [rule, owner?.countryCode ?? null, owner?.partyId ?? null, action, clock()],
      );
      return policyOf(rows[0] as PolicyRow);
    },
    async listWaivers() {
      const { rows } = await knex.raw<{ rows: WaiverRow[] }>(
        `select ${WAIVER_COLUMNS}
           from waiver
          order by waiver.rule, waiver.country_code, waiver.party_id`,
      );
      return rows.map(waiverOf);
    },
    async waive({ rule, owner, reason, until }) {
      const { rows } = await knex.raw<{ rows: WaiverRow[] }>(
        `insert into waiver (rule, country_code, party_id, reason, until, created_at)
         values (?, upper(?), upper(?), ?, ?::date, ?)
         on conflict on constraint waiver_key_unique
         do update
            set reason     = excluded.reason,
                until      = excluded.until,
                created_at = excluded.created_at
         returning ${WAIVER_COLUMNS}`,
        [rule, owner.countryCode, owner.partyId, reason, until, clock()],
      );
      return waiverOf(rows[0] as WaiverRow);
    },
    async endWaiver(rule, owner) {
      const columns = { rule, country_code: owner.countryCode, party_id: owner.partyId };
      return (await knex('waiver').where(columns).delete()) > 0;
    },
  };
}

function policyOf(row: PolicyRow): Policy {
  const { country_code: countryCode, party_id: partyId } = row;
  const owner = countryCode !== null && partyId !== null ? { countryCode, partyId } : null;
  return { rule: row.rule, owner, action: row.action, setAt: row.set_at };
}

function waiverOf(row: WaiverRow): Waiver {
  return {
    rule: row.rule,
    owner: { countryCode: row.country_code, partyId: row.party_id },
    reason: row.reason,
    until: row.until,
    createdAt: row.created_at,
  };
}
