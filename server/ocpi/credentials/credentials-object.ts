/**
 * The credentials object of each version: one model, and what the versions say differently in one table.
 *
 * Reading is exact where trust hangs on it (CRED-13): every problem is told at once, no message quotes a token.
 * Fields that we do not know are passed over. Fails with CredentialsError.
 */
import type { BusinessDetails, Owner, Role } from '../../../db/model.ts';
import type { PeerRole } from '../../../db/partner-model.ts';

/** What a platform says of itself in the credentials module. */
export interface PeerCredentials {
  readonly token: string;
  /** Its versions endpoint. */
  readonly url: string;
  readonly roles: readonly PeerRole[];
  /** Upper case; null where it is none or the version does not know it. */
  readonly hubPartyId: string | null;
}

/** What we say of ourselves. */
export interface OwnCredentials {
  readonly token: string;
  readonly url: string;
  readonly party: Owner;
  readonly businessDetails: BusinessDetails;
}

/** What a version says differently. */
interface Dialect {
  /** 2.1.1: one party at the top level, and its role goes without saying (2.1.1, credentials 3.1). */
  readonly isFlat: boolean;
  /** CRED-26; CRED-16: 2.3.0 has no HUB. */
  readonly roles: readonly Role[];
  /** CRED-16. */
  readonly hasHubPartyId: boolean;
  /** AUTH-03, AUTH-04: how its tokens go over the wire. */
  readonly tokenForm: 'base64' | 'raw';
}

const ROLES: readonly Role[] = ['CPO', 'EMSP', 'HUB', 'NAP', 'NSP', 'OTHER', 'SCSP'];

const DIALECTS: Readonly<Record<string, Dialect>> = {
  '2.1.1': { isFlat: true, roles: [], hasHubPartyId: false, tokenForm: 'raw' },
  '2.2.1': { isFlat: false, roles: ROLES, hasHubPartyId: false, tokenForm: 'base64' },
  '2.3.0': {
    isFlat: false,
    roles: ROLES.filter((role) => role !== 'HUB'),
    hasHubPartyId: true,
    tokenForm: 'base64',
  },
};

/** AUTH-11. */
const TOKEN = /^[\x21-\x7e]{1,64}$/;
const COUNTRY_CODE = /^[A-Za-z]{2}$/;
const PARTY_ID = /^[A-Za-z0-9]{3}$/;
const HUB_PARTY_ID = /^[A-Za-z]{2}[A-Za-z0-9]{3}$/;
/** Characters (OCPI, URL type). */
const URL_LIMIT = 255;
/** Characters (OCPI, BusinessDetails). */
const NAME_LIMIT = 100;
/** Roles of one platform: the largest roaming hub reaches some thousand parties. */
const ROLES_LIMIT = 5_000;
/** Problems that are listed. */
const PROBLEM_LIMIT = 20;

/** A credentials object that cannot be used; `problems` says why, a sentence each. */
export class CredentialsError extends Error {
  override readonly name = 'CredentialsError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.slice(0, PROBLEM_LIMIT).join('; '));
    this.problems = problems;
  }
}

/** How tokens of a version go over the wire unless a person says otherwise (AUTH-15). */
export function usualTokenForm(version: string): 'base64' | 'raw' {
  return dialectOf(version).tokenForm;
}

/** Our own, as the version has it: role NAP (CRED-02). */
export function writeCredentials(version: string, own: OwnCredentials): Record<string, unknown> {
  const { token, url, party, businessDetails } = own;
  const who = {
    party_id: party.partyId,
    country_code: party.countryCode,
    business_details: businessDetails,
  };
  return dialectOf(version).isFlat
    ? { token, url, ...who }
    : { token, url, roles: [{ role: 'NAP', ...who }] };
}

/**
 * Reads a partner's.
 *
 * @param impliedRole the role of a partner whose version does not state one
 * @throws CredentialsError
 */
export function readCredentials(version: string, body: unknown, impliedRole: Role): PeerCredentials {
  const dialect = dialectOf(version);
  if (!isRecord(body)) throw new CredentialsError(['the credentials must be a JSON object']);
  const problems: string[] = [];
  const { token, url, hub_party_id: hub } = body;
  if (typeof token !== 'string' || !TOKEN.test(token)) {
    problems.push('token: must be 1 to 64 printable ASCII characters without blanks');
  }
  if (!isWebUrl(url)) {
    problems.push(`url: must be the http or https URL of a versions endpoint, at most ${URL_LIMIT} long`);
  }
  const roles = dialect.isFlat
    ? [readRole({ ...body, role: impliedRole }, '', [impliedRole], problems)]
    : readRoles(body.roles, dialect.roles, problems);
  const hasHub = dialect.hasHubPartyId && hub !== undefined && hub !== null;
  if (hasHub && !(typeof hub === 'string' && HUB_PARTY_ID.test(hub))) {
    problems.push('hub_party_id: must be a country code and a party id in one, such as "DEHUB"');
  }
  if (problems.length > 0) throw new CredentialsError(problems);
  return {
    token: token as string,
    url: url as string,
    roles: roles.filter((role) => role !== undefined),
    hubPartyId: hasHub ? (hub as string).toUpperCase() : null,
  };
}

function readRoles(value: unknown, known: readonly Role[], problems: string[]): (PeerRole | undefined)[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > ROLES_LIMIT) {
    problems.push(`roles: must be a list of 1 to ${ROLES_LIMIT} roles`);
    return [];
  }
  const seen = new Set<string>();
  return value.map((entry, index) => {
    const role = readRole(entry, `roles[${index}].`, known, problems);
    const triple = role && `${role.role} ${role.owner.countryCode}-${role.owner.partyId}`;
    // CRED-14.
    if (triple !== undefined && seen.has(triple)) problems.push(`roles[${index}]: ${triple} is there twice`);
    if (triple !== undefined) seen.add(triple);
    return role;
  });
}

function readRole(
  value: unknown,
  path: string,
  known: readonly Role[],
  problems: string[],
): PeerRole | undefined {
  const entry = isRecord(value) ? value : {};
  const { country_code: countryCode, party_id: partyId } = entry;
  const before = problems.length;
  const role = known.find((one) => one === entry.role);
  if (role === undefined) problems.push(`${path}role: must be one of ${known.join(', ')}`);
  if (typeof countryCode !== 'string' || !COUNTRY_CODE.test(countryCode)) {
    problems.push(`${path}country_code: must be two letters, such as "NL"`);
  }
  if (typeof partyId !== 'string' || !PARTY_ID.test(partyId)) {
    problems.push(`${path}party_id: must be three letters or digits`);
  }
  const details = readDetails(entry.business_details, `${path}business_details`, problems);
  if (problems.length > before || role === undefined) return undefined;
  const owner = {
    countryCode: (countryCode as string).toUpperCase(),
    partyId: (partyId as string).toUpperCase(),
  };
  return { role, owner, business_details: details };
}

function readDetails(value: unknown, path: string, problems: string[]): BusinessDetails {
  const { name, website } = isRecord(value) ? value : {};
  const isName = typeof name === 'string' && name.trim() !== '' && name.length <= NAME_LIMIT;
  if (!isName) problems.push(`${path}.name: must be a text of 1 to ${NAME_LIMIT} characters`);
  // A website that is none is of no use to anybody, and no reason to refuse a registration.
  return { name: isName ? name : '', ...(isWebUrl(website) ? { website } : {}) };
}

function isWebUrl(value: unknown): value is string {
  return (
    typeof value === 'string' &&
    value.length <= URL_LIMIT &&
    URL.canParse(value) &&
    /^https?:$/.test(new URL(value).protocol)
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function dialectOf(version: string): Dialect {
  const dialect = DIALECTS[version];
  if (!dialect) throw new Error(`There is no credentials dialect of OCPI ${version}`);
  return dialect;
}
