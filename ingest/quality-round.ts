/**
 * What is done for data quality behind the writes, in its order: what the rules go by is taken note of, those about
 * single objects are asked again where that has changed, and those across objects follow the journal.
 *
 * Calls at once share a round. Fails as the database fails; the next round goes on where this one ended.
 */
import type { Logger } from 'pino';
import type { OperatorDirectory } from '../db/reads/operator-directory.ts';
import type { RefreshedPolicies } from './policies.ts';
import type { RecheckWalk } from './recheck-walk.ts';
import type { RegistryRules, RoundReport } from './registry-rules.ts';

export interface QualityReport extends RoundReport {
  /** Objects of which the rules about single objects were asked again. */
  readonly rechecked: number;
}

export interface QualityRound {
  /** All that is due. */
  run(): Promise<QualityReport>;
  /** The same, and the rules across objects of everything. */
  runInFull(): Promise<QualityReport>;
}

export interface QualityRoundParts {
  readonly policies: Pick<RefreshedPolicies, 'refresh'>;
  readonly operators: Pick<OperatorDirectory, 'refresh'>;
  readonly recheck: RecheckWalk;
  readonly registryRules: RegistryRules;
  readonly logger: Logger;
}

/** Makes the round of this process. */
export function createQualityRound(parts: QualityRoundParts): QualityRound {
  const { policies, operators, recheck, registryRules, logger } = parts;
  let underWay: Promise<QualityReport> | null = null;

  async function round(ask: () => Promise<RoundReport>): Promise<QualityReport> {
    await Promise.all([policies.refresh(), operators.refresh()]);
    const rechecked = await recheck();
    const report = { ...(await ask()), rechecked };
    if (Object.values(report).some((count) => count > 0))
      logger.info(report, 'rules of data quality were asked');
    return report;
  }

  function shared(ask: () => Promise<RoundReport>): Promise<QualityReport> {
    underWay ??= round(ask).finally(() => {
      underWay = null;
    });
    return underWay;
  }

  return {
    run: () => shared(() => registryRules.run()),
    async runInFull() {
      // One that is under way may not be a full one.
      await underWay?.catch(() => undefined);
      return shared(() => registryRules.runInFull());
    },
  };
}
