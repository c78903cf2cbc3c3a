/**
 * Finds the registers: every file of `ingest/operators/registers` exports one object that meets `OperatorRegister`.
 * Works from the sources (tsx) and from what is compiled. Fails, naming the file, when a file has none or more than
 * one, or when two share a name: a wrong register stops the start, not the first import.
 */
import { readdir } from 'node:fs/promises';
import type { OperatorRegister } from './operator-register.ts';

const REGISTERS_FOLDER = new URL('./registers/', import.meta.url);

/** Sources or compiled code; not declarations (`.d.ts`) and not source maps. */
const MODULE_FILE = /(?<!\.d)\.(ts|js)$/;

/** Names are typed on command lines. */
const AUTHORITY = /^[a-z0-9]+(-[a-z0-9]+)*$/;

/** All registers by the name of their authority, in alphabetical order. */
export async function discoverRegisters(
  folder: URL = REGISTERS_FOLDER,
): Promise<ReadonlyMap<string, OperatorRegister>> {
  const registers = new Map<string, OperatorRegister>();
  for (const file of (await readdir(folder)).filter((name) => MODULE_FILE.test(name)).sort()) {
    const register = await loadRegister(folder, file);
    if (registers.has(register.authority)) {
      throw new Error(`two files of ${folder.pathname} export a register of ${register.authority}`);
    }
    registers.set(register.authority, register);
  }
  return registers;
}

async function loadRegister(folder: URL, file: string): Promise<OperatorRegister> {
  const exported: unknown[] = Object.values(await import(new URL(file, folder).href));
  const registers = exported.filter(isRegister);
  const [register] = registers;
  if (!register || registers.length > 1) {
    throw new Error(`${file} exports ${registers.length} registers: it must export exactly one`);
  }
  if (!AUTHORITY.test(register.authority)) {
    throw new Error(`${file}: "${register.authority}" is no name for an authority`);
  }
  return register;
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
