/**
 * The modules that are served, the same in every version but for its rules: the one list from which `routes.ts` mounts
 * and `versions.ts` advertises. A new module is an entry here.
 */
import { credentialsModule } from '../credentials/credentials-module.ts';
import type { BodyReader } from '../protocol/body.ts';
import { hubClientInfoModule } from '../receiver/receiver-hub-client-info.ts';
import { receiverLocations } from '../receiver/receiver-locations.ts';
import { receiverTariffs } from '../receiver/receiver-tariffs.ts';
import type { InterfaceRole, OcpiModule, Resource } from '../resource.ts';
import { senderLocations } from '../sender/sender-locations.ts';
import { senderTariffs } from '../sender/sender-tariffs.ts';
import type { OcpiServices } from '../services.ts';
import type { VersionRules } from './version-rules.ts';

/** What the modules of a version are made from. */
export interface ModuleParts {
  readonly services: OcpiServices;
  readonly rules: VersionRules;
  /** Our sides in the list of versions that this one stands in. */
  readonly sides: readonly InterfaceRole[];
  /** Where that list is, below the public address: what a partner is told to come back to. */
  readonly versionsPath: string;
  /** Shared by all versions, since its budget is. */
  readonly readBody: BodyReader;
}

/** The modules of a version: those of objects that have owners as far as they are on one of our sides, and the rest. */
export function modulesOf(parts: ModuleParts): OcpiModule[] {
  const { services, rules, sides, versionsPath, readBody } = parts;
  const { version } = rules.dialect;
  const ownedObjects = [
    dataModule(rules, 'locations', 'SENDER', senderLocations(services, rules)),
    dataModule(rules, 'locations', 'RECEIVER', receiverLocations(services, rules, readBody)),
    dataModule(rules, 'tariffs', 'SENDER', senderTariffs(services, rules)),
    dataModule(rules, 'tariffs', 'RECEIVER', receiverTariffs(services, rules, readBody)),
    ...(version === '2.1.1' ? [] : [hubClientInfoModule(services, version, readBody)]),
  ].filter(({ role }) => sides.includes(role));
  return [credentialsModule(services, { version, versionsPath }, readBody), ...ownedObjects];
}

/** A module of objects that have owners: closed to registration tokens, routed where the version routes (CRED-25). */
function dataModule(
  { endpointRoles, routingHeaders }: VersionRules,
  identifier: OcpiModule['identifier'],
  role: InterfaceRole,
  resources: readonly Resource[],
): OcpiModule {
  // Without roles, a list of versions has one side only (VER-06).
  const path = endpointRoles ? `/${role.toLowerCase()}/${identifier}` : `/${identifier}`;
  return { identifier, role, path, openToRegistration: false, routed: routingHeaders, resources };
}
