// Ways in which a platform can misbehave, each a switch that is set for some requests
// (by path, method, chance, count) and can be changed while the platform runs. The
// table FAULTS says in a sentence what each does on the wire; the tests hold it to
// that. A fault acts in one of two places: on the page of a list before it becomes an
// answer, or on the answer before it is sent. Unknown names and parameters are refused.

import { ANSWER_FAULTS } from './faults-answer.ts';
import { PAGE_FAULTS } from './faults-page.ts';
import type { Answer, Fault, FaultAct, FaultParameters, FaultRequest, PageView } from './faults-types.ts';
import { randomStream } from './random.ts';

export type { Answer, FaultParameters, FaultRequest, PageView } from './faults-types.ts';

/** Every fault by name, with what it does. Printed by `npm run simulator -- --help`. */
export const FAULTS: Readonly<Record<FaultName, Fault>> = { ...ANSWER_FAULTS, ...PAGE_FAULTS };

export type FaultName = keyof typeof ANSWER_FAULTS | keyof typeof PAGE_FAULTS;

/** A fault and the requests that it hits. */
export interface FaultRule extends FaultParameters {
  fault: FaultName;
  /** Only requests whose URL contains this text, or matches this expression. */
  path?: string | RegExp;
  method?: string;
  /** Chance of each matching request to be hit, 0 to 1; always unless told. */
  probability?: number;
  /** How many matching requests pass unharmed first. */
  after?: number;
  /** How many requests are hit before the switch is off by itself. */
  times?: number;
}

/** A rule that is in force. */
export interface ActiveFault {
  readonly rule: FaultRule;
  /** How many requests it has hit. */
  readonly hits: number;
  remove(): void;
}

interface Switch {
  rule: FaultRule;
  seen: number;
  hits: number;
  /** What a fault remembers from one page to the next. */
  memory: Map<string, number>;
}

const RULE_KEYS = new Set(['fault', 'path', 'method', 'probability', 'after', 'times']);

/** Refuses what no fault understands, so that a typing error is not a passing test. */
function checkRule(rule: FaultRule): void {
  const fault = FAULTS[rule.fault];
  if (!Object.hasOwn(FAULTS, rule.fault) || !fault) {
    throw new Error(`unknown fault ${rule.fault}; known: ${Object.keys(FAULTS).join(', ')}`);
  }
  for (const key of Object.keys(rule)) {
    if (RULE_KEYS.has(key) || fault.parameters.some((parameter) => parameter === key)) continue;
    throw new Error(`${rule.fault} knows no ${key}; it takes ${fault.parameters.join(', ') || 'none'}`);
  }
}

/** The switches of one platform. */
export class FaultPlan {
  #switches: Switch[] = [];
  readonly #random;

  constructor(seed = 1) {
    this.#random = randomStream(seed, 'faults');
  }

  /** Switches a fault on, from the next request. */
  add(rule: FaultRule): ActiveFault {
    checkRule(rule);
    const added: Switch = { rule, seen: 0, hits: 0, memory: new Map() };
    this.#switches.push(added);
    return {
      rule,
      get hits() {
        return added.hits;
      },
      remove: () => {
        this.#switches = this.#switches.filter((other) => other !== added);
      },
    };
  }

  /** Switches all faults off. */
  clear(): void {
    this.#switches = [];
  }

  /** What is in force, with its count of hits. */
  list(): { rule: FaultRule; hits: number }[] {
    return this.#switches.map(({ rule, hits }) => ({ rule, hits }));
  }

  /** Decides once for each request which faults hit it. */
  select(request: FaultRequest): FaultAct[] {
    return this.#switches
      .filter((item) => this.#hits(item, request))
      .map((item) => {
        item.hits += 1;
        return { fault: FAULTS[item.rule.fault], parameters: item.rule, memory: item.memory };
      });
  }

  #hits(item: Switch, request: FaultRequest): boolean {
    const { path, method, probability, after = 0, times } = item.rule;
    if (method !== undefined && method.toUpperCase() !== request.method) return false;
    if (typeof path === 'string' && !request.url.includes(path)) return false;
    // A fresh expression: one with the flag `g` would remember where it stopped.
    if (
      path instanceof RegExp &&
      !new RegExp(path.source, path.flags.replace(/[gy]/g, '')).test(request.url)
    ) {
      return false;
    }
    if (times !== undefined && item.hits >= times) return false;
    item.seen += 1;
    if (item.seen <= after) return false;
    return probability === undefined || this.#random() < probability;
  }
}

/** Lets the faults of a request act on its page. */
export function actOnPage(acts: readonly FaultAct[], page: PageView, request: FaultRequest): void {
  for (const { fault, parameters, memory } of acts) fault.page?.(page, parameters, request, memory);
}

/** Lets the faults of a request act on its answer. */
export function actOnAnswer(acts: readonly FaultAct[], answer: Answer, request: FaultRequest): void {
  for (const { fault, parameters } of acts) fault.answer?.(answer, parameters, request);
}

/** The table as text, for --help. */
export function describeFaults(): string {
  return Object.entries(FAULTS)
    .map(([name, { sentence, parameters }]) => {
      const takes = parameters.length > 0 ? ` [${parameters.join(', ')}]` : '';
      return `  ${name}${takes}\n      ${sentence}`;
    })
    .join('\n');
}

/** Reads `name` or `name:key=value,key=value` of the command line. */
export function parseFault(text: string): FaultRule {
  const colon = text.indexOf(':');
  const rule: Record<string, unknown> = { fault: colon < 0 ? text : text.slice(0, colon) };
  const settings = colon < 0 ? [] : text.slice(colon + 1).split(',');
  for (const setting of settings) {
    const [, key, value] = /^([^=]+)=(.*)$/.exec(setting) ?? [];
    if (key === undefined || value === undefined) throw new Error(`${setting} is not key=value`);
    if (value === 'true' || value === 'false') rule[key] = value === 'true';
    else rule[key] = value !== '' && Number.isFinite(Number(value)) ? Number(value) : value;
  }
  checkRule(rule as unknown as FaultRule);
  return rule as unknown as FaultRule;
}
