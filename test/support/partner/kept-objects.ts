/**
 * What a partner's Receivers were sent, as a real one would keep it: a PUT or PATCH of an EVSE or Connector acts
 * inside its Location. Guarantees that nothing is invented: what has no parent, or is to be patched and is not
 * there, is unknown. It validates nothing; what was sent is what is kept.
 */

/** An object as it came. */
export type Kept = Record<string, unknown>;

/** Under which field the children of a level stand, and what names them; by depth below a Location. */
const CHILDREN = [
  { list: 'evses', key: 'uid' },
  { list: 'connectors', key: 'id' },
] as const;

/** The objects of one module, by their path: country code, party id, id and, for Locations, uid and connector. */
export class KeptObjects {
  readonly #objects = new Map<string, Kept>();

  get(path: readonly string[]): Kept | undefined {
    let object = this.#objects.get(keyOf(path));
    for (const [depth, name] of path.slice(3).entries()) object = object && childOf(object, depth, name);
    return object;
  }

  all(): Kept[] {
    return [...this.#objects.values()];
  }

  /** Creates or replaces; `unknown` when the parent is. */
  put(path: readonly string[], object: Kept): 'created' | 'replaced' | 'unknown' {
    const known = this.get(path) !== undefined;
    if (path.length === 3) {
      this.#objects.set(keyOf(path), object);
    } else {
      const parent = this.get(path.slice(0, -1));
      const child = CHILDREN[path.length - 4];
      if (!parent || !child) return 'unknown';
      const others = listOf(parent, child.list).filter((one) => !sameText(one[child.key], path.at(-1)));
      parent[child.list] = [...others, object];
    }
    return known ? 'replaced' : 'created';
  }

  /** Lays fields over what is kept; false when it is unknown. */
  patch(path: readonly string[], fields: Kept): boolean {
    const object = this.get(path);
    if (object) Object.assign(object, fields);
    return object !== undefined;
  }

  /** Forgets an object; false when it is unknown. */
  delete(path: readonly string[]): boolean {
    return path.length === 3 && this.#objects.delete(keyOf(path));
  }
}

function keyOf(path: readonly string[]): string {
  return path.slice(0, 3).join('/').toLowerCase();
}

function childOf(object: Kept, depth: number, name: string): Kept | undefined {
  const child = CHILDREN[depth];
  return child && listOf(object, child.list).find((one) => sameText(one[child.key], name));
}

function listOf(object: Kept, list: string): Kept[] {
  return (object[list] as Kept[] | undefined) ?? [];
}

function sameText(one: unknown, other: unknown): boolean {
  return String(one).toLowerCase() === String(other).toLowerCase();
}
