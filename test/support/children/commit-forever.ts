/** Commits one row after the other and prints each number once it is acknowledged, until it is killed. */
import { openDatabase } from '../../../db/connection.ts';

const database = await openDatabase({
  url: process.env.DATABASE_URL,
  dataDirectory: process.env.NAP_DATA_DIR ?? '',
});
await database.knex.raw('create table acknowledged (number int primary key, padding text not null)');
for (let number = 1; ; number += 1) {
  await database.knex.raw('insert into acknowledged values (?, ?)', [number, 'x'.repeat(500)]);
  process.stdout.write(`committed ${number}\n`);
}
