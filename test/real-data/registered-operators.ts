/** The operators of the table of registers in a folder of real data, in memory as an import would leave them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { formatOperatorId } from '../../db/identifiers/operator-id.ts';
import type { Registration } from '../../db/reads/operators.ts';
import { table } from '../../ingest/operators/registers/table.ts';
import type { KnownOperators } from '../../ingest/rule.ts';

export async function registeredOperators(data: string): Promise<KnownOperators> {
  const file = join(data, 'operators', 'registry-2026-06-29.csv.gz');
  const known = new Map<string, Registration[]>();
  const countries = new Set<string>();
  const load = async () => gunzipSync(await readFile(file));
  for await (const { entries } of table.read({ where: file, isUrl: false, load })) {
    for (const entry of entries) {
      const key = formatOperatorId(entry);
      known.set(key, [...(known.get(key) ?? []), entry]);
      if (entry.role === 'CPO') countries.add(entry.countryCode);
    }
  }
  return {
    sequence: 1,
    find: (id) => known.get(formatOperatorId(id)) ?? [],
    covers: (countryCode) => countries.has(countryCode),
  };
}
