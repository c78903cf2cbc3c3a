/**
 * AFIREV: France. JSON, `{"data":[{prefixId, name, type, status, ...}],"total"}`, a prefix an item; type BOTH is an
 * ID for charging points and one for contracts. Some have no name but "Unité d'exploitation liée au préfixe ...".
 */
import type { OperatorRole } from '../../../db/model.ts';
import { type OperatorRegister, RegisterError } from '../operator-register.ts';
import { fieldsOf, listOf, loadJson, requireField, textsOf } from '../read-json.ts';
import { type RegisterFacts, RegisterRow } from '../register-row.ts';

const COUNTRIES = ['FR'];
const FIELDS = ['prefixId', 'name', 'amenageurName', 'exploitantName', 'type', 'status'] as const;

const ROLES: Readonly<Record<string, readonly OperatorRole[]>> = {
  CHARGE: ['CPO'],
  MOBILITY: ['EMSP'],
  BOTH: ['CPO', 'EMSP'],
};

const STATUSES: Readonly<Record<string, RegisterFacts['status']>> = {
  ACTIVE: 'ACTIVE',
  INACTIVE: 'INACTIVE',
  SUSPENDED: 'SUSPENDED',
  AWAITING_PAYMENT: 'RESERVED',
};

const NO_NAME = /^Unité d'exploitation liée au préfixe/i;

export const afirev: OperatorRegister = {
  authority: 'afirev',
  title: 'AFIREV',
  countries: COUNTRIES,

  async *read(document) {
    const answer = await loadJson(document);
    const items = listOf(answer, 'data', document.where);
    requireField(items, 'prefixId', document.where);
    const { total } = fieldsOf(answer);
    if (typeof total === 'number' && total > items.length) {
      throw new RegisterError(
        `${document.where} is not complete: it has ${items.length} of its ${total} prefixes`,
      );
    }
    for (const [index, item] of items.entries()) yield readItem(`item ${index + 1}`, item);
  },
};

function readItem(place: string, item: unknown): RegisterRow {
  const fields = textsOf(item, FIELDS);
  const row = new RegisterRow(place, fields);
  const roles = lookUp(ROLES, fields.type);
  if (!roles) {
    row.refuse(`has a type that is none of ${Object.keys(ROLES).join(', ')}`, fields.type);
    return row;
  }
  const status = lookUp(STATUSES, fields.status);
  if (!status) row.refuse('has a state that is not known: it counts as UNKNOWN', fields.status);
  const facts = { status: status ?? 'UNKNOWN', name: nameOf(fields) } as const;
  for (const role of roles) row.add(fields.prefixId ?? '', role, facts, COUNTRIES);
  return row;
}

function lookUp<T>(table: Readonly<Record<string, T>>, key: string | null): T | undefined {
  return key !== null && Object.hasOwn(table, key) ? table[key] : undefined;
}

function nameOf(fields: Readonly<Record<(typeof FIELDS)[number], string | null>>): string | null {
  const names = [fields.name, fields.exploitantName, fields.amenageurName];
  return names.find((name) => name !== null && name.trim() !== '' && !NO_NAME.test(name.trim())) ?? null;
}
