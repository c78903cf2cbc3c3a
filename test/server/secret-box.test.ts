import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  createSecretBox,
  generateToken,
  hashToken,
  openSecretBox,
  SecretBoxError,
} from '../../server/secret-box.ts';
import { failureOf } from '../support/failure.ts';

const KEY = Buffer.alloc(32, 1);

describe('secret box', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'nap-secret-'));
  });
  afterEach(() => rm(directory, { recursive: true }));

  it('AUTH-16: opens what it sealed, and seals the same secret differently each time', () => {
    const box = createSecretBox(KEY);
    const sealed = [box.seal('tøken'), box.seal('tøken')];
    expect(sealed[0]).not.to.equal(sealed[1]);
    expect(sealed.map(box.unseal)).to.deep.equal(['tøken', 'tøken']);
    expect(sealed[0]).to.match(/^v1\.[\w-]+\.[\w-]+\.[\w-]+$/);
  });

  it('refuses what was altered, sealed with another key, or is in another form, without quoting it', () => {
    const box = createSecretBox(KEY);
    const sealed = box.seal('token');
    const [format, nonce, tag, text] = sealed.split('.') as [string, string, string, string];
    const flipped = (part: string) => (part[0] === 'A' ? 'B' : 'A') + part.slice(1);
    const bad = [
      [format, nonce, tag, flipped(text)],
      [format, nonce, flipped(tag), text],
      [format, flipped(nonce), tag, text],
      ['v2', nonce, tag, text],
      [format, nonce, tag.slice(4), text],
      ['plain token'],
    ];
    for (const parts of bad) {
      expect(() => box.unseal(parts.join('.'))).to.throw(SecretBoxError, /sealed secret/);
    }
    const other = createSecretBox(Buffer.alloc(32, 2));
    expect(() => other.unseal(sealed)).to.throw(SecretBoxError, /NAP_SECRET_KEY/);
  });

  it('says what to do when there is no key, and only when one is needed', async () => {
    const box = await openSecretBox({ key: undefined, keyDirectory: undefined });
    expect(() => box.seal('token')).to.throw(SecretBoxError, /NAP_SECRET_KEY is not set.*openssl/);
    expect(await readdir(directory)).to.deep.equal([]);
  });

  it('makes a key once in the data directory, for its owner only, whoever starts at the same time', async () => {
    const open = () => openSecretBox({ key: undefined, keyDirectory: directory });
    const boxes = await Promise.all([open(), open(), open()]);
    const sealed = boxes[0]?.seal('token') as string;
    for (const box of [...boxes, await open()]) expect(box.unseal(sealed)).to.equal('token');
    expect(await readdir(directory)).to.deep.equal(['secret.key']);
    expect((await stat(join(directory, 'secret.key'))).mode & 0o777).to.equal(0o600);
  });

  it('prefers the key of the settings and then makes no file', async () => {
    const box = await openSecretBox({ key: KEY, keyDirectory: directory });
    expect(createSecretBox(KEY).unseal(box.seal('token'))).to.equal('token');
    expect(await readdir(directory)).to.deep.equal([]);
  });

  it('refuses a damaged key file instead of making another over it', async () => {
    const path = join(directory, 'secret.key');
    await writeFile(path, 'half a key');
    const error = await failureOf(openSecretBox({ key: undefined, keyDirectory: directory }));
    expect(error).to.be.instanceOf(SecretBoxError);
    expect(error.message).to.contain(path);
    expect(await readFile(path, 'utf8')).to.equal('half a key');
  });

  it('AUTH-11: makes tokens of at most 64 printable characters, no two alike', () => {
    const tokens = Array.from({ length: 200 }, generateToken);
    for (const token of tokens) expect(token).to.match(/^[\x21-\x7E]{43,64}$/);
    expect(new Set(tokens)).to.have.length(200);
  });

  it('AUTH-16: keeps tokens of partners as their SHA-256', () => {
    expect(hashToken('abc').toString('hex')).to.equal(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
  });
});
