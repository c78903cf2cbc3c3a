/** VER: versions and details, of the platform and as the platform reads them. */
import { expect } from 'chai';
import { startRecordingPartner } from '../../support/recording-partner.ts';
import { type Check, check, NotCovered } from '../check.ts';
import { expectAnswer } from '../expectations.ts';

const URL_LENGTH = 255;
const VERSION = /^\d+\.\d+(\.\d+)?$/;
const STANDARD_MODULES = [
  'cdrs',
  'chargingprofiles',
  'commands',
  'credentials',
  'hubclientinfo',
  'locations',
];
STANDARD_MODULES.push('sessions', 'tariffs', 'tokens');

/** What an access point serves, beside credentials (VER-04). */
const OWN_SIDES = ['locations/SENDER', 'locations/RECEIVER', 'tariffs/SENDER', 'tariffs/RECEIVER'];
const LATER_SIDES = ['hubclientinfo/RECEIVER'];

export const versionsChecks: readonly Check[] = [
  check('VER-01', ['caller'], async ({ caller }) => {
    const versions = await caller.versions();
    expect(versions).to.be.an('array').that.is.not.empty;
    for (const { version, url } of versions) {
      expect(version).to.match(VERSION);
      expect(new URL(url).protocol).to.be.oneOf(['http:', 'https:']);
      expect(url.length).to.be.at.most(URL_LENGTH);
    }
    expect(new Set(versions.map(({ version }) => version)).size).to.equal(versions.length);
  }),

  check('VER-02', ['caller'], async ({ caller }) => {
    const texts = new Set<string>();
    for (let call = 0; call < 20; call += 1) texts.add(JSON.stringify(await caller.versions()));
    expect([...texts]).to.have.length(1);
  }),

  check('VER-02', ['caller', 'invite'], async ({ caller, invite }) => {
    const invited = caller.withToken((await invite()).token);
    expect(await invited.versions()).to.deep.equal(await caller.versions());
  }),

  check('VER-03', ['caller'], async ({ caller }) => {
    for (const { version, url } of await caller.versions()) {
      const response = await caller.call('GET', url);
      expectAnswer(response, 200, 1000);
      expect(response.body.data.version).to.equal(version);
      expect(response.body.data.endpoints).to.be.an('array').that.is.not.empty;
    }
  }),

  check('VER-04', ['caller'], async ({ caller }) => {
    const endpoints = await caller.endpoints();
    for (const { identifier, role, url } of endpoints) {
      expect(role, identifier).to.be.oneOf(['SENDER', 'RECEIVER']);
      expect(URL.canParse(url), url).to.equal(true);
    }
    const sides = endpoints.map(({ identifier, role }) => `${identifier}/${role}`);
    expect(sides).to.include.members(OWN_SIDES);
    const missing = LATER_SIDES.filter((side) => !sides.includes(side));
    if (!sides.some((side) => side.startsWith('credentials/'))) missing.unshift('credentials');
    if (missing.length > 0) throw new NotCovered(`${missing.join(' and ')} are not offered yet`);
  }),

  check('VER-05', ['caller'], async ({ caller }) => {
    await caller.endpoint('credentials', 'SENDER');
    const own = (await caller.endpoints()).filter(({ identifier }) => identifier === 'credentials');
    expect(own.map(({ role }) => role)).to.deep.equal(['SENDER']);
  }),

  check('VER-06', ['cpo', 'provider'], async ({ cpo, provider }) => {
    for (const speaker of [cpo, provider]) {
      const endpoints = await speaker.endpoints();
      for (const endpoint of endpoints) expect(endpoint).not.to.have.property('role');
      const identifiers = endpoints.map(({ identifier }) => identifier);
      expect(new Set(identifiers).size).to.equal(identifiers.length);
    }
    expect(await cpo.endpoint('locations', 'RECEIVER')).not.to.equal(
      await provider.endpoint('locations', 'SENDER'),
    );
  }),

  check('VER-07', ['caller'], async ({ caller, version }) => {
    const url = await caller.detailsUrl();
    expect(url).to.include(version);
    expectAnswer(await caller.call('GET', url.replace(version, '1.9.9')), 404);
    for (const module of ['cdrs', 'sessions', 'tokens', 'commands', 'chargingprofiles']) {
      const listed = (await caller.endpoints()).some(({ identifier }) => identifier === module);
      if (!listed) expectAnswer(await caller.call('GET', `${url}/${module}`), 404);
    }
  }),

  check('VER-08', ['pull'], async ({ pull, version }) => {
    const [front, back] = [
      await startRecordingPartner({ versions: [version] }),
      await startRecordingPartner({ versions: [version] }),
    ];
    const odd = `${back.url}/ocpi/${version}/sender/locations/?of=us&and=them`;
    // The details are on another port than the versions, the list is again elsewhere.
    front.override('GET', front.versionsUrl, {
      body: {
        status_code: 1000,
        timestamp: '2026-06-01T12:00:00Z',
        data: [{ version, url: `${front.url}/d/` }],
      },
    });
    const endpoint = version === '2.1.1' ? {} : { role: 'SENDER' };
    const endpoints = [{ identifier: 'locations', ...endpoint, url: odd }];
    front.override('GET', '/d', {
      body: { status_code: 1000, timestamp: '2026-06-01T12:00:00Z', data: { version, endpoints } },
    });
    try {
      await (await pull(front)).run();
      expect(front.requests.map(({ path }) => path)).to.deep.equal(['/ocpi/versions', '/d/']);
      const [list] = back.requestsTo('GET', odd.split('?')[0] as string);
      expect(list?.query.get('of')).to.equal('us');
      expect(list?.query.get('and')).to.equal('them');
    } finally {
      await Promise.all([front.stop(), back.stop()]);
    }
  }),

  check('VER-09', ['pull'], async ({ pull, version }) => {
    const versions = ['2.0', '2.2', version, '3.0', '10.1'];
    const partner = await startRecordingPartner({ versions });
    try {
      const { state } = await (await pull(partner)).run();
      expect(state).to.equal('complete');
      const lists = partner.requests.filter(({ path }) => path.endsWith('/sender/locations'));
      expect(lists.map(({ path }) => path)).to.deep.equal([`/ocpi/${version}/sender/locations`]);
    } finally {
      await partner.stop();
    }
  }),

  check('VER-10', ['caller'], async ({ caller }) => {
    for (const { identifier } of await caller.endpoints()) expect(identifier).to.be.oneOf(STANDARD_MODULES);
  }),
];
