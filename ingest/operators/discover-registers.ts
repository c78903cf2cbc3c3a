/**
 * Finds the registers: every file of `ingest/operators/registers` exports one object that meets `OperatorRegister`.
 * Fails, naming the file, when one does not, or when two share a name.
 */
import { loadFolder } from '../load-folder.ts';
import type { OperatorRegister } from './operator-register.ts';

const REGISTERS_FOLDER = new URL('./registers/', import.meta.url);

/** Names are typed on command lines. */
const AUTHORITY = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** All registers by the name of their authority, in the order of their files. */
export async function discoverRegisters(
  folder: URL = REGISTERS_FOLDER,
): Promise<ReadonlyMap<string, OperatorRegister>> {
  const registers = new Map<string, OperatorRegister>();
  for (const { file, object: register } of await loadFolder(folder, 'registers', isRegister)) {
    const { authority } = register;
    if (!AUTHORITY.test(authority)) throw new Error(`${file}: "${authority}" is no name for an authority`);
    if (registers.has(authority)) {
      throw new Error(`two files of ${folder.pathname} export a register of ${authority}`);
    }
    registers.set(authority, register);
  }
  return registers;
}

function isRegister(value: unknown): value is OperatorRegister {
  const candidate = value as Partial<OperatorRegister> | null;
  return (
    typeof candidate === 'object' &&
    typeof candidate?.authority === 'string' &&
    typeof candidate.title === 'string' &&
    typeof candidate.read === 'function'
  );
}
