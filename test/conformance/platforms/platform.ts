/** A platform under examination: what it can be asked to meet. */
import type { Given, Need } from '../check.ts';
import type { OcpiVersion } from '../rows/row.ts';

export interface Platform {
  /** Where it is, for people. */
  readonly name: string;
  /** Whether the decisions of this project bind it too; of others, a difference is no failure. */
  readonly followsDecisions: boolean;
  /** Whether it lists a version. */
  offers(version: OcpiVersion): Promise<boolean>;
  /** Meets a need. Fails with NotCovered and the reason where it cannot be met. */
  give<N extends Need>(need: N, version: OcpiVersion): Promise<Given[N]>;
  stop(): Promise<void>;
}
