/** Opens the embedded database of NAP_DATA_DIR and holds it until it is killed; prints `held` or why not. */
import { openDatabase } from '../../../db/connection.ts';

try {
  await openDatabase({ dataDirectory: process.env.NAP_DATA_DIR ?? '', fsync: false });
  process.stdout.write('held\n');
  setInterval(() => {}, 1_000);
} catch (error) {
  process.stdout.write(`refused ${(error as Error).message}\n`);
  process.exitCode = 1;
}
