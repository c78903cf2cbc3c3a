import type { IncomingMessage } from 'node:http';
import { expect } from 'chai';
import { createClientAddress } from '../../../server/middleware/client-address.ts';

function addressOf(
  peer: string | undefined,
  forwarded?: string,
  trusted: readonly string[] = [],
): string | null {
  const request = { headers: { 'x-forwarded-for': forwarded }, socket: { remoteAddress: peer } };
  return createClientAddress(trusted)(request as unknown as IncomingMessage);
}

describe('the address of a client', () => {
  it('is that of the peer, whatever it says of itself', () => {
    expect(addressOf('203.0.113.7')).to.equal('203.0.113.7');
    expect(addressOf('203.0.113.7', '198.51.100.1')).to.equal('203.0.113.7');
    expect(addressOf('::ffff:203.0.113.7')).to.equal('203.0.113.7');
  });

  it('is told of each request of a connection: a proxy has one for many clients', () => {
    const clientAddress = createClientAddress([]);
    const socket = { remoteAddress: '127.0.0.1' };
    const ask = (forwarded?: string) =>
      clientAddress({ headers: { 'x-forwarded-for': forwarded }, socket } as unknown as IncomingMessage);
    expect([ask('203.0.113.7'), ask('203.0.113.8'), ask()]).to.deep.equal([
      '203.0.113.7',
      '203.0.113.8',
      null,
    ]);
  });

  it('is the same for all of a network of IPv6', () => {
    const one = addressOf('2001:db8:1:2::1');
    expect(addressOf('2001:db8:1:2:ffff::9')).to.equal(one);
    expect(addressOf('2001:db8:1:3::1')).not.to.equal(one);
  });

  it('is what a proxy in a private network says last: what the client wrote itself stands before', () => {
    for (const proxy of ['127.0.0.1', '::1', '10.0.0.5', '192.168.1.1', 'fd00::5', '::ffff:172.16.0.9']) {
      expect(addressOf(proxy, '198.51.100.1, 203.0.113.7'), proxy).to.equal('203.0.113.7');
    }
    expect(addressOf('10.0.0.5', '203.0.113.7, 10.0.0.9'), 'two proxies').to.equal('203.0.113.7');
    expect(addressOf('10.0.0.5', '203.0.113.7:4711'), 'with a port').to.equal('203.0.113.7');
    expect(addressOf('10.0.0.5', '[2001:db8:1:2::1]:4711')).to.equal(addressOf('2001:db8:1:2::9'));
  });

  it('is what a public proxy says when it is trusted, and else its own', () => {
    expect(addressOf('192.0.2.9', '203.0.113.7')).to.equal('192.0.2.9');
    expect(addressOf('192.0.2.9', '203.0.113.7', ['192.0.2.0/24'])).to.equal('203.0.113.7');
    expect(addressOf('2001:db8::9', '203.0.113.7', ['2001:db8::/32', '192.0.2.1'])).to.equal('203.0.113.7');
    expect(addressOf('10.0.0.5', '203.0.113.7, 192.0.2.1', ['192.0.2.1'])).to.equal('203.0.113.7');
  });

  it('is not known where only a proxy is seen, or where it cannot be read', () => {
    expect(addressOf('127.0.0.1')).to.equal(null);
    expect(addressOf('10.0.0.5', '192.168.0.4')).to.equal(null);
    expect(addressOf('10.0.0.5', '203.0.113.7, unknown')).to.equal(null);
    expect(addressOf(undefined)).to.equal(null);
  });
});
