/**
 * Cron expressions, as node-cron reads them: five fields (minute, hour, day of month, month, day of week), six
 * with seconds in front, or a name such as `@hourly`. Times are UTC. Pure.
 */
import { validateDetailed } from 'node-cron';

/** Longest expression that is looked at. */
const LENGTH_LIMIT = 200;

/** What is wrong with a cron expression, in a sentence; null when it can be used. */
export function cronProblem(expression: string): string | null {
  const shown = `"${expression.slice(0, LENGTH_LIMIT)}"`;
  const help = `Write five fields (minute, hour, day of month, month, day of week; UTC) such as '*/15 * * * *'.`;
  if (expression.length > LENGTH_LIMIT) return `${shown} is too long for a schedule. ${help}`;
  const { valid, errors } = validateDetailed(expression);
  if (valid) return null;
  const reasons = errors.map(({ message }) => message).join('; ');
  return `${shown} is no schedule: ${reasons}. ${help}`;
}
