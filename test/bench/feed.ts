/**
 * The data that is measured with: the Dutch national feed where the folder of real data is there, else a fleet of the
 * simulator with its figures, written to files. Either way OCPI 2.2.1 objects in `.json` or `.json.gz` lists.
 */
import { access, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { makeFleet } from '../simulator/fleet.ts';

export interface Feed {
  /** For people: where the data come from. */
  readonly title: string;
  readonly locations: string;
  readonly tariffs: string;
  /** A later state of the same feed; null where there is none. */
  readonly later: { readonly locations: string; readonly tariffs: string } | null;
  /** A part of some hundred Locations, for the embedded engine. */
  readonly small: { readonly locations: string; readonly tariffs: string };
}

/** Beside the project, unless BENCH_DATA names another folder with `ndw/`. `nap` refuses a NAP_* that it does not know. */
const REAL_DATA = resolve(import.meta.dirname, '../../../shared/data');

/** Locations of a fleet: enough that fixed costs do not count, few enough for CI. */
const FLEET_LOCATIONS = 8_000;
const SMALL_FLEET_LOCATIONS = 950;

/**
 * @param folder where files of a fleet are written
 * @param isShort a fleet in any case: CI has no real data, and compares with what CI measured
 */
export async function findFeed(folder: string, { isShort }: { isShort: boolean }): Promise<Feed> {
  const ndw = join(process.env.BENCH_DATA ?? REAL_DATA, 'ndw');
  const file = (name: string) => join(ndw, `${name}.json.gz`);
  const isThere = await access(file('locations-2026-06-02')).then(
    () => true,
    () => false,
  );
  if (isThere && !isShort) {
    return {
      title: 'the Dutch national feed of 2026-06-02',
      locations: file('locations-2026-06-02'),
      tariffs: file('tariffs-2026-06-02'),
      later: { locations: file('locations-2026-06-07'), tariffs: file('tariffs-2026-06-07') },
      small: {
        locations: file('zeeland-locations-2026-06-02'),
        tariffs: file('zeeland-tariffs-2026-06-02'),
      },
    };
  }
  return {
    title: `a simulated fleet of ${FLEET_LOCATIONS} Locations`,
    ...(await writeFleet(folder, 'fleet', FLEET_LOCATIONS)),
    later: null,
    small: await writeFleet(folder, 'small', SMALL_FLEET_LOCATIONS),
  };
}

async function writeFleet(
  folder: string,
  name: string,
  count: number,
): Promise<{ locations: string; tariffs: string }> {
  const fleet = makeFleet({ seed: 1, locations: count });
  const locations = join(folder, `${name}-locations.json`);
  const tariffs = join(folder, `${name}-tariffs.json`);
  await writeFile(locations, JSON.stringify(fleet.locations));
  await writeFile(tariffs, JSON.stringify(fleet.tariffs));
  return { locations, tariffs };
}
