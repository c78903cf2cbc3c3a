/**
 * What a check is: the rows it proves, what it needs of the platform under examination, and a function that runs
 * over HTTP only and throws when the platform does otherwise. A need that a platform cannot meet, or a module
 * that it does not offer, ends in NotCovered with the reason: never in a pass.
 */
import type { RecordingPartner } from '../support/recording-partner.ts';
import { OCPI_VERSIONS, type OcpiVersion } from './rows/row.ts';
import { rowOf } from './rows.ts';
import type { Speaker } from './speaker.ts';

/** A row could not be examined here. Not a failure, and not a success. */
export class NotCovered extends Error {
  override readonly name = 'NotCovered';
}

/** A registration token, or a token with settings, that a check wants. */
export interface ConnectionWish {
  readonly role?: string;
  /** E.g. `DE-ABC`; one of its own unless told. */
  readonly party?: string;
  readonly parties?: readonly string[];
  readonly strictness?: 'report' | 'reject';
  readonly clock?: 'registry' | 'object';
  readonly pushOnly?: boolean;
  /** Of a pull: the connection whose voice it has; one of its own unless told. */
  readonly speaker?: Speaker;
}

/** An invitation to register. */
export interface Invitation {
  readonly versionsUrl: string;
  readonly token: string;
  /** Whom the token is for. */
  readonly party: string;
}

/** How a handshake that the platform began came out, and what its operator may do afterwards. */
export interface Approach {
  readonly agreed: boolean;
  /** Renews the tokens of both sides. */
  rotate(): Promise<void>;
  /** Ends the connection. */
  remove(): Promise<void>;
}

/** How a pull ended. */
export interface PullResult {
  readonly state: string;
  readonly received: number;
  readonly [field: string]: unknown;
}

/** Something that the platform pulls from a partner. */
export interface Pull {
  run(options?: { readonly full?: boolean }): Promise<PullResult>;
}

/** Everything that a check may ask for. What each costs the platform's operator stands in `NEEDS`. */
export interface Given {
  /** Somebody with a valid token. */
  readonly caller: Speaker;
  /** A platform that pushes for its party. */
  readonly cpo: Speaker;
  /** Another one, for another party. */
  readonly otherCpo: Speaker;
  /** A platform that reads. */
  readonly provider: Speaker;
  /** A platform that reads, in any version: NotCovered where that is not offered. */
  readonly reader: (version: OcpiVersion) => Promise<Speaker>;
  /** Makes a connection with settings of its own. */
  readonly connect: (wish: ConnectionWish) => Promise<Speaker>;
  /** Makes the platform refuse a token from now on. */
  readonly withdraw: (speaker: Speaker) => Promise<void>;
  /** Issues a registration token. */
  readonly invite: (wish?: ConnectionWish) => Promise<Invitation>;
  /** The same at a platform that calls no private address. */
  readonly inviteGuarded: (wish?: ConnectionWish) => Promise<Invitation>;
  /** Makes the platform start a handshake with a partner. */
  readonly approach: (partner: RecordingPartner, wish?: ConnectionWish) => Promise<Approach>;
  /** Makes the platform pull from a partner. */
  readonly pull: (partner: RecordingPartner, wish?: ConnectionWish) => Promise<Pull>;
  /** Makes the platform ask its hubs which parties are behind them. */
  readonly askHubs: () => Promise<void>;
  /** Makes the platform push what changes to those who have registered for it. */
  readonly startPushes: () => Promise<void>;
  /** Brings the public files up to date and reads one. */
  readonly download: (name: string) => Promise<{ readonly text: string; readonly headers: Headers }>;
}

export type Need = keyof Given;

/** Why a platform that we cannot operate does not meet a need. */
export const NEEDS: Readonly<Record<Need, string>> = {
  caller: 'needs a token of this platform',
  cpo: 'needs a token that may push, and its party (--party)',
  otherCpo: 'needs tokens of two CPOs',
  provider: 'needs a token of this platform',
  reader: 'needs a token of this platform',
  connect: 'needs the operator of the platform to make a connection with settings of its own',
  withdraw: 'needs the operator of the platform to withdraw a token',
  invite: 'needs registration tokens',
  inviteGuarded: 'needs registration tokens',
  approach: 'needs the platform to start a handshake with us',
  pull: 'needs the platform to pull from us',
  askHubs: 'needs the platform to pull from us',
  startPushes: 'needs the platform to push to us',
  download: 'needs open data that this suite knows the addresses of',
};

/** What a check is run with. */
export type Granted<N extends Need> = Pick<Given, N> & { readonly version: OcpiVersion };

export interface Check {
  readonly rows: readonly string[];
  readonly needs: readonly Need[];
  readonly versions: readonly OcpiVersion[];
  run(given: Granted<Need>): Promise<void>;
}

/**
 * Makes a check.
 *
 * @param ids row or rows, as in `LR-03` or `LR-03 LR-04`; it runs in each version that one of them applies to
 */
export function check<const N extends Need>(
  ids: string,
  needs: readonly N[],
  run: (given: Granted<N>) => Promise<void>,
): Check {
  const rows = ids.split(' ');
  const versions = OCPI_VERSIONS.filter((version) => rows.some((id) => rowOf(id).versions.includes(version)));
  return { rows, needs, versions, run };
}
