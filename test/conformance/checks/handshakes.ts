/** A recording partner that holds an invitation, for the checks of registrations. */

import { callUrl, type Registration, registerAt } from '../../support/handshake.ts';
import type { Data, OcpiResponse } from '../../support/ocpi-client.ts';
import {
  type RecordingPartner,
  type RecordingPartnerOptions,
  startRecordingPartner,
} from '../../support/recording-partner.ts';
import { type ConnectionWish, type Given, type Invitation, NotCovered } from '../check.ts';
import type { OcpiVersion } from '../rows/row.ts';

/** A partner with an invitation, in one version. */
export interface Guest {
  readonly partner: RecordingPartner;
  readonly invitation: Invitation;
  readonly version: OcpiVersion;
  /** Registers; `changes` lie over the credentials that the partner sends. */
  register(changes?: Readonly<Record<string, unknown>>): Promise<Registration>;
  /** Calls a URL with a token. */
  call(method: string, url: string, token: string, body?: unknown): Promise<OcpiResponse>;
  /** GET versions with a token: the status. */
  knock(token: string): Promise<number>;
  /** The platform's credentials endpoint, as somebody with this token finds it. */
  credentialsUrl(token?: string): Promise<string>;
}

/** Runs something with a guest, whose partner ends with it. */
export async function withGuest(
  { invite, version }: { invite: Given['invite']; version: OcpiVersion },
  { wish = {}, partner: options = {} }: { wish?: ConnectionWish; partner?: RecordingPartnerOptions },
  run: (guest: Guest) => Promise<void>,
): Promise<void> {
  const invitation = await invite(wish);
  const partner = await startRecordingPartner({
    versions: [version],
    parties: [invitation.party],
    role: wish.role ?? 'CPO',
    ...options,
  });
  try {
    await run(await guestOf(partner, invitation, version));
  } finally {
    await partner.stop();
  }
}

async function guestOf(
  partner: RecordingPartner,
  invitation: Invitation,
  version: OcpiVersion,
): Promise<Guest> {
  const { versionsUrl, token: invited } = invitation;
  const call = (method: string, url: string, token: string, body?: unknown) =>
    callUrl(method, url, { token, version, body });
  const credentialsUrl = async (token = invited) => {
    const versions = await call('GET', versionsUrl, token);
    const listed = versions.body?.data?.find((one: Data) => one.version === version);
    const endpoints = listed && (await call('GET', listed.url, token)).body?.data?.endpoints;
    const found = endpoints?.find((one: Data) => one.identifier === 'credentials');
    if (!found) throw new NotCovered(`credentials are not offered in ${version}`);
    return found.url as string;
  };
  await credentialsUrl();
  return {
    partner,
    invitation,
    version,
    call,
    credentialsUrl,
    register: (changes) => registerAt(partner, { versionsUrl, token: invited, version }, changes),
    knock: async (token) => (await call('GET', versionsUrl, token)).status,
  };
}
