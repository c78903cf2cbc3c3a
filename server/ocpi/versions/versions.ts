/**
 * Versions and version details (VER-01 to VER-07), computed from what is mounted. Open to every known token,
 * without side effects (VER-02).
 */
import { success } from '../protocol/envelope.ts';
import { publicAddress } from '../protocol/public-address.ts';
import type { Handler, OcpiVersion } from '../resource.ts';

/** Where OCPI lives below the public address. */
export const OCPI_ROOT = '/ocpi';

/** The list of versions, newest last. */
export function listVersions(versions: readonly OcpiVersion[], publicUrl: string | undefined): Handler {
  return async (ctx) => {
    const root = `${publicAddress(ctx, publicUrl)}${OCPI_ROOT}`;
    return success({ data: versions.map(({ version }) => ({ version, url: `${root}/${version}` })) });
  };
}

/** The endpoints of one version. */
export function describeVersion({ version, modules }: OcpiVersion, publicUrl: string | undefined): Handler {
  return async (ctx) => {
    const root = `${publicAddress(ctx, publicUrl)}${OCPI_ROOT}/${version}`;
    const endpoints = modules.map(({ identifier, role, path }) => ({
      identifier,
      role,
      url: `${root}${path}`,
    }));
    return success({ data: { version, endpoints } });
  };
}
