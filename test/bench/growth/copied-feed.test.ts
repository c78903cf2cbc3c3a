import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { makeFleet } from '../../simulator/fleet.ts';
import { writeCopies } from './copied-feed.ts';

/** Made one after the other, as some platforms make them. */
const UUIDS = ['5b0f2859-8498-ec11-aaaa-06d2ec0d790c', '5e0f2859-8498-ec11-aaaa-06d2ec0d790c'];

describe('a feed some times over', () => {
  it('has each Location and EVSE once more a copy, with ids that are as long as OCPI allows', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'nap-copies-'));
    const [feed, target] = [join(folder, 'feed.json'), join(folder, 'copies.json')];
    const [location] = makeFleet({ seed: 1, locations: 1 }).locations;
    const others = UUIDS.map((id) => ({ ...location, id }));
    await writeFile(feed, JSON.stringify([location, ...others]));
    await writeCopies(feed, 3, target);
    const copies = JSON.parse(await readFile(target, 'utf8')) as { id: string; evses: { uid: string }[] }[];
    await rm(folder, { recursive: true });

    const ids = copies.map(({ id }) => id);
    expect(new Set(ids).size).to.equal(9);
    expect(ids.slice(1, 3)).to.deep.equal(UUIDS);
    expect(ids.filter((id) => id.length > 36)).to.deep.equal([]);
    // An EVSE is one within its Location; these Locations have the same.
    expect(new Set(copies.flatMap(({ evses }) => evses.map(({ uid }) => uid))).size).to.equal(
      3 * (location?.evses?.length as number),
    );
  });
});
