/** Takes the lock on the directory given as argument, and holds it until it is killed. No database. */
import { lockDataDirectory } from '../../../db/embedded-lock.ts';

try {
  await lockDataDirectory(process.argv[2] ?? '');
  process.stdout.write('held\n');
  setInterval(() => {}, 1_000);
} catch (error) {
  process.stdout.write(`refused ${(error as Error).message}\n`);
}
