/**
 * Preloaded into a command that ends (`--require`): at its end it writes what the process has cost, as the kernel
 * counts it, to the file that BENCH_COST_FILE names. So nobody has to watch it while it runs.
 */
const { writeFileSync } = require('node:fs');
const { isMainThread } = require('node:worker_threads');

// The figures are those of the whole process, its threads included; these are given the same preload.
if (isMainThread) {
  process.once('exit', () => {
    const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
    const cost = { peakMegabytes: (maxRSS * 1_024) / 1e6, cpuSeconds: (userCPUTime + systemCPUTime) / 1e6 };
    writeFileSync(process.env.BENCH_COST_FILE, JSON.stringify(cost));
  });
}
