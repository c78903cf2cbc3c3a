/** Migrates the database of the environment with the folder given as argument; prints what it applied. */
import { openDatabase } from '../../../db/connection.ts';
import { migrate } from '../../../db/migrate.ts';

const database = await openDatabase({
  url: process.env.DATABASE_URL,
  dataDirectory: process.env.NAP_DATA_DIR ?? '',
  fsync: false,
});
const logger = { info: (_: object, message: string) => process.stdout.write(`log ${message}\n`) };
const { applied } = await migrate(database, { folder: process.argv[2], logger });
process.stdout.write(`applied ${applied.join(',')}\n`);
await database.close();
