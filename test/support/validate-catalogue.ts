/**
 * Holds a catalogue to published SHACL shapes, by hand:
 *
 *   npx tsx test/support/validate-catalogue.ts CATALOGUE SHAPES...
 *
 * CATALOGUE is a Turtle file or the URL of one, SHAPES are Turtle files: those of DCAT-AP and mobilityDCAT-AP, which
 * are theirs and not in this project. What they import is not fetched: name it, too. Prints what each set of shapes has to say; exits with 1 where it is a violation.
 */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Parser, Store } from 'n3';
import ShaclValidator from 'rdf-validate-shacl';

/** Milliseconds for a catalogue to arrive. */
const FETCH_LIMIT_MS = 30_000;

/** What a set of shapes says of a catalogue: a line a result. */
export async function validate(
  catalogue: Store,
  shapes: Store,
): Promise<{ severity: string; line: string }[]> {
  const report = await new ShaclValidator(shapes, { importGraph: () => new Store() }).validate(catalogue);
  return report.results.map(({ severity, path, focusNode, value, message, sourceConstraintComponent }) => ({
    severity: severity?.value.split('#')[1] ?? 'Violation',
    line: [focusNode, path, value, sourceConstraintComponent]
      .map((term) => term?.value ?? '-')
      .concat(message.map((text) => text.value))
      .join(' | '),
  }));
}

export function parseTurtle(text: string): Store {
  return new Store(new Parser().parse(text));
}

async function read(source: string): Promise<string> {
  if (!/^https?:/.test(source)) return readFile(source, 'utf8');
  const answer = await fetch(source, { signal: AbortSignal.timeout(FETCH_LIMIT_MS) });
  if (!answer.ok) throw new Error(`${source} answered ${answer.status}`);
  return answer.text();
}

async function main([source, ...shapeFiles]: readonly string[]): Promise<number> {
  if (source === undefined || shapeFiles.length === 0) {
    process.stderr.write('usage: validate-catalogue.ts CATALOGUE SHAPES...\n');
    return 2;
  }
  const catalogue = parseTurtle(await read(source));
  let violations = 0;
  for (const file of shapeFiles) {
    const results = await validate(catalogue, parseTurtle(await readFile(file, 'utf8')));
    const wrong = results.filter(({ severity }) => severity === 'Violation').length;
    violations += wrong;
    process.stdout.write(`${basename(file)}: ${wrong} violations, ${results.length - wrong} remarks\n`);
    for (const { severity, line } of results) process.stdout.write(`  ${severity}: ${line}\n`);
  }
  return violations === 0 ? 0 : 1;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main(process.argv.slice(2));
