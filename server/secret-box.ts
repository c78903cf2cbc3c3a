/**
 * Seals secrets that must be told again (partners' tokens that we send) and makes and hashes those that need
 * not be (tokens that partners send us): AUTH-16.
 *
 * A sealed text reads `v1.NONCE.TAG.CIPHERTEXT`, each part base64url: AES-256-GCM with a fresh nonce for each.
 * The key is NAP_SECRET_KEY. Without it, on the embedded engine, a key is made once and kept beside the
 * database in `secret.key`, readable by its owner only; a database server may be shared by several processes
 * and machines, so there the setting is asked for as soon as something must be sealed.
 *
 * Fails with SecretBoxError: no key, a key file that is damaged, a text sealed with another key or altered.
 * No message holds a secret.
 */
import { createCipheriv, createDecipheriv, hash, randomBytes } from 'node:crypto';
import { chmod, link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Seals and opens secrets with the key of this access point. */
export interface SecretBox {
  /** @throws SecretBoxError when there is no key */
  seal(secret: string): string;
  /** @throws SecretBoxError when it was not sealed here, or altered since */
  unseal(sealed: string): string;
}

/** A secret cannot be sealed or opened; the message says what to do. */
export class SecretBoxError extends Error {
  override readonly name = 'SecretBoxError';
}

const CIPHER = 'aes-256-gcm';
const FORMAT = 'v1';
const KEY_BYTES = 32;
/** The nonce that GCM is made for (NIST SP 800-38D). */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
/** Bytes of randomness in a token: 43 characters of base64url, within OCPI's 64 (AUTH-11). */
const TOKEN_BYTES = 32;
const KEY_FILE = 'secret.key';

/** A box with this key; without one it says so when it is used. */
export function createSecretBox(key: Buffer | undefined): SecretBox {
  return {
    seal: (secret) => seal(secret, demand(key)),
    unseal: (sealed) => unseal(sealed, demand(key)),
  };
}

/**
 * The box of an access point: its key from the setting, else from the key file of an embedded data directory,
 * which is made when it is not there.
 *
 * @param keyDirectory the data directory on the embedded engine; undefined on a database server
 */
export async function openSecretBox(settings: {
  key: Buffer | undefined;
  keyDirectory: string | undefined;
}): Promise<SecretBox> {
  const { key, keyDirectory } = settings;
  if (key || keyDirectory === undefined) return createSecretBox(key);
  return createSecretBox(await readOrMakeKey(keyDirectory));
}

/** A new token for a partner: random, at most 64 characters of U+0021 to U+007E (AUTH-11). */
export function generateToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

/** How a token that partners send us is kept and looked up: SHA-256 of its UTF-8 (AUTH-16). */
export function hashToken(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}

function demand(key: Buffer | undefined): Buffer {
  if (key) return key;
  throw new SecretBoxError(
    "NAP_SECRET_KEY is not set, so partners' tokens cannot be kept. " +
      'Make a key with "openssl rand -base64 32" and give the same one to every process of this access point.',
  );
}

function seal(secret: string, key: Buffer): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  return [FORMAT, ...[nonce, cipher.getAuthTag(), text].map((part) => part.toString('base64url'))].join('.');
}

function unseal(sealed: string, key: Buffer): string {
  const [format, ...parts] = sealed.split('.');
  const [nonce, tag, text] = parts.map((part) => Buffer.from(part, 'base64url'));
  if (format !== FORMAT || parts.length !== 3 || nonce?.length !== NONCE_BYTES || tag?.length !== TAG_BYTES) {
    throw new SecretBoxError('A sealed secret is not in a form that this version knows.');
  }
  try {
    const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES }).setAuthTag(tag);
    return Buffer.concat([decipher.update(text as Buffer), decipher.final()]).toString('utf8');
  } catch {
    throw new SecretBoxError(
      'A sealed secret cannot be opened: it was sealed with another NAP_SECRET_KEY, or altered. ' +
        'Bring the former key back, or enter the token anew.',
    );
  }
}

async function readOrMakeKey(directory: string): Promise<Buffer> {
  const path = join(directory, KEY_FILE);
  try {
    return await readKey(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await makeKey(path);
  // Not the one just made: another process may have been first.
  return readKey(path);
}

async function readKey(path: string): Promise<Buffer> {
  const key = Buffer.from((await readFile(path, 'utf8')).trim(), 'base64');
  if (key.length === KEY_BYTES) return key;
  throw new SecretBoxError(
    `The key file ${path} is damaged. Bring it back from a backup; without it the tokens it sealed are lost, ` +
      'and after removing it they have to be entered anew.',
  );
}

/** Makes the key file whole or not at all, and never over another: a new name, synced, then linked. */
async function makeKey(path: string): Promise<void> {
  const incoming = `${path}.${process.pid}-${randomBytes(6).toString('hex')}`;
  try {
    const file = await open(incoming, 'wx', 0o600);
    try {
      await file.writeFile(`${randomBytes(KEY_BYTES).toString('base64')}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    // Whatever the umask is.
    await chmod(incoming, 0o600);
    await link(incoming, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await rm(incoming, { force: true });
  }
}
