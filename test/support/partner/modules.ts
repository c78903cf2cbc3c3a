/**
 * What a recording partner serves: versions, details, Sender lists and objects, Receivers. One answer for each
 * request; what it does not know is a 404 with an envelope, another method a 405. Credentials stand in a file
 * of their own.
 */
import type { Answer } from '../../simulator/faults-types.ts';
import { joinTexts, ObjectStore } from '../../simulator/object-store.ts';
import { makePage, PagingError } from '../../simulator/paging.ts';
import { envelope, envelopeOfText, refusal } from './answer.ts';
import { type Kept, KeptObjects } from './kept-objects.ts';

/** A module as version details list it, e.g. `locations/SENDER`. */
export type Module = `${string}/${'SENDER' | 'RECEIVER'}`;

/** What a request to a module is about. */
export interface ModuleRequest {
  readonly method: string;
  /** Path with query, as received. */
  readonly target: string;
  readonly json: unknown;
  /** Where the partner listens. */
  readonly url: string;
}

/** The modules that a platform of a role offers, beside credentials. */
export function modulesOf(role: string): Module[] {
  const sender: Module[] = ['locations/SENDER', 'tariffs/SENDER'];
  const receiver: Module[] = ['locations/RECEIVER', 'tariffs/RECEIVER'];
  if (role === 'CPO') return [...sender, 'hubclientinfo/RECEIVER'];
  if (role === 'HUB') return [...sender, ...receiver, 'hubclientinfo/SENDER'];
  if (role === 'NAP') return [...sender, ...receiver, 'hubclientinfo/RECEIVER'];
  return [...receiver, 'hubclientinfo/RECEIVER'];
}

/** Version details: with roles, but in 2.1.1, which knows none. */
export function versionDetails(url: string, version: string, modules: readonly Module[]): Answer {
  const endpoints = modules.map((module) => {
    const [identifier, role] = module.split('/') as [string, string];
    const endpoint = { identifier, url: endpointUrl(url, version, identifier, role) };
    return version === '2.1.1' ? endpoint : { ...endpoint, role };
  });
  return envelope({ version, endpoints });
}

/** Where a module lives. Nobody may guess it: it comes from the details. */
export function endpointUrl(url: string, version: string, identifier: string, role: string): string {
  if (identifier === 'credentials') return `${url}/ocpi/${version}/credentials`;
  return `${url}/ocpi/${version}/${role.toLowerCase()}/${identifier}`;
}

/** Most objects in one page of a Sender list, unless the partner is told otherwise. */
const PAGE_SIZE = 100;

/** What the Senders give out and the Receivers have kept. */
export class PartnerModules {
  pageSize = PAGE_SIZE;
  readonly given: Readonly<Record<string, ObjectStore>> = {
    locations: new ObjectStore(),
    tariffs: new ObjectStore(),
    hubclientinfo: new ObjectStore(),
  };
  readonly kept: Readonly<Record<string, KeptObjects>> = {
    locations: new KeptObjects(),
    tariffs: new KeptObjects(),
    hubclientinfo: new KeptObjects(),
  };

  /** Answers a request to `/ocpi/{version}/{sender|receiver}/{identifier}/...`. */
  answer(role: string, identifier: string, path: readonly string[], request: ModuleRequest): Answer {
    if (role === 'sender') return this.#send(identifier, path, request);
    return this.#receive(identifier, path, request);
  }

  #send(identifier: string, path: readonly string[], request: ModuleRequest): Answer {
    const store = this.given[identifier];
    if (!store) return refusal(404, 2000, 'Not found');
    if (request.method !== 'GET') return refusal(405, 2000, `${request.method} is not offered here`);
    const [id, ...rest] = path;
    if (id === undefined) return this.#list(store, request);
    const object = new KeptObjects();
    const text = store.byId(id)?.text.toString();
    if (text !== undefined) object.put(['', '', id], JSON.parse(text));
    const found = object.get(['', '', id, ...rest]);
    return found ? envelope(found) : refusal(404, 2003, 'Unknown object');
  }

  #list(store: ObjectStore, { method, target, url }: ModuleRequest): Answer {
    const settings = { style: 'link', pageSize: this.pageSize, relativeLinks: false } as const;
    try {
      const request = { method, url: target, absoluteUrl: `${url}${target}` };
      const page = makePage(store, { ...settings, extraParameters: {} }, request, () => undefined);
      const answer = envelopeOfText(joinTexts(page.rows));
      Object.assign(answer.headers, page.headers);
      return answer;
    } catch (error) {
      if (error instanceof PagingError) return refusal(200, 2001, error.message);
      throw error;
    }
  }

  #receive(identifier: string, path: readonly string[], request: ModuleRequest): Answer {
    const kept = this.kept[identifier];
    // A party of a hub has no id of its own: its codes are all there is.
    const whole = identifier === 'hubclientinfo' ? [...path, ''] : path;
    if (!kept || whole.length < 3) return refusal(404, 2000, 'Not found');
    const unknown = refusal(404, identifier === 'locations' ? 2003 : 2000, 'Unknown object');
    const { method, json } = request;
    if (method === 'GET') {
      const object = kept.get(whole);
      return object ? envelope(object) : unknown;
    }
    if (method === 'DELETE' && identifier === 'tariffs') return kept.delete(whole) ? envelope() : unknown;
    if (method !== 'PUT' && method !== 'PATCH') return refusal(405, 2000, `${method} is not offered here`);
    if (typeof json !== 'object' || json === null) return refusal(400, 2001, 'The body is no JSON object');
    // A copy: what was recorded of the request stays as it came.
    const object = structuredClone(json) as Kept;
    if (method === 'PATCH') return kept.patch(whole, object) ? envelope() : unknown;
    const outcome = kept.put(whole, object);
    return outcome === 'unknown' ? unknown : envelope(undefined, outcome === 'created' ? 201 : 200);
  }
}
