/**
 * Who we are in a handshake: role NAP, the party and the name of the settings. Without a country code of our own
 * no partner could tell us from another, so there is no handshake then, and the operator is told what to set.
 */
import { type Config, isOwnPartySet } from '../../config.ts';
import { writeCredentials } from './credentials-object.ts';

/** What is needed of the settings. */
export type OwnSettings = Pick<Config, 'party' | 'name' | 'publicUrl'>;

/** We cannot say who we are. For the operator to mend, not for the partner. */
export class OwnPartyUnsetError extends Error {
  override readonly name = 'OwnPartyUnsetError';

  constructor() {
    super(
      'This access point has no OCPI party of its own yet: set NAP_COUNTRY_CODE (e.g. NL) and, unless it is NAP, ' +
        'NAP_PARTY_ID, and start it again. Partners are told these and NAP_NAME in the handshake.',
    );
  }
}

/**
 * Our credentials object.
 *
 * @param url the versions endpoint that the partner shall use
 * @throws OwnPartyUnsetError
 */
export function ownCredentials(
  settings: OwnSettings,
  version: string,
  access: { token: string; url: string },
): Record<string, unknown> {
  checkOwnParty(settings);
  const { party, name, publicUrl } = settings;
  const businessDetails = { name, ...(publicUrl === undefined ? {} : { website: publicUrl }) };
  return writeCredentials(version, { ...access, party, businessDetails });
}

/** @throws OwnPartyUnsetError */
export function checkOwnParty(settings: OwnSettings): void {
  if (!isOwnPartySet(settings)) throw new OwnPartyUnsetError();
}
