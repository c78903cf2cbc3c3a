/**
 * The lists of versions that are offered, and below which URL. A tree is one such list: everything of its versions
 * lives below its root.
 *
 *   /ocpi        2.2.1 and 2.3.0, for everybody: an endpoint says on which side it is
 *   /ocpi/cpo    2.1.1 for those who read: to them we are a CPO, the Sender
 *   /ocpi/emsp   2.1.1 for those who bring: to them we are an eMSP, the Receiver
 *
 * In 2.1.1 an endpoint has one URL and no role, so that a platform which is on both sides, as an access point is, needs
 * a list for each (VER-06). A partner may call whatever it likes; the version of a body is that of the URL.
 */

import type { OcpiVersion } from '../../../db/ocpi-version.ts';
import type { Connection } from '../../../db/partner-model.ts';
import { bringsObjects } from '../../../db/registry/connection-voices.ts';
import type { BodyReader } from '../protocol/body.ts';
import type { InterfaceRole, OcpiModule } from '../resource.ts';
import type { OcpiServices } from '../services.ts';
import { modulesOf } from './modules.ts';
import { rules211 } from './ocpi-2.1.1.ts';
import { rules221 } from './ocpi-2.2.1.ts';
import { rules230 } from './ocpi-2.3.0.ts';
import type { VersionRules } from './version-rules.ts';

/** Where OCPI lives below the public address. */
export const OCPI_ROOT = '/ocpi';

/** The rules of every version that is spoken. */
export const VERSION_RULES: Readonly<Record<OcpiVersion, VersionRules>> = {
  '2.1.1': rules211,
  '2.2.1': rules221,
  '2.3.0': rules230,
};

/** One list of versions. */
export interface VersionTree {
  /** Below the public address, e.g. `/ocpi/cpo`. */
  readonly root: string;
  /** Our sides of the interfaces in it. */
  readonly sides: readonly InterfaceRole[];
  /** Oldest first. */
  readonly versions: readonly VersionRules[];
}

const ALL = Object.values(VERSION_RULES);

/** All of them, the most special root first: the others begin like it. */
export const TREES: readonly VersionTree[] = [
  { root: `${OCPI_ROOT}/cpo`, sides: ['SENDER'], versions: ALL.filter((rules) => !rules.endpointRoles) },
  { root: `${OCPI_ROOT}/emsp`, sides: ['RECEIVER'], versions: ALL.filter((rules) => !rules.endpointRoles) },
  { root: OCPI_ROOT, sides: ['SENDER', 'RECEIVER'], versions: ALL.filter((rules) => rules.endpointRoles) },
];

/** The tree that a partner of this role and version uses. */
export function treeFor({ role, version }: Pick<Connection, 'role' | 'version'>): VersionTree {
  const side = bringsObjects(role) ? 'RECEIVER' : 'SENDER';
  const fitting = TREES.find(
    ({ sides, versions }) =>
      sides.includes(side) && versions.some(({ dialect }) => dialect.version === version),
  );
  if (!fitting) throw new Error(`OCPI ${version} is not served; a connection says that it speaks it`);
  return fitting;
}

/** The tree that a path belongs to. */
export function treeAt(path: string): VersionTree {
  const tree = TREES.find(({ root }) => path === root || path.startsWith(`${root}/`));
  return tree ?? (TREES.at(-1) as VersionTree);
}

/** A version of a tree with its modules. */
export interface MountedVersion {
  readonly rules: VersionRules;
  /** Below the public address, e.g. `/ocpi/2.2.1`. */
  readonly root: string;
  readonly modules: readonly OcpiModule[];
}

/** Where the list of a tree is, below the public address. */
export function versionsPath({ root }: VersionTree): string {
  return `${root}/versions`;
}

/** Everything that is served in a tree. */
export function mountedVersions(
  tree: VersionTree,
  services: OcpiServices,
  readBody: BodyReader,
): MountedVersion[] {
  const { root, sides } = tree;
  return tree.versions.map((rules) => ({
    rules,
    root: `${root}/${rules.dialect.version}`,
    modules: modulesOf({ services, rules, sides, versionsPath: versionsPath(tree), readBody }),
  }));
}
