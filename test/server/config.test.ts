import { resolve } from 'node:path';
import { expect } from 'chai';
import {
  ConfigError,
  describeSettings,
  maskDatabaseUrl,
  nearest,
  readConfig,
  SETTINGS,
} from '../../server/config.ts';

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('settings', () => {
  it('have defaults for all that can have one, and describe an embedded access point when nothing is set', () => {
    const config = readConfig({});
    expect(config).to.deep.include({
      databaseUrl: undefined,
      port: 8080,
      logLevel: 'info',
      dataDirectory: resolve('./data'),
      publicUrl: undefined,
      party: { countryCode: 'XX', partyId: 'NAP' },
      secretKey: undefined,
      adminToken: undefined,
      allowPrivateUrls: false,
    });
  });

  it('warn of what should not stay unset, and no longer once it is set', () => {
    expect(readConfig({}).warnings).to.have.length(4);
    const set = {
      NAP_COUNTRY_CODE: 'nl',
      NAP_LICENSE: 'CC0-1.0',
      NAP_PUBLIC_URL: 'https://nap.example/',
      NAP_CONTACT: 'data@nap.example',
    };
    expect(readConfig(set).warnings).to.deep.equal([]);
    const plain = readConfig({ ...set, NAP_PUBLIC_URL: 'http://nap.example' });
    expect(plain.warnings.join()).to.contain('AUTH-14');
  });

  it('are read in the forms that people write them', () => {
    const config = readConfig({
      DATABASE_URL: 'postgresql://nap@db/nap',
      DATABASE_READ_URL: 'postgres://nap@replica/nap',
      PORT: '0',
      LOG_LEVEL: 'WARN',
      NAP_COUNTRY_CODE: 'nl',
      NAP_PARTY_ID: 'ndw',
      NAP_PUBLIC_URL: 'https://nap.example/base/',
      NAP_ALLOW_PRIVATE_URLS: 'yes',
      NAP_NAME: ' ',
    });
    expect(config).to.deep.include({
      databaseUrl: 'postgresql://nap@db/nap',
      databaseReadUrl: 'postgres://nap@replica/nap',
      port: 0,
      logLevel: 'warn',
      party: { countryCode: 'NL', partyId: 'NDW' },
      publicUrl: 'https://nap.example/base',
      allowPrivateUrls: true,
      name: 'National Access Point',
    });
  });

  it('take as a contact an e-mail address or a URL, and as proxies addresses and ranges', () => {
    expect(readConfig({}).trustedProxies).to.deep.equal([]);
    const config = readConfig({
      NAP_CONTACT: 'https://nap.example/contact us',
      NAP_TRUSTED_PROXIES: '192.0.2.1, 2001:db8::/32',
    });
    expect(config.contact).to.equal('https://nap.example/contact%20us');
    expect(config.trustedProxies).to.deep.equal(['192.0.2.1', '2001:db8::/32']);
    expect(readConfig({ NAP_CONTACT: 'data@nap.example' }).contact).to.equal('data@nap.example');
    for (const NAP_CONTACT of ['nobody', 'mailto:data@nap.example', 'a@b <c>', 'javascript:alert(1)']) {
      expect(problemsOf({ NAP_CONTACT }).join()).to.contain('NAP_CONTACT must be an e-mail address');
    }
    for (const NAP_TRUSTED_PROXIES of ['proxy.example', '192.0.2.0/33', '192.0.2.1,']) {
      expect(problemsOf({ NAP_TRUSTED_PROXIES }).join()).to.contain('NAP_TRUSTED_PROXIES must be addresses');
    }
  });

  it('take a secret key of 32 bytes as base64 or as hex digits, and nothing else', () => {
    const key = Buffer.alloc(32, 7);
    for (const text of [key.toString('base64'), key.toString('base64url'), key.toString('hex')]) {
      expect(readConfig({ NAP_SECRET_KEY: text }).secretKey?.equals(key)).to.equal(true);
    }
    const wrong = [
      key.subarray(1).toString('base64'),
      `${key.toString('base64')}!`,
      'secret',
      'f'.repeat(63),
    ];
    for (const text of wrong) {
      const [problem] = problemsOf({ NAP_SECRET_KEY: text });
      expect(problem).to.contain('openssl rand -base64 32').and.not.contain(text);
    }
  });

  it('report all problems at once, each with its name and never with a secret', () => {
    const problems = problemsOf({
      DATABASE_URL: 'mysql://nap:hunter2@db/nap',
      PORT: '70000',
      LOG_LEVEL: 'loud',
      NAP_COUNTRY_CODE: 'NLD',
      NAP_PARTY_ID: 'X',
      NAP_PUBLIC_URL: 'https://user:hunter2@nap.example',
      NAP_ADMIN_TOKEN: 'hunter2',
      NAP_ALLOW_PRIVATE_URLS: 'perhaps',
      NAP_LICENSE: 'CC\n0',
    });
    expect(problems.map((problem) => problem.split(' ')[0])).to.deep.equal([
      'DATABASE_URL',
      'PORT',
      'LOG_LEVEL',
      'NAP_PUBLIC_URL',
      'NAP_COUNTRY_CODE',
      'NAP_PARTY_ID',
      'NAP_LICENSE',
      'NAP_ADMIN_TOKEN',
      'NAP_ALLOW_PRIVATE_URLS',
    ]);
    expect(problems.join()).not.to.contain('hunter2');
  });

  it('refuse a NAP_ name that is no setting, and guess which was meant', () => {
    const [near, far] = problemsOf({ NAP_DATADIR: 'x', NAP_WHATEVER: 'y' });
    expect(near).to.equal('NAP_DATADIR is not a setting; did you mean NAP_DATA_DIR?');
    expect(far).to.equal('NAP_WHATEVER is not a setting of this version');
  });

  it('refuse a replica without its primary', () => {
    expect(problemsOf({ DATABASE_READ_URL: 'postgres://db/nap' }).join()).to.contain('without DATABASE_URL');
  });

  it('are described by one table, each with its meaning', () => {
    const text = describeSettings();
    for (const setting of SETTINGS) expect(text).to.contain(setting.name).and.contain(setting.meaning);
    expect(SETTINGS.map(({ name }) => name)).to.include.members(['DATABASE_URL', 'PORT', 'NAP_SECRET_KEY']);
  });

  it('mask whatever could be a secret in a database URL', () => {
    const masked = maskDatabaseUrl('postgres://nap:hunter2@db:5432/nap?password=hunter2');
    expect(masked).to.equal('postgres://***@db:5432/nap');
    expect(maskDatabaseUrl('hunter2')).to.equal('***');
  });

  it('know a slip of the pen from another word', () => {
    expect(nearest('PROT', ['PORT', 'LOG_LEVEL'])).to.equal('PORT');
    expect(nearest('SOMETHING', ['PORT', 'LOG_LEVEL'])).to.equal(undefined);
  });
});
