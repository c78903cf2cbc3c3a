/**
 * The conformance suite on our own server: one test a row of the requirements. A row that could not be examined
 * is pending, with the reason in its title; `npm run conformance` prints the same in one table.
 */
import { createExaminer, type Examiner, type RowResult } from './examiner.ts';
import { startOwnPlatform } from './platforms/own-platform.ts';
import type { Platform } from './platforms/platform.ts';
import { SECTIONS } from './rows.ts';

describe('conformance', () => {
  let platform: Platform | undefined;
  let examiner: Examiner;

  before(async () => {
    platform = await startOwnPlatform();
    examiner = createExaminer(platform);
  });
  after(() => platform?.stop());

  for (const { title, rows } of SECTIONS) {
    describe(title, () => {
      for (const row of rows) {
        it(`${row.id}: ${row.title}`, async function () {
          this.timeout(180_000);
          const result = await examiner.examine(row);
          if (result.state === 'not covered') {
            (this.test as Mocha.Test).title += ` (not covered: ${reasonsOf(result).join('; ')})`;
            this.skip();
          }
          for (const [version, { state, error }] of Object.entries(result.outcomes)) {
            if (state !== 'failed') continue;
            if (error instanceof Error) error.message = `in ${version}: ${error.message}`;
            throw error;
          }
        });
      }
    });
  }
});

function reasonsOf({ outcomes }: RowResult): string[] {
  return [...new Set(Object.values(outcomes).map(({ reason = '' }) => reason))];
}
