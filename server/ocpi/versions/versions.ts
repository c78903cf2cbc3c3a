/**
 * Versions and version details (VER-01 to VER-07), computed from what is mounted. Open to every known token,
 * without side effects (VER-02).
 */
import { success } from '../protocol/envelope.ts';
import { publicAddress } from '../protocol/public-address.ts';
import type { Handler } from '../resource.ts';
import type { MountedVersion } from './trees.ts';

/** A list of versions, newest last. */
export function listVersions(versions: readonly MountedVersion[], publicUrl: string | undefined): Handler {
  return async (ctx) => {
    const address = publicAddress(ctx, publicUrl);
    const data = versions.map(({ rules, root }) => ({
      version: rules.dialect.version,
      url: `${address}${root}`,
    }));
    return success({ data });
  };
}

/** The endpoints of one version. */
export function describeVersion(version: MountedVersion, publicUrl: string | undefined): Handler {
  const { rules, root, modules } = version;
  return async (ctx) => {
    const address = `${publicAddress(ctx, publicUrl)}${root}`;
    const endpoints = modules.map(({ identifier, role, path }) => ({
      identifier,
      ...(rules.endpointRoles ? { role } : {}),
      url: `${address}${path}`,
    }));
    return success({ data: { version: rules.dialect.version, endpoints } });
  };
}
