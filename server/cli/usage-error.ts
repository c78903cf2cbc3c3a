/** Wrong use of the command: exit code 2. */
import { AdminError } from '../admin/admin-error.ts';

export function usageError(message: string): AdminError {
  return new AdminError('usage', message);
}
