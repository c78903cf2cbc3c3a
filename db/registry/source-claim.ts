/**
 * Who is pulling a source at the moment, so that no two pulls of one overlap, in any process (PC-09); and, with
 * the same rules, which process pushes to a partner (`push-position-store.ts`).
 *
 * A claim stands in the row and is renewed while the work goes on. It falls to the next who asks when
 * its process is known to be dead, at once, or when it was not renewed for some time. Known to be dead: on the
 * embedded engine every process but this one, for its data directory admits one at a time; on a database server
 * a process of this host that no longer runs, or that had our own process id. So a source that a killed process
 * left `running` can be pulled at once after the restart.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

/** Milliseconds between two renewals of a claim. */
export const CLAIM_RENEWAL_MS = 10_000;
/** Milliseconds without renewal after which a claim is void: some renewals may be late behind a long batch. */
export const CLAIM_LIFETIME_MS = 60_000;

/** The process in whose name claims are made. */
export interface ClaimingProcess {
  readonly host: string;
  readonly pid: number;
  /** Tells one life of a process from the next. */
  readonly life: string;
}

/** A claim of a process, as it stands in a row. */
export interface ProcessClaim extends ClaimingProcess {
  /** When it was made or last renewed, ISO 8601. */
  readonly at: string;
}

/** A claim as it stands in the row of a source. */
export interface Claim extends ProcessClaim {
  /** Tells one pull from the next. */
  readonly pull: string;
}

/** This process. */
export const THIS_PROCESS: ClaimingProcess = { host: hostname(), pid: process.pid, life: randomUUID() };

/** A new claim in the name of a process. */
export function makeClaim(by: ClaimingProcess, at: Date): Claim {
  return { ...by, pull: randomUUID(), at: at.toISOString() };
}

/**
 * Whether the work that this claim was made for cannot be going on any more.
 *
 * @param isAlone no other process can have this database open
 */
export function isVoid(claim: ProcessClaim, us: ClaimingProcess, isAlone: boolean, now: Date): boolean {
  if (claim.life === us.life) return isStale(claim, now);
  if (isAlone || isStale(claim, now)) return true;
  return claim.host === us.host && (claim.pid === us.pid || !isRunning(claim.pid));
}

function isStale(claim: ProcessClaim, now: Date): boolean {
  return now.getTime() - Date.parse(claim.at) > CLAIM_LIFETIME_MS;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it runs, as another user.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
