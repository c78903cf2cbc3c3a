/**
 * Mocha's root hooks, loaded for every run: at its end they close what tests left open, and fail the run
 * when a test forgot to, so that leaks do not gather.
 */
import { closeTestDatabases } from './database.ts';

export const mochaHooks = {
  async afterAll() {
    const forgotten = await closeTestDatabases();
    if (forgotten.length > 0) {
      throw new Error(`Databases were opened and never dropped:\n  ${forgotten.join('\n  ')}`);
    }
  },
};
