import { expect } from 'chai';
import pino from 'pino';
import type { Source } from '../../db/partner-model.ts';
import { cronProblem } from '../../ingest/cron.ts';
import { type PullerParts, type RunOptions, type RunReport, SourceBusyError } from '../../ingest/pull.ts';
import { createScheduler, type ScheduledJob, type Scheduler, splayOf } from '../../ingest/schedule.ts';
import { openTestDatabase, type TestDatabase } from '../support/database.ts';
import { openPullRig, type PullRig } from '../support/pull.ts';

const EVERY_SECOND = '* * * * * *';
const NEVER_IN_A_TEST = '0 0 1 1 *';

/** The real cron, with a puller that only writes down when it is called. */
describe('the scheduler', () => {
  let database: TestDatabase;
  let rig: PullRig;
  let scheduler: Scheduler;
  let pulls: { name: string; full: boolean; signal: AbortSignal }[];
  let log: { level: number; msg: string }[];
  let pull: (name: string, options: RunOptions) => Promise<unknown>;

  before(async () => {
    database = await openTestDatabase();
  });

  beforeEach(async () => {
    await database.truncate();
    rig = await openPullRig(database);
    pulls = [];
    log = [];
    pull = async () => undefined;
  });

  afterEach(async () => {
    await scheduler.stop();
    await rig.close();
  });

  after(() => database.drop());

  async function start(
    options: {
      jobs?: ScheduledJob[];
      changingJobs?: () => Promise<ScheduledJob[]>;
      splay?: boolean;
      sleep?: PullerParts['sleep'];
    } = {},
  ) {
    const { sleep, ...others } = options;
    scheduler = createScheduler({
      sources: rig.sources,
      runs: rig.runs,
      puller: {
        run: async (name, given = {}) => {
          pulls.push({ name, full: given.full === true, signal: given.signal as AbortSignal });
          await pull(name, given);
          return {} as RunReport;
        },
      },
      logger: pino({ level: 'debug' }, { write: (line: string) => log.push(JSON.parse(line)) }),
      splay: false,
      ...others,
      ...(sleep ? { sleep } : {}),
    });
    await scheduler.start();
  }
  const add = (name: string, schedule: string, fullSchedule = NEVER_IN_A_TEST): Promise<Source> =>
    rig.add({ name, schedule, fullSchedule });
  const until = async (condition: () => boolean) => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 10));
  };
  const errors = () => log.filter(({ level }) => level >= 50).map(({ msg }) => msg);

  it('pulls each source by its schedules, incrementally and in full', async () => {
    await add('often', EVERY_SECOND);
    await add('fully', NEVER_IN_A_TEST, EVERY_SECOND);
    await add('never', NEVER_IN_A_TEST);
    await start();
    await until(
      () => pulls.some(({ name }) => name === 'often') && pulls.some(({ name }) => name === 'fully'),
    );
    expect(new Set(pulls.map(({ name, full }) => `${name} ${full}`))).to.deep.equal(
      new Set(['often false', 'fully true']),
    );
  });

  it('PC-09: a source never overlaps itself, and a full pull that came due meanwhile follows', async () => {
    await add('cpo', EVERY_SECOND, '*/2 * * * * *');
    let running = 0;
    let most = 0;
    pull = async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      running--;
    };
    await start();
    await until(() => pulls.length >= 3);
    expect(most).to.equal(1);
    expect(pulls.slice(0, 3).some(({ full }) => full)).to.equal(true);
  });

  it('sees sources that are added, changed and removed', async () => {
    await start();
    const source = await add('cpo', NEVER_IN_A_TEST);
    await scheduler.refresh();
    await rig.sources.set(source.id, { schedule: EVERY_SECOND });
    await scheduler.refresh();
    await until(() => pulls.length > 0);
    pull = (_name, { signal }) => new Promise((resolve) => signal?.addEventListener('abort', resolve));
    const count = pulls.length;
    await until(() => pulls.length > count);
    await rig.sources.remove(source.id);
    await scheduler.refresh();
    expect(pulls.at(-1)?.signal.aborted).to.equal(true);
    expect(errors()).to.deep.equal([]);
  });

  it('sees by itself what another process adds', async () => {
    await start();
    await scheduler.stop();
    scheduler = createScheduler({
      sources: rig.sources,
      runs: rig.runs,
      puller: { run: async (name) => pulls.push({ name } as never) as never },
      logger: pino({ level: 'silent' }),
      splay: false,
      refreshSchedule: EVERY_SECOND,
    });
    await scheduler.start();
    await add('new', EVERY_SECOND);
    await until(() => pulls.length > 0);
    expect(pulls[0]?.name).to.equal('new');
  });

  it('PC-10: leaves a source alone whose token was refused, until a person acts', async () => {
    const source = await add('broken', EVERY_SECOND);
    await add('healthy', EVERY_SECOND);
    await rig.sources.markBroken(source.id, 'refused');
    await start();
    await until(() => pulls.length >= 2);
    expect(pulls.map(({ name }) => name)).not.to.include('broken');
    await rig.sources.set(source.id, { sealedToken: 'sealed:new' });
    await until(() => pulls.some(({ name }) => name === 'broken'));
  });

  it('goes on after a job that fails, which is logged, and after a source that is busy, which is not', async () => {
    let times = 0;
    await add('cpo', EVERY_SECOND);
    pull = async () => {
      throw new SourceBusyError('busy');
    };
    const run = async () => {
      times++;
      throw new Error('no disk');
    };
    await start({ jobs: [{ id: 'exports', schedule: EVERY_SECOND, run }] });
    await until(() => times >= 2 && pulls.length >= 2);
    expect(new Set(errors())).to.deep.equal(new Set(['a scheduled job failed']));
    expect(errors().length).to.be.at.most(times);
  });

  it('runs a job at the start, too, when it asks for that', async () => {
    const ran: string[] = [];
    const job = (id: string, more = {}): ScheduledJob => ({
      id,
      schedule: NEVER_IN_A_TEST,
      run: async () => ran.push(id),
      ...more,
    });
    await start({ jobs: [job('exports'), job('hubs', { atStart: true })] });
    await until(() => ran.length > 0);
    expect(ran).to.deep.equal(['hubs']);
  });

  it('runs jobs that come and go, and begins nothing more of one that is gone', async () => {
    const runs: string[] = [];
    const job = (id: string, schedule: string) => ({ id, schedule, run: async () => runs.push(id) });
    let jobs = [job('first', EVERY_SECOND), job('never', NEVER_IN_A_TEST)];
    await start({ changingJobs: async () => jobs });
    await until(() => runs.includes('first'));
    jobs = [job('never', EVERY_SECOND), job('wrong', 'now and then')];
    await scheduler.refresh();
    const { length } = runs.filter((id) => id === 'first');
    await until(() => runs.filter((id) => id === 'never').length >= 2);
    expect(runs.filter((id) => id === 'first')).to.have.length(length);
    expect(errors()[0]).to.contain('a job is not run by schedule');
    expect(runs).not.to.include('wrong');
  });

  it('refuses a job whose schedule is none', async () => {
    let error: Error | undefined;
    try {
      await start({ jobs: [{ id: 'exports', schedule: 'nightly', run: async () => undefined }] });
    } catch (caught) {
      error = caught as Error;
    }
    expect(error?.message).to.contain('The job exports cannot be scheduled: "nightly" is no schedule');
  });

  it('does not pull a source whose stored schedule is none, and says so', async () => {
    await add('odd', 'sometimes', EVERY_SECOND);
    await start();
    await until(() => pulls.length > 0);
    expect(pulls[0]).to.include({ name: 'odd', full: true });
    expect(errors().join()).to.contain('"sometimes" is no schedule');
  });

  it('frees what a dead process left running, when it starts', async () => {
    const source = await add('cpo', NEVER_IN_A_TEST);
    const earlier = await openPullRig(database, {
      process: { host: 'x', pid: 1, life: 'x' },
      engine: 'server',
    });
    await earlier.sources.noteStart(source.id);
    await earlier.runs.start(source.id, true);
    await earlier.close();
    rig.now = new Date(rig.now.getTime() + 61_000);
    await start();
    expect((await rig.sources.findById(source.id))?.state).to.equal('failed');
    expect(await rig.runs.last(source.id)).to.include({
      state: 'failed',
      problem: 'the process that pulled it ended',
    });
  });

  it('stops: what runs is told and waited for, and nothing begins any more', async () => {
    await add('cpo', EVERY_SECOND);
    let ended = false;
    pull = (_name, { signal }) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => {
          setTimeout(() => {
            ended = true;
            reject(signal.reason);
          }, 50);
        });
      });
    await start();
    await until(() => pulls.length > 0);
    await scheduler.stop();
    expect(ended).to.equal(true);
    expect(errors()).to.deep.equal([]);
    const count = pulls.length;
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    expect(pulls).to.have.length(count);
    await scheduler.stop();
  });

  it('PC-09: waits before each pull for a time of the source’s own', async () => {
    const slept: number[] = [];
    await add('cpo', EVERY_SECOND);
    await start({ splay: true, sleep: async (milliseconds) => void slept.push(milliseconds) });
    await until(() => pulls.length >= 2);
    expect(new Set(slept)).to.deep.equal(new Set([splayOf('cpo', 1_000)]));
  });
});

describe('splay and schedules', () => {
  it('PC-09: spreads sources over half of their interval, five minutes at the most, always the same', () => {
    const names = Array.from({ length: 200 }, (_, index) => `source-${index}`);
    for (const [interval, bound] of [
      [60_000, 30_000],
      [900_000, 300_000],
      [86_400_000, 300_000],
    ] as const) {
      const splays = names.map((name) => splayOf(name, interval));
      expect(Math.max(...splays)).to.be.within(bound * 0.9, bound);
      expect(Math.min(...splays)).to.be.within(0, bound * 0.1);
      expect(names.map((name) => splayOf(name, interval))).to.deep.equal(splays);
    }
    expect(splayOf('x', 0)).to.equal(0);
  });

  it('knows a schedule from what is none', () => {
    for (const expression of ['*/15 * * * *', '0 3 * * *', '*/5 * * * * *', '@hourly', '0 3 * * MON']) {
      expect(cronProblem(expression), expression).to.equal(null);
    }
    for (const expression of ['', '* * * *', '60 * * * *', 'nightly', '*/15 * * * * * *', '* '.repeat(200)]) {
      expect(cronProblem(expression), expression).to.match(/schedule/);
    }
  });
});
