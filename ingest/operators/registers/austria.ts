/**
 * E-Control, successor of Austrian Mobile Power: Austria. JSON, a list of `{operatorId, type, organization, firstName,
 * lastName}` without country. Private persons are in it: of them the ID is taken, and no name. IDs are for charging
 * points, and the list has no states.
 */
import { parseOperatorId } from '../../../db/identifiers/operator-id.ts';
import type { OperatorRegister } from '../operator-register.ts';
import { listOf, loadJson, requireField, textsOf } from '../read-json.ts';
import { RegisterRow } from '../register-row.ts';

const COUNTRIES = ['AT'];

export const austria: OperatorRegister = {
  authority: 'austria',
  title: 'E-Control (formerly Austrian Mobile Power)',
  countries: COUNTRIES,

  async *read(document) {
    const items = listOf(await loadJson(document), null, document.where);
    requireField(items, 'operatorId', document.where);
    for (const [index, item] of items.entries()) {
      const { operatorId, type, organization } = textsOf(item, ['operatorId', 'type', 'organization']);
      // Whatever is not said to be an organisation may be a person.
      const name = type === 'ORGANIZATION' ? organization : null;
      const row = new RegisterRow(`item ${index + 1}`, { operatorId, type, organization: name });
      const id = operatorId ?? '';
      const isWhole = parseOperatorId(id) !== null;
      row.add(isWhole ? id : `AT*${id.trim()}`, 'CPO', { status: 'ACTIVE', name }, COUNTRIES);
      yield row;
    }
  },
};
