/**
 * EV Roam: Great Britain, and some of Ireland. JSON, `{"items":[{title, operatorId, serviceProviderId, operatorIdIE,
 * serviceProviderIdIE, website}]}`, a company an item. A list without states.
 */
import type { OperatorRegister } from '../operator-register.ts';
import { listOf, loadJson, requireField, textsOf } from '../read-json.ts';
import { RegisterRow } from '../register-row.ts';

const COUNTRIES = ['GB', 'IE'];

const IDS = [
  ['operatorId', 'CPO'],
  ['serviceProviderId', 'EMSP'],
  ['operatorIdIE', 'CPO'],
  ['serviceProviderIdIE', 'EMSP'],
] as const;

export const evroam: OperatorRegister = {
  authority: 'evroam',
  title: 'EV Roam',
  countries: COUNTRIES,

  async *read(document) {
    const items = listOf(await loadJson(document), 'items', document.where);
    requireField(items, 'operatorId', document.where);
    for (const [index, item] of items.entries()) {
      const fields = textsOf(item, ['title', ...IDS.map(([field]) => field), 'website']);
      const row = new RegisterRow(`item ${index + 1}`, fields);
      const facts = { status: 'ACTIVE', name: fields.title, website: fields.website } as const;
      for (const [field, role] of IDS) {
        const id = fields[field]?.trim() ?? '';
        if (id !== '') row.add(id, role, facts, COUNTRIES);
      }
      yield row;
    }
  },
};
