/**
 * What a PATCH makes of an object: fields that are present replace, absent ones stay, null unsets
 * (LR-07, LR-08); lists without ids and nested objects are replaced as a whole (LR-09); `evses` and
 * `connectors` inside a PATCH of their parent merge by `uid` and `id` and never delete (LR-10). A known child
 * that is patched there without a time of its own takes the time of the patch.
 *
 * Pure: the result is a new object that still has to be validated. What is not an object where one belongs is
 * put in as it came, so that validation names it.
 */

type Fields = Record<string, unknown>;

/** Location with the patch applied. */
export function patchLocation(location: object, patch: Fields): Fields {
  return applyPatch(location, patch, 'evses', (evses, patches) =>
    mergeById(evses, patches, 'uid', (evse, evsePatch) => patchEvse(evse, evsePatch)),
  );
}

/** EVSE with the patch applied. */
export function patchEvse(evse: object, patch: Fields): Fields {
  return applyPatch(evse, patch, 'connectors', (connectors, patches) =>
    mergeById(connectors, patches, 'id', (connector, connectorPatch) => ({
      ...connector,
      ...connectorPatch,
    })),
  );
}

/** Connector with the patch applied. */
export function patchConnector(connector: object, patch: Fields): Fields {
  return { ...connector, ...patch };
}

/** Tariff with the patch applied (TR-06). */
export function patchTariff(tariff: object, patch: Fields): Fields {
  return { ...tariff, ...patch };
}

function applyPatch(
  object: object,
  patch: Fields,
  childField: string,
  mergeChildren: (children: unknown[], patches: unknown[]) => unknown[],
): Fields {
  const patched: Fields = { ...object, ...patch };
  const children = (object as Fields)[childField];
  if (childField in patch) {
    const patches = patch[childField];
    if (patches === null || Array.isArray(patches)) {
      const timed = (patches ?? []).map((child) => withTimeOf(patch, child));
      patched[childField] = mergeChildren(Array.isArray(children) ? children : [], timed);
    }
  }
  return patched;
}

function withTimeOf(patch: Fields, child: unknown): unknown {
  return typeof child === 'object' && child !== null && !Array.isArray(child) && 'last_updated' in patch
    ? { last_updated: patch.last_updated, ...child }
    : child;
}

function mergeById(
  children: unknown[],
  patches: unknown[],
  idField: string,
  merge: (child: Fields, patch: Fields) => Fields,
): unknown[] {
  const merged = [...children];
  for (const patch of patches) {
    const place = merged.findIndex((child) => sameId(child, patch, idField));
    if (place < 0) {
      merged.push(patch);
    } else {
      merged[place] = merge(merged[place] as Fields, patch as Fields);
    }
  }
  return merged;
}

/** Ids are CiStrings: compared without case. */
function sameId(one: unknown, other: unknown, idField: string): boolean {
  const [a, b] = [one, other].map((value) =>
    typeof value === 'object' && value !== null ? (value as Fields)[idField] : undefined,
  );
  return typeof a === 'string' && typeof b === 'string' && a.toLowerCase() === b.toLowerCase();
}
