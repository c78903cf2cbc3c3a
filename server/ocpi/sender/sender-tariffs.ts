/**
 * Tariffs, Sender interface: the list, and nothing else; the specification has no single Tariff to read
 * (TS-01, TS-02).
 */
import type { Resource } from '../resource.ts';
import type { OcpiServices } from '../services.ts';
import type { VersionRules } from '../versions/version-rules.ts';
import { senderList } from './sender-list.ts';

export function senderTariffs(
  services: Pick<OcpiServices, 'database' | 'config' | 'clock' | 'pushPositions'>,
  rules: Pick<VersionRules, 'dialect' | 'limitHeader'>,
): Resource[] {
  return [{ path: '', methods: { GET: senderList(services, 'tariffs', rules) } }];
}
