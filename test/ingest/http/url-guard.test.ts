import { expect } from 'chai';
import { describeUrl } from '../../../ingest/http/describe-url.ts';
import { createUrlGuard, specialAddressKind, UrlRefusedError } from '../../../ingest/http/url-guard.ts';
import { failureOf } from '../../support/failure.ts';

/** A resolver that gives one answer after another, the last one for ever. */
function answers(...given: string[]) {
  let next = 0;
  return (
    _host: string,
    _options: object,
    done: (error: null, addresses: { address: string; family: number }[]) => void,
  ) => {
    const address = given[Math.min(next++, given.length - 1)] as string;
    done(null, [{ address, family: address.includes(':') ? 6 : 4 }]);
  };
}

describe('the guard of outside URLs', () => {
  const guard = createUrlGuard({ allowPrivateUrls: false, resolve: answers('93.184.216.34') });

  for (const url of [
    'http://cpo.example/ocpi',
    'ftp://cpo.example/file.json',
    'file:///etc/passwd',
    'https://user:secret@cpo.example/',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://169.254.169.254/latest/meta-data',
    'https://10.1.2.3/',
    'https://172.31.0.1/',
    'https://192.168.1.1/',
    'https://100.64.0.1/',
    'https://0.0.0.0/',
    'https://224.0.0.1/',
    'https://255.255.255.255/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::127.0.0.1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[fe80::1]/',
    'https://[fd00::1]/',
    'https://[2002:7f00:1::]/',
    'not a url',
    '',
  ]) {
    it(`CRED-23: ${url || 'an empty text'} is refused`, async () => {
      const error = await failureOf(guard.check(url));
      expect(error).to.be.instanceOf(UrlRefusedError);
      expect(error.message).not.to.contain('secret');
    });
  }

  it('CRED-23: a public https URL passes, unchanged', async () => {
    const url = await guard.check('https://cpo.example:8443/ocpi/versions?a=b');
    expect(url.href).to.equal('https://cpo.example:8443/ocpi/versions?a=b');
  });

  it('says what was refused and which setting allows it', async () => {
    const names = createUrlGuard({ allowPrivateUrls: false, resolve: answers('10.0.0.7') });
    expect((await failureOf(names.check('https://intern.example/x'))).message).to.equal(
      'intern.example resolves to 10.0.0.7, which is refused: it is a private address. ' +
        'NAP_ALLOW_PRIVATE_URLS=true allows it, for tests and private networks.',
    );
  });

  it('CRED-23: one private address among public ones is enough to refuse', async () => {
    const mixed = createUrlGuard({
      allowPrivateUrls: false,
      resolve: (_host, _options, done) =>
        done(null, [
          { address: '93.184.216.34', family: 4 },
          { address: '127.0.0.1', family: 4 },
        ]),
    });
    expect(await failureOf(mixed.check('https://cpo.example/'))).to.be.instanceOf(UrlRefusedError);
  });

  it('CRED-23: a name that turns private after the check is refused when it is connected to', async () => {
    const rebinding = createUrlGuard({
      allowPrivateUrls: false,
      resolve: answers('93.184.216.34', '127.0.0.1'),
    });
    await rebinding.check('https://cpo.example/');
    const error = await new Promise((resolve) => {
      rebinding.lookup('cpo.example', { all: true }, (failure) => resolve(failure));
    });
    expect(error).to.be.instanceOf(UrlRefusedError);
  });

  it('lets http and private addresses through when they are allowed, but never credentials', async () => {
    const open = createUrlGuard({ allowPrivateUrls: true });
    expect((await open.check('http://127.0.0.1:8080/ocpi')).href).to.equal('http://127.0.0.1:8080/ocpi');
    expect(await failureOf(open.check('http://a:b@127.0.0.1/'))).to.be.instanceOf(UrlRefusedError);
    expect(await failureOf(open.check('gopher://127.0.0.1/'))).to.be.instanceOf(UrlRefusedError);
  });

  it('knows public addresses of both families, also behind a NAT64 translator', () => {
    for (const address of ['93.184.216.34', '2606:2800:220:1::1', '64:ff9b::5db8:d822']) {
      expect(specialAddressKind(address), address).to.equal(null);
    }
  });
});

describe('a URL in words', () => {
  it('keeps what OCPI defines and hides what may be a secret', () => {
    expect(describeUrl('https://u:p@cpo.example/ocpi/locations?offset=50&api_key=abc#x')).to.equal(
      'https://cpo.example/ocpi/locations?offset=50&api_key=…',
    );
  });

  it('hides secrets of what is no URL, too', () => {
    expect(describeUrl('htp//user:secret@cpo.example/x?key=secret')).not.to.contain('secret');
  });
});
