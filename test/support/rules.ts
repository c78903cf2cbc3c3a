/** Asks one rule about one object, as the checks do when it is written. */
import type { Location, Owner, Tariff } from '../../db/model.ts';
import type { Registration } from '../../db/reads/operators.ts';
import type { Found, KnownOperators, ObjectRule } from '../../ingest/rule.ts';

/** What a test says beside the object. */
export interface AskedWith<T> {
  readonly previous?: T;
  /** Party that the object is of; that of the object unless said otherwise. */
  readonly owner?: Owner;
  /** Registered, by `NL*TNM`; absent: no register was imported at all. */
  readonly registered?: Readonly<Record<string, Pick<Registration, 'role' | 'status'>[]>>;
}

/** Everything that the rule finds. */
export function askRule<T extends Location | Tariff>(
  rule: ObjectRule<T>,
  object: T,
  { previous, owner, registered }: AskedWith<T> = {},
): Found[] {
  const found: Found[] = [];
  const context = {
    owner: owner ?? { countryCode: object.country_code, partyId: object.party_id },
    now: new Date('2026-06-10T12:00:00Z'),
    previous,
    operators: operatorsOf(registered),
  };
  rule.check(object, context, (one) => found.push(one));
  return found;
}

/** Where it finds something. */
export function pathsOf<T extends Location | Tariff>(...asked: Parameters<typeof askRule<T>>): string[] {
  return askRule(...asked).map(({ path }) => path);
}

function operatorsOf(registered: AskedWith<never>['registered']): KnownOperators {
  if (!registered) return { sequence: 0, find: () => [], covers: () => false };
  return {
    sequence: 1,
    find: ({ countryCode, operatorId }) =>
      (registered[`${countryCode}*${operatorId}`] ?? []).map((entry) => ({ name: null, ...entry })),
    covers: (country) => Object.keys(registered).some((id) => id.startsWith(country)),
  };
}
