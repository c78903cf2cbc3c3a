/**
 * Walks a Sender's list from its first page to its last (OCPI 2.2.1, 4.1.4; PC-02 to PC-05).
 *
 * A `Link` to the next page is followed as it is written. Where there is none, where it leads to another origin,
 * or where it does not advance, the walk goes on by `offset`:
 *
 * - X-Total-Count says more than has come: on, until it has come or a page is empty;
 * - no total: on, until a page is empty, shorter than the first, or the same as the one before. A page of more
 *   objects than were asked for is the whole list. So a Sender without any header costs one request more at most.
 *
 * When the total falls during the walk, objects have moved up and one may have slipped past: the walk goes back
 * by as many and reads on from there. A total that is less than what has come already is no total (some send the
 * length of the page) and is not looked at again. Pages, steps back and equal pages in a row are bounded.
 *
 * Guarantees: a page that cannot be read ends the walk with the pages before it given out; it never says
 * `complete` when the partner's own numbers say that something is missing.
 */
import { isPartnerError, isTokenRefused, partnerProblem } from '../adapter.ts';
import { describeUrl } from '../http/describe-url.ts';
import { isHttpError } from '../http/http-error.ts';
import { isJsonElement } from '../json-element.ts';
import type { ListElement } from '../json-list.ts';
import type { Page } from './page.ts';
import { type Position, withQuery } from './position.ts';

export interface CrawlOptions {
  /** The list's URL; its own query stays as it is. */
  readonly url: string;
  readonly dateFrom: Date | null;
  /** Objects asked for on the first page. */
  readonly limit: number;
  readonly getPage: (url: string) => Promise<Page>;
  readonly signal: AbortSignal;
}

/** How a walk ended. */
export interface CrawlEnd {
  readonly isComplete: boolean;
  /** Why something is missing. */
  readonly problems: readonly string[];
  /** What was odd. */
  readonly notes: readonly string[];
  /** The partner refused our token. */
  readonly isBroken: boolean;
}

/** Pages of one list: a national feed at one object a page. Beyond, a Sender makes them up. */
const PAGE_LIMIT = 200_000;
/** Steps back after a falling total: replicas that disagree would make it go on for ever. */
const STEP_BACK_LIMIT = 50;
/** Equal pages in a row behind different links: some Senders repeat one, none needs more. */
const EQUAL_PAGES_LIMIT = 3;

/** Walks the list and gives out the objects of each page. */
export async function* crawl(options: CrawlOptions): AsyncGenerator<ListElement[], CrawlEnd> {
  const walk = new Walk(options);
  let url: string | null = walk.firstUrl();
  let isBroken = false;
  try {
    while (url !== null) {
      options.signal.throwIfAborted();
      const page: Page = await options.getPage(url);
      const step = walk.take(url, page);
      if (step.isTaken && page.objects.length > 0) yield page.objects;
      url = step.next;
    }
  } catch (error) {
    options.signal.throwIfAborted();
    const problem = partnerProblem(error);
    if (problem === undefined) throw error;
    if (!walk.isEndedBy(error)) walk.addProblem(problem);
    isBroken = isTokenRefused(error);
  }
  return { ...walk.end(), isBroken };
}

/** What to do after a page: whether its objects count, and where to go on. */
interface Step {
  readonly isTaken: boolean;
  readonly next: string | null;
}

const STOP: Step = { isTaken: false, next: null };

class Walk {
  readonly #options: CrawlOptions;
  readonly #problems = new Set<string>();
  readonly #notes = new Set<string>();
  /** Where in the list the page begins that was asked for. */
  #offset = 0;
  #pages = 0;
  #firstPageLength = 0;
  #limit: number;
  #total: number | null = null;
  #trustsTotal = true;
  #hasLinks = false;
  #followsLinks = true;
  /** The page was asked for by offset, not by a link. */
  #isByOffset = false;
  #visited = new Set<string>();
  #lastContent = '';
  #equalPages = 0;
  #stepsBack = 0;
  /** The element that must turn up at its place after a step back: otherwise more has moved than the total says. */
  #anchor: { readonly element: string; readonly offset: number } | null = null;

  constructor(options: CrawlOptions) {
    this.#options = options;
    this.#limit = options.limit;
  }

  /** The limit goes with the first page only: links carry their own. */
  firstUrl(): string {
    return this.#remember(this.#urlAt({ limit: this.#options.limit }));
  }

  addProblem(problem: string): void {
    this.#problems.add(problem);
  }

  /** Takes note of a page and decides. */
  take(url: string, page: Page): Step {
    this.#pages++;
    const count = page.objects.length;
    const isFirst = this.#pages === 1;
    if (isFirst) this.#firstPageLength = count;
    if (page.limit !== null && page.limit > 0) this.#limit = Math.min(page.limit, this.#options.limit);
    const content = fingerprint(page.objects);
    const isEqual = !isFirst && content === this.#lastContent;
    this.#lastContent = content;

    const fallen = this.#fallOfTotal(page);
    if (fallen > 0) {
      const back = this.#stepBack(fallen, page);
      if (back !== null) return { isTaken: false, next: back };
    }
    this.#checkAnchor(page);
    if (isEqual && this.#isByOffset && count > 0) {
      // One object twice in a row may be two rows of the list; a page of several is the same page.
      if (count > 1 || this.#total === null) return this.#stopAtEqualPage(page);
    }
    this.#equalPages = isEqual ? this.#equalPages + 1 : 0;
    if (!isEqual || this.#isByOffset) this.#offset += count;
    if (this.#pages >= PAGE_LIMIT) {
      this.addProblem(`${this.#where()}: stopped after ${PAGE_LIMIT} pages`);
      return { isTaken: true, next: null };
    }
    return { isTaken: true, next: this.#next(url, page) };
  }

  /** Whether an error only means that a list without headers has no further page. */
  isEndedBy(error: unknown): boolean {
    if (!this.#isByOffset || this.#total !== null || this.#hasLinks) return false;
    if (isHttpError(error)) return [400, 404, 416, 422].includes(error.status ?? 0);
    return isPartnerError(error) && Math.floor((error.ocpiStatus ?? 0) / 1000) === 2;
  }

  end(): Omit<CrawlEnd, 'isBroken'> {
    const missing = this.#total === null ? 0 : this.#total - this.#offset;
    if (this.#problems.size === 0 && missing > 0) {
      const text = `${this.#where()}: X-Total-Count says ${this.#total}, but only ${this.#offset} came`;
      // Many count what a date filter leaves out; only where everything was asked for is something missing.
      if (this.#options.dateFrom === null) this.addProblem(text);
      else this.#notes.add(text);
    }
    if (this.#anchor !== null) this.#noteMoved();
    const problems = [...this.#problems];
    return { isComplete: problems.length === 0, problems, notes: [...this.#notes] };
  }

  #next(url: string, page: Page): string | null {
    if (page.nextLink !== null) this.#hasLinks = true;
    if (page.nextLink !== null && this.#followsLinks) {
      const target = this.#acceptable(page.nextLink, url);
      this.#isByOffset = target === null;
      if (target !== null) return this.#remember(target);
      this.#followsLinks = false;
    }
    const offset = this.#nextByOffset(page);
    this.#isByOffset = true;
    return offset;
  }

  /** The link as written, made absolute; null, with a note, when it may not be followed. */
  #acceptable(link: string, url: string): string | null {
    if (!URL.canParse(link, url)) return this.#refuse(`the Link "${describeUrl(link)}" is no URL`);
    const target = new URL(link, url);
    if (target.origin !== new URL(this.#options.url).origin) {
      return this.#refuse(`the Link leads to another origin, ${describeUrl(target)}`);
    }
    if (this.#visited.has(target.href)) {
      return this.#refuse('the Link leads back to a page that was read already');
    }
    if (this.#equalPages >= EQUAL_PAGES_LIMIT) {
      return this.#refuse(`the Link gave the same page ${EQUAL_PAGES_LIMIT + 1} times`);
    }
    return URL.canParse(link) ? link : target.href;
  }

  #refuse(reason: string): null {
    this.#notes.add(`${this.#where()}: ${reason}; went on by offset`);
    return null;
  }

  #nextByOffset(page: Page): string | null {
    const count = page.objects.length;
    const next = this.#urlAt({ offset: this.#offset, limit: this.#limit });
    if (count === 0) return null;
    if (this.#total !== null) return this.#offset < this.#total ? next : null;
    // Nobody says how many there are. Who has given links gives one as long as there is more.
    if (this.#hasLinks) return page.nextLink === null ? null : next;
    const isWholeList = count > this.#options.limit;
    const isShort = count < this.#firstPageLength || (page.limit !== null && count < page.limit);
    return isWholeList || isShort ? null : next;
  }

  /** By how many objects the list has become shorter since the last page. */
  #fallOfTotal(page: Page): number {
    if (!this.#trustsTotal || page.total === null) return 0;
    const count = page.objects.length;
    if (count > 0 && page.total < this.#offset + count) {
      this.#trustsTotal = false;
      this.#total = null;
      this.#notes.add(`${this.#where()}: X-Total-Count is not the number of all objects`);
      return 0;
    }
    const fallen = this.#offset > 0 && this.#total !== null ? this.#total - page.total : 0;
    this.#total = page.total;
    return Math.max(0, fallen);
  }

  /** PC-04. Gives the URL of the page to read again, or null when there were too many steps back. */
  #stepBack(fallen: number, page: Page): string | null {
    if (this.#stepsBack >= STEP_BACK_LIMIT) {
      this.addProblem(`${this.#where()}: X-Total-Count fell more than ${STEP_BACK_LIMIT} times`);
      return null;
    }
    this.#stepsBack++;
    const element = page.objects.length > 0 ? fingerprint(page.objects.slice(0, 1)) : null;
    this.#anchor = element === null ? null : { element, offset: this.#offset };
    this.#offset = Math.max(0, this.#offset - fallen);
    this.#isByOffset = true;
    // The same pages may come again now, and their links.
    this.#visited = new Set();
    this.#lastContent = '';
    return this.#urlAt({ offset: this.#offset, limit: this.#limit });
  }

  #checkAnchor(page: Page): void {
    const anchor = this.#anchor;
    if (anchor === null) return;
    const isFound = page.objects.some((object) => fingerprint([object]) === anchor.element);
    const isPassed = this.#offset + page.objects.length > anchor.offset;
    if (isFound || isPassed) this.#anchor = null;
    if (isPassed && !isFound) this.#noteMoved();
  }

  #noteMoved(): void {
    this.addProblem(`${this.#where()}: the list moved while it was read, so objects may be missing`);
  }

  #stopAtEqualPage(page: Page): Step {
    // Without any header that is how a list ends whose Sender knows no offset.
    if (this.#total !== null || page.nextLink !== null) {
      this.addProblem(`${this.#where()}: the same page came again for another offset`);
    }
    return STOP;
  }

  #urlAt(position: Position): string {
    return withQuery(this.#options.url, { ...position, dateFrom: this.#options.dateFrom });
  }

  #remember(url: string): string {
    this.#visited.add(new URL(url).href);
    return url;
  }

  #where(): string {
    return describeUrl(this.#options.url);
  }
}

/** Tells the content of one page from another's, whatever its order; cheap beside what the page costs otherwise. */
function fingerprint(objects: readonly ListElement[]): string {
  return objects.map(identityOf).sort().join('\n');
}

function identityOf(element: ListElement): string {
  const object: unknown = isJsonElement(element) ? (element.head ?? element.value) : element;
  if (typeof object !== 'object' || object === null) return JSON.stringify(object) ?? '';
  const { country_code: countryCode, party_id: partyId, id, role } = object as Record<string, unknown>;
  // A ClientInfo has no id: a party has one in each of its roles.
  return JSON.stringify([countryCode, partyId, id ?? role]);
}
