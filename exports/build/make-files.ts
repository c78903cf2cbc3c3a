/**
 * The files of one module: from the former edition where there is one, anew where there is none, or where that fails.
 */
import type { ExportFile } from '../view.ts';
import { buildModule, type Made, type ModuleBuild } from './build-edition.ts';
import type { Snapshot } from './edition-store.ts';
import type { FormerPaths } from './former-file.ts';
import { readChangedSince } from './stand.ts';

export interface FilesToMake extends Omit<ModuleBuild, 'files' | 'changed'> {
  readonly files: readonly ExportFile[];
  /** Former files by name, all of one place in the journal. */
  readonly former: ReadonlyMap<string, Snapshot>;
}

/** With the time at which each of its objects was written anew; null: by this build. */
export type MadeFrom = Made & { readonly wholeAt: Date | null };

/** One entry a file, in no order. */
export async function makeFiles({ files, former, ...build }: FilesToMake): Promise<MadeFrom[]> {
  const made = await continueFiles({ files, former, ...build });
  const failed = made.filter((one) => 'error' in one);
  for (const { error, file } of failed) {
    build.logger.warn({ err: error, format: file.name }, 'a file is made anew, the former cannot be used');
  }
  const done = made.filter((one) => 'made' in one);
  const rest = files.filter((file) => !done.some((one) => one.file === file));
  if (rest.length === 0) return done;
  const anew = await buildModule({
    ...build,
    changed: null,
    files: rest.map((file) => ({ file, former: null })),
  });
  return [...done, ...anew.map((one) => ({ ...one, wholeAt: null }))];
}

async function continueFiles({ files, former, ...build }: FilesToMake): Promise<MadeFrom[]> {
  const continued = files.filter(({ name }) => former.has(name));
  const [first] = former.values();
  if (!first || continued.length === 0) return [];
  const changed = await readChangedSince(build.knex, build.module, first);
  const made = await buildModule({
    ...build,
    changed,
    files: continued.map((file) => ({ file, former: formerPaths(former.get(file.name)) })),
  });
  return made.map((one) => ({ ...one, wholeAt: former.get(one.file.name)?.basis.wholeAt ?? null }));
}

function formerPaths(snapshot: Snapshot | undefined): FormerPaths | null {
  if (!snapshot) return null;
  const { identity, gzip, indexPath } = snapshot;
  return { identityPath: identity.path, gzipPath: gzip.path, indexPath };
}
