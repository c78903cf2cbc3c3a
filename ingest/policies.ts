/**
 * What is to be done about each rule, for each party, in memory: asked with every object that is written, so it
 * must not ask the database each time.
 *
 * A party's own policy wins over the one for all parties, and that over the rule's usual action, `note`. What
 * another process set is seen with the next `refresh`, which a job of the scheduler does each minute; this
 * process refreshes as soon as it sets one. Fails as the database fails, and then goes on with what it knows.
 */
import type { Owner } from '../db/model.ts';
import type { PolicyStore } from '../db/registry/policy-store.ts';
import type { Policies } from './checks.ts';
import type { Action, Rule } from './rule.ts';

export interface RefreshedPolicies extends Policies {
  refresh(): Promise<void>;
}

/** What is done when nobody decided anything. */
const USUAL: Action = 'note';

/** Makes the policies of this process; empty until the first `refresh`. */
export function createPolicies(store: Pick<PolicyStore, 'list'>): RefreshedPolicies {
  let actions = new Map<string, Action>();
  let revision = 0;
  return {
    get revision() {
      return revision;
    },
    actionOf: (rule, owner) => actions.get(keyOf(rule, owner)) ?? actions.get(keyOf(rule, null)) ?? USUAL,
    async refresh() {
      const next = new Map<string, Action>(
        (await store.list()).map(({ rule, owner, action }) => [keyOf(rule, owner), action]),
      );
      if (isSame(actions, next)) return;
      actions = next;
      revision += 1;
    },
  };
}

/**
 * What may be decided about a rule. A rule across objects cannot refuse: it is asked of what is stored, and the same
 * object may be in order the moment another one goes. Where a policy for it says `reject` all the same, it notes.
 */
export function actionsOf(rule: Pick<Rule, 'on'>): readonly Action[] {
  return rule.on === 'registry' ? ['off', 'note', 'withhold'] : ['off', 'note', 'withhold', 'reject'];
}

function keyOf(rule: string, owner: Owner | null): string {
  return owner ? `${rule} ${owner.countryCode}/${owner.partyId}` : rule;
}

function isSame(one: ReadonlyMap<string, Action>, other: ReadonlyMap<string, Action>): boolean {
  return one.size === other.size && [...one].every(([key, action]) => other.get(key) === action);
}
