/**
 * Asks the rules across objects (`ingest/rules`, `on: 'registry'`), behind the journal: of what changed and of whatever
 * else each rule names, a stretch of the journal at a time; of everything in a full round.
 *
 * Guarantees: position, findings and twins of a stretch are committed together, so nothing is missed or asked of half,
 * whenever a process ends; processes at once take turns. Transactions are short, and on the embedded engine others get
 * the connection between two of them. What is withheld, or no longer, goes through the writer, so that the journal
 * hears of it. A rule whose SQL fails is our fault: it is logged once, and the others are asked all the same. Fails as
 * the database fails; the next call goes on where this one ended.
 */
import { createHash } from 'node:crypto';
import type { Knex } from 'knex';
import type { Logger } from 'pino';
import { readJournalObjects } from '../db/reads/journal-objects.ts';
import { readObjectIds } from '../db/reads/object-ids.ts';
import { readHead } from '../db/reads/public-objects.ts';
import { readWithholdings, type Withholding } from '../db/reads/withholdings.ts';
import type { PolicyStore } from '../db/registry/policy-store.ts';
import {
  closeFindingsOfOthers,
  closeRegistryFindings,
  writeRegistryFindings,
} from '../db/registry/registry-finding-table.ts';
import { readRuleRound, saveRuleRound, takeTurn } from '../db/registry/rule-round-store.ts';
import { resolveTwins } from '../db/registry/twin-table.ts';
import type { RegistryWriter } from '../db/registry/writer.ts';
import { recheckOf } from './recheck-walk.ts';
import type { Changed, RegistryRule, Rule } from './rule.ts';

/** Entries of the journal in one transaction: some tenths of a second on the embedded engine. */
const STRETCH_ENTRIES = 300;
/** Objects in one transaction of a full round, and in one question. */
const CHUNK = 500;
/** Objects handed to the writer at once. */
const WITHHOLDINGS_AT_ONCE = 300;
/** Milliseconds. Rules about time are asked of everything once a day; statuses move by weeks. */
const FULL_ROUND_AGE_MS = 24 * 60 * 60_000;

/** What a call did. */
export interface RoundReport {
  /** Entries of the journal that were followed. */
  readonly followed: number;
  /** Objects of which everything was asked, in a full round. */
  readonly asked: number;
  /** Objects that a policy withholds from now on, or no longer. */
  readonly withheld: number;
}

export interface RegistryRules {
  /** What is due: a full round when one is, then the journal to its end, then what policies withhold. */
  run(): Promise<RoundReport>;
  /** The same with a full round of all rules, due or not. */
  runInFull(): Promise<RoundReport>;
}

export interface RegistryRulesParts {
  readonly knex: Knex;
  readonly writer: Pick<RegistryWriter, 'submitAll'>;
  readonly rules: readonly Rule[];
  readonly policyStore: Pick<PolicyStore, 'list'>;
  readonly clock: () => Date;
  readonly logger: Logger;
  /** Ends the work between two transactions. */
  readonly signal?: AbortSignal;
}

/** Makes the runner of this process; it does nothing until it is called. */
export function createRegistryRules(parts: RegistryRulesParts): RegistryRules {
  const runner = new Runner(parts);
  return { run: () => runner.run(false), runInFull: () => runner.run(true) };
}

class Runner {
  readonly #parts: RegistryRulesParts;
  readonly #rules: readonly RegistryRule[];
  readonly #failed = new Set<string>();

  constructor(parts: RegistryRulesParts) {
    this.#parts = parts;
    this.#rules = parts.rules.filter((rule) => rule.on === 'registry');
  }

  async run(isForced: boolean): Promise<RoundReport> {
    const asked = await this.#fullRound(isForced);
    let followed = 0;
    while (!this.#isStopping) {
      const entries = await this.#followStretch();
      if (entries === 0) break;
      followed += entries;
    }
    return { asked, followed, withheld: await this.#applyWithholdings() };
  }

  get #isStopping(): boolean {
    return this.#parts.signal?.aborted ?? false;
  }

  /** One stretch of the journal; answers how many entries it had. */
  #followStretch(): Promise<number> {
    const { knex, clock } = this.#parts;
    return knex.transaction(async (transaction) => {
      const round = await takeTurn(transaction);
      const stretch = await readJournalObjects(transaction, round.sequence, STRETCH_ENTRIES);
      if (!stretch.end) return 0;
      const now = clock();
      // Whom a rule concerns is asked before twins are decided anew: former ones are known by their old state.
      const concerned = await this.#concerned(transaction, { ...stretch, since: round.changedAt });
      await resolveTwins(transaction, stretch.locations);
      await closeRegistryFindings(transaction, goneTariffs(stretch), now);
      for (const [rule, ids] of concerned) await this.#ask(transaction, rule, ids, now);
      await saveRuleRound(transaction, stretch.end);
      return stretch.end.sequence - round.sequence;
    });
  }

  async #concerned(transaction: Knex, changed: Changed): Promise<Map<RegistryRule, number[]>> {
    const own = { location: changed.locations, tariff: changed.tariffs.flatMap(({ id }) => id ?? []) };
    const concerned = new Map<RegistryRule, number[]>();
    for (const rule of this.#rules) {
      const others = await this.#guarded(transaction, rule, (guarded) => rule.affected?.(guarded, changed));
      concerned.set(rule, [...new Set([...own[rule.scope], ...(others ?? [])])]);
    }
    return concerned;
  }

  async #ask(transaction: Knex, rule: RegistryRule, ids: readonly number[], now: Date): Promise<void> {
    for (let start = 0; start < ids.length; start += CHUNK) {
      const chunk = ids.slice(start, start + CHUNK);
      await this.#guarded(transaction, rule, (guarded) => writeRegistryFindings(guarded, rule, chunk, now));
    }
  }

  /** A failure of the rule's own SQL must not cost the others their turn. */
  async #guarded<T>(
    transaction: Knex,
    rule: RegistryRule,
    work: (guarded: Knex) => Promise<T> | undefined,
  ): Promise<T | undefined> {
    try {
      return await transaction.transaction(async (savepoint) => work(savepoint));
    } catch (error) {
      if (!isFaultOfQuery(error)) throw error;
      if (!this.#failed.has(rule.id)) {
        this.#failed.add(rule.id);
        this.#parts.logger.error({ err: error, rule: rule.id }, 'a rule failed; the others are asked');
      }
      return undefined;
    }
  }

  /** All rules where what they go by has changed, those about time once a day; answers how many objects. */
  async #fullRound(isForced: boolean): Promise<number> {
    const { knex, clock } = this.#parts;
    const round = await readRuleRound(knex);
    const basis = await this.#basis();
    const isNew = isForced || round.basis !== basis;
    const isDue = clock().getTime() - (round.fullRoundAt?.getTime() ?? 0) >= FULL_ROUND_AGE_MS;
    if (!isNew && !isDue) return 0;
    // What changes meanwhile lies behind this position, and is followed afterwards.
    const { sequence, changedAt } = await readHead(knex);
    const rules = this.#rules.filter((rule) => isNew || rule.isAboutTime === true);
    const asked = (await this.#askAll('location', rules)) + (await this.#askAll('tariff', rules));
    if (this.#isStopping) return asked;
    await knex.transaction(async (transaction) => {
      const { sequence: reached } = await takeTurn(transaction);
      const fullRoundAt = clock();
      if (isNew) {
        const ids = this.#rules.map(({ id }) => id);
        await closeFindingsOfOthers(transaction, ids, fullRoundAt);
        await saveRuleRound(transaction, { basis });
        if (reached < sequence) await saveRuleRound(transaction, { sequence, changedAt });
      }
      await saveRuleRound(transaction, { fullRoundAt });
    });
    return asked;
  }

  async #askAll(scope: RegistryRule['scope'], rules: readonly RegistryRule[]): Promise<number> {
    const { knex, clock } = this.#parts;
    const wanted = rules.filter((rule) => rule.scope === scope);
    let asked = 0;
    for (let after = 0; !this.#isStopping; ) {
      const ids = await readObjectIds(knex, scope, after, CHUNK);
      const last = ids.at(-1);
      if (last === undefined) break;
      await knex.transaction(async (transaction) => {
        await takeTurn(transaction);
        // Times of statuses move without an entry in the journal (heartbeats), and they decide between twins.
        if (scope === 'location') await resolveTwins(transaction, ids);
        for (const rule of wanted) await this.#ask(transaction, rule, ids, clock());
      });
      asked += ids.length;
      after = last;
    }
    return asked;
  }

  /** Rules and policies, as one text: another one means that everything has to be asked again. */
  async #basis(): Promise<string> {
    const policies = await this.#parts.policyStore.list();
    const facts = this.#rules.map(({ id, severity, scope, select }) => [id, severity, scope, select]);
    const decided = policies.map(({ rule, owner, action }) => [rule, owner, action]);
    return createHash('sha256')
      .update(JSON.stringify([facts, decided]))
      .digest('hex');
  }

  async #applyWithholdings(): Promise<number> {
    const { knex, writer } = this.#parts;
    let applied = 0;
    while (!this.#isStopping) {
      const rules = this.#rules.map(({ id }) => id);
      const withholdings = await readWithholdings(knex, rules, WITHHOLDINGS_AT_ONCE);
      if (withholdings.length === 0) break;
      const outcomes = await writer.submitAll(withholdings.map(mutationOf));
      const failed = outcomes.find((outcome) => outcome.kind === 'failed');
      if (failed?.kind === 'failed') throw failed.error;
      applied += outcomes.length;
    }
    return applied;
  }
}

function mutationOf({ module, owner, id, withheld }: Withholding) {
  return recheckOf(module, owner, id, { kind: 'recheck', withheldAcross: withheld });
}

function goneTariffs({ tariffs }: Pick<Changed, 'tariffs'>) {
  return tariffs
    .filter(({ id }) => id === null)
    .map(({ owner, tariffId }) => ({ module: 'tariffs' as const, owner, id: tariffId }));
}

/** SQLSTATE classes 21, 22 and 42: the query, or what it met in the data; never the connection or a lock. */
function isFaultOfQuery(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^(21|22|42)...$/.test(code);
}
