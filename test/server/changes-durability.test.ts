import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { FollowedAccessPoint } from '../support/followed-access-point.ts';
import { DUTCH_BOX } from '../support/registry-churn.ts';

const STEPS_BEFORE = 40;

describe('a follower of changes', function () {
  this.timeout(300_000);
  let database: TestDatabase;
  let directory: string;
  let point: FollowedAccessPoint | undefined;

  before(async () => {
    database = await openTestDatabase();
    directory = await mkdtemp(join(tmpdir(), 'nap-followed-'));
    await database.close();
  });
  after(async () => {
    await point?.stop();
    await database.drop();
    await rm(directory, { recursive: true, force: true });
  });

  it('holds what a fresh download holds, whoever was killed or started again meanwhile', async () => {
    const settings = {
      NAP_DATA_DIR: join(directory, 'data'),
      NAP_SECRET_KEY: '0'.repeat(64),
      ...database.environment,
    };
    point = await FollowedAccessPoint.start(settings, directory, { seed: 11, objects: 20 });
    point.follow('pages', 'pages');
    point.follow('stream', 'stream');
    point.follow('box', 'stream', { bbox: DUTCH_BOX });
    point.followInProcess('killed pages', 'lines');
    point.followInProcess('killed stream', 'stream', { party: ['NL-TNM'] });
    const { churn } = point;
    await churn.steps(STEPS_BEFORE);
    await churn.during(point.restart('kill'));
    await churn.during(point.restartFollowers());
    await churn.during(point.restart('stop'));
    const { differing, objects, followers, downloads } = await point.compare();
    expect(differing).to.deep.equal([]);
    expect(objects).to.be.greaterThan(0);
    expect(downloads).to.equal(followers);
    expect(point.faults).to.deep.equal([]);
  });
});
