/** `nap export build` */
import type { Command } from 'commander';
import { answer, type CommandContext, type CommonOptions, finish, type WithAdmin } from './context.ts';
import { table } from './table.ts';

export function addExportBuild(parent: Command, context: CommandContext, withAdmin: WithAdmin): void {
  const command = parent
    .command('build')
    .description('Build the files of open data now, whether or not anything changed.')
    .argument('[format]', 'one file, e.g. locations.geojson; all when not given')
    .action(async (format: string | undefined, options: CommonOptions) => {
      const built = await withAdmin((admin) => admin.buildExports(format));
      const rows = built.map((report) => [
        ...[
          report.format,
          report.view,
          report.state,
          report.objects,
          report.bytes,
          report.gzipBytes,
          report.seconds,
        ],
      ]);
      const problems = built
        .filter(({ problem }) => problem)
        .map((report) => `${report.format}: ${report.problem}`);
      const header = ['FORMAT', 'VIEW', 'STATE', 'OBJECTS', 'BYTES', 'GZIPPED', 'SECONDS'];
      answer(context, options, built, [table(header, rows), ...problems].join('\n'));
      if (built.some(({ state }) => state === 'failed')) context.exitCode = 1;
    });
  finish(command, 'nap export build locations.geojson');
}
