/**
 * Tariffs, Receiver interface: a CPO pushes, reads back and deletes its Tariffs (TR-01 to TR-07). No POST, and PATCH
 * only where the version has it (TR-05, TR-06).
 */
import { readOwnObject } from '../../../db/reads/stored-object.ts';
import { express } from '../../../exports/dialects/express.ts';
import type { BodyReader } from '../protocol/body.ts';
import { type Answer, answerReceipt, success, unknownObject } from '../protocol/envelope.ts';
import { pathId, pathOwner } from '../protocol/path-ids.ts';
import type { Handler, OcpiContext, Resource } from '../resource.ts';
import type { OcpiServices } from '../services.ts';
import type { VersionRules } from '../versions/version-rules.ts';
import { contributorOf } from './contributor.ts';

export function receiverTariffs(
  services: Pick<OcpiServices, 'pipeline' | 'database' | 'clock'>,
  { dialect, patchesTariffs }: Pick<VersionRules, 'dialect' | 'patchesTariffs'>,
  readBody: BodyReader,
): Resource[] {
  const { pipeline, database } = services;

  async function read(ctx: OcpiContext): Promise<Answer> {
    const owner = pathOwner(ctx);
    const stored = await readOwnObject(database.knex, 'tariffs', owner, pathId(ctx, 'tariff_id'));
    const asked = { now: services.clock(), audience: 'owner' } as const;
    const [dataText] = await express(database.knex, dialect, 'tariffs', stored ? [stored] : [], asked);
    if (!dataText) throw unknownObject('tariffs', 'No such Tariff is stored');
    return success({ dataText });
  }

  async function push(ctx: OcpiContext, operation: 'putTariff' | 'patchTariff'): Promise<Answer> {
    const owner = pathOwner(ctx);
    const tariffId = pathId(ctx, 'tariff_id');
    const by = contributorOf(ctx.state, dialect.version);
    const body = await readBody(ctx);
    return answerReceipt('tariffs', await pipeline[operation](by, owner, tariffId, body));
  }

  async function remove(ctx: OcpiContext): Promise<Answer> {
    const owner = pathOwner(ctx);
    const by = contributorOf(ctx.state, dialect.version);
    return answerReceipt('tariffs', await pipeline.deleteTariff(by, owner, pathId(ctx, 'tariff_id')));
  }

  const put: Handler = (ctx) => push(ctx, 'putTariff');
  const patch: Handler = (ctx) => push(ctx, 'patchTariff');
  return [
    {
      path: '/:country_code/:party_id/:tariff_id',
      methods: { GET: read, PUT: put, ...(patchesTariffs ? { PATCH: patch } : {}), DELETE: remove },
    },
  ];
}
