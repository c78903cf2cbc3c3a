import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { readRegistryCounts } from '../../../../db/reads/registry-counts.ts';
import { makeFleet } from '../../../simulator/fleet.ts';
import { startPusher } from '../../../simulator/pusher.ts';
import { startTestServer, type TestServer } from '../../../support/server.ts';

const run = promisify(execFile);
const OWNER = { country_code: 'NL', party_id: 'TNM', name: 'Simulated' };
/** Milliseconds: what GDAL asks of a hundred objects takes one second. */
const LIMIT_MS = 60_000;

describe('OGC API Features: GDAL reads it without help', () => {
  let server: TestServer;
  let folder: string;

  before(async function () {
    const version = await run('ogrinfo', ['--version']).catch(() => null);
    if (!version) {
      process.stdout.write('    ogrinfo is not installed (Debian: apt-get install gdal-bin)\n');
      return this.skip();
    }
    folder = await mkdtemp(join(tmpdir(), 'nap-gdal-'));
    server = await startTestServer();
    const { token } = await server.addConnection('cpo', { parties: ['NL-TNM'] });
    const fleet = makeFleet({ seed: 31, locations: 60, parties: [OWNER] });
    const pusher = await startPusher({
      versionsUrl: `${server.url}/ocpi/versions`,
      token,
      fleet,
      concurrency: 8,
      phases: ['tariffs', 'locations'],
    });
    await pusher.finished;
  });
  after(async () => {
    await server?.stop();
    if (folder) await rm(folder, { recursive: true });
  });

  async function gdal(program: string, ...options: string[]): Promise<string> {
    const { stdout, stderr } = await run(program, options, { timeout: LIMIT_MS });
    expect(stderr, 'warnings').to.equal('');
    return stdout;
  }

  /** What the registry shows, by its own tables. */
  async function shown(): Promise<Record<string, number>> {
    const { rows } = await server.database.knex.raw(
      `select (select count(*) from location where location.public) as locations,
              (select count(*) from evse join location on location.id = evse.location and location.public
                where evse.status <> 'REMOVED') as evses,
              (select count(*) from tariff where not tariff.withheld) as tariffs`,
    );
    return rows[0];
  }

  it('counts what the registry counts, in each collection', async () => {
    const counts = await shown();
    expect(counts.locations).to.be.greaterThan(50);
    expect((await readRegistryCounts(server.database.knex)).tariffs).to.equal(counts.tariffs);
    const said = await gdal('ogrinfo', '-ro', '-al', '-so', `OAPIF:${server.url}/ogc`);
    for (const [layer, count] of Object.entries(counts)) {
      expect(said).to.match(new RegExp(`Layer name: ${layer}\\n[\\s\\S]*?\\nFeature Count: ${count}\\n`));
    }
  });

  it('reads every Feature, page by page', async () => {
    for (const [layer, count] of Object.entries(await shown())) {
      const file = join(folder, `${layer}.geojson`);
      await gdal('ogr2ogr', '-f', 'GeoJSON', file, `OAPIF:${server.url}/ogc`, layer, '-oo', 'PAGE_SIZE=7');
      const { features } = JSON.parse(await readFile(file, 'utf8'));
      expect(features, layer).to.have.length(count);
      expect(
        new Set(
          features.map(
            ({ id, properties }: { id?: string; properties: { id?: string } }) => id ?? properties.id,
          ),
        ).size,
        layer,
      ).to.equal(count);
    }
  });

  it('selects by box and by property as the service does', async () => {
    const address = `OAPIF:${server.url}/ogc`;
    const { rows } = await server.database.knex.raw(
      `select count(*) as free, count(*) filter (where st_x(evse.geometry) < 5.2) as west
         from evse
         join location on location.id = evse.location and location.public
        where evse.status = 'AVAILABLE'`,
    );
    const free = await gdal('ogrinfo', '-ro', '-so', address, 'evses', '-where', "status = 'AVAILABLE'");
    expect(free).to.include(`Feature Count: ${rows[0].free}\n`);
    const west = await gdal(
      ...(['ogrinfo', '-ro', '-so', address, 'evses', '-where', "status = 'AVAILABLE'"] as const),
      ...['-spat', '-180', '-90', '5.1999999', '90'],
    );
    expect(west).to.include(`Feature Count: ${rows[0].west}\n`);
  });
});
