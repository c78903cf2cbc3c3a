/**
 * The registers of operator IDs that are read on a schedule: URL, times, and what makes the next request a
 * conditional one. A register has one URL, but for the plain table, of which there may be several.
 */
import type { Knex } from 'knex';

/** What a register's answer said of itself, and whom it was about. */
export interface RegisterMemory {
  readonly etag?: string;
  readonly lastModified?: string;
  /** Whose entries the answer held: they are seen again when it has not changed. */
  readonly authorities?: readonly string[];
}

/** A register that is read on a schedule. */
export interface ScheduledRegister {
  readonly register: string;
  readonly url: string;
  /** Cron expression, UTC. */
  readonly schedule: string;
  readonly memory: RegisterMemory;
}

export interface OperatorRegisterStore {
  /** All, by register. */
  list(): Promise<ScheduledRegister[]>;
  find(register: string, url: string): Promise<ScheduledRegister | undefined>;
  /** Keeps a URL with its times. Another one of the same register gives way to it unless there may be several. */
  keep(setting: Omit<ScheduledRegister, 'memory'>, maySeveral: boolean): Promise<void>;
  /** False when it was not scheduled. */
  remove(register: string, url: string): Promise<boolean>;
  /**
   * Remembers what the answer at this URL said, and forgets it of all others that named one of its authorities:
   * their last answer is no longer what stands in the registry.
   *
   * @param url null for a list that came as a file
   */
  remember(url: string | null, memory: RegisterMemory): Promise<void>;
}

const COLUMNS = ['register', 'url', 'schedule', 'memory'] as const;

/** Makes the store of this process. */
export function createOperatorRegisterStore(parts: { knex: Knex; clock: () => Date }): OperatorRegisterStore {
  const { knex, clock } = parts;
  const table = (builder: Knex = knex) => builder<ScheduledRegister>('operator_register');
  return {
    list: () => table().orderBy(['register', 'url']).select(COLUMNS),
    find: (register, url) => table().where({ register, url }).first(COLUMNS),
    keep: ({ register, url, schedule }, maySeveral) =>
      knex.transaction(async (transaction) => {
        if (!maySeveral) await table(transaction).where({ register }).whereNot({ url }).delete();
        await transaction.raw(
          `insert into operator_register (register, url, schedule, created_at)
           values (?, ?, ?, ?)
           on conflict on constraint operator_register_pk do update
              set schedule = excluded.schedule`,
          [register, url, schedule, clock()],
        );
      }),
    remove: async (register, url) => (await table().where({ register, url }).delete()) > 0,
    async remember(url, memory) {
      await knex.raw(
        `update operator_register
            set memory = case when operator_register.url = ?::text then ?::jsonb else '{}' end
          where operator_register.url = ?::text
             or operator_register.memory -> 'authorities' \\?| ?::text[]`,
        [url, JSON.stringify(memory), url, [...(memory.authorities ?? [])]],
      );
    },
  };
}
