/**
 * Mocha's spec reporter that also leaves its counts in the file named by MOCHA_COUNTS, as JSON, for .ci/run to
 * add up. Hooks that fail count as failures, as Mocha counts them itself.
 *
 * CommonJS, because Mocha takes reporters by `require`.
 */
const { writeFileSync } = require('node:fs');
const Mocha = require('mocha');

module.exports = class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    runner.once(Mocha.Runner.constants.EVENT_RUN_END, () => {
      const file = process.env.MOCHA_COUNTS;
      if (file) {
        const { passes, failures, pending } = this.stats;
        writeFileSync(file, JSON.stringify({ passed: passes, failed: failures, pending }));
      }
    });
  }
};
