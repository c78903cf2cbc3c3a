/**
 * Locations, Receiver interface: a CPO pushes its Locations, EVSEs and Connectors, and reads them back as we
 * hold them, unpublished ones included (LR-01 to LR-22).
 *
 * Nothing is judged here but the URL; the body goes to the pipeline as it is. There is no list (LR-31), no
 * POST and no DELETE (LR-19).
 */
import { readOwnObject } from '../../../db/reads/stored-object.ts';
import { readExportContext } from '../../../exports/dialects/express.ts';
import { locationPart } from '../location-parts.ts';
import type { BodyReader } from '../protocol/body.ts';
import { type Answer, answerReceipt, success, unknownObject } from '../protocol/envelope.ts';
import { pathId, pathOwner } from '../protocol/path-ids.ts';
import type { OcpiContext, Resource } from '../resource.ts';
import type { OcpiServices } from '../services.ts';
import type { VersionRules } from '../versions/version-rules.ts';
import { contributorOf } from './contributor.ts';

const LOCATION = '/:country_code/:party_id/:location_id';

export function receiverLocations(
  services: Pick<OcpiServices, 'pipeline' | 'database' | 'clock'>,
  { dialect }: Pick<VersionRules, 'dialect'>,
  readBody: BodyReader,
): Resource[] {
  const { pipeline, database } = services;

  /** GET of whatever level the URL has (LR-15). */
  async function read(ctx: OcpiContext): Promise<Answer> {
    const owner = pathOwner(ctx);
    const { evse_uid, connector_id } = ctx.params;
    const path = {
      evseUid: evse_uid === undefined ? undefined : pathId(ctx, 'evse_uid'),
      connectorId: connector_id === undefined ? undefined : pathId(ctx, 'connector_id'),
    };
    // From the primary: a CPO that reads after it wrote finds what it wrote.
    const stored = await readOwnObject(database.knex, 'locations', owner, pathId(ctx, 'location_id'));
    if (!stored) throw unknownObject('locations', 'No such Location is stored');
    const asked = { now: services.clock(), audience: 'owner' } as const;
    const context = await readExportContext(database.knex, dialect, [stored], asked);
    const dataText = locationPart(stored, path, dialect, context);
    if (!dataText) throw unknownObject('locations', 'No such Location, EVSE or Connector is stored');
    return success({ dataText });
  }

  /** What every push needs: the voice, the owner and the Location's id. The owner is checked first (E7). */
  function addressed(ctx: OcpiContext) {
    const owner = pathOwner(ctx);
    return [contributorOf(ctx.state, dialect.version), owner, pathId(ctx, 'location_id')] as const;
  }

  async function pushLocation(ctx: OcpiContext, operation: 'putLocation' | 'patchLocation') {
    const target = addressed(ctx);
    const body = await readBody(ctx);
    return answerReceipt('locations', await pipeline[operation](...target, body));
  }

  async function pushEvse(ctx: OcpiContext, operation: 'putEvse' | 'patchEvse') {
    const target = [...addressed(ctx), pathId(ctx, 'evse_uid')] as const;
    const body = await readBody(ctx);
    return answerReceipt('locations', await pipeline[operation](...target, body));
  }

  async function pushConnector(ctx: OcpiContext, operation: 'putConnector' | 'patchConnector') {
    const target = [...addressed(ctx), pathId(ctx, 'evse_uid'), pathId(ctx, 'connector_id')] as const;
    const body = await readBody(ctx);
    return answerReceipt('locations', await pipeline[operation](...target, body));
  }

  return [
    {
      path: LOCATION,
      methods: {
        GET: read,
        PUT: (ctx) => pushLocation(ctx, 'putLocation'),
        PATCH: (ctx) => pushLocation(ctx, 'patchLocation'),
      },
    },
    {
      path: `${LOCATION}/:evse_uid`,
      methods: {
        GET: read,
        PUT: (ctx) => pushEvse(ctx, 'putEvse'),
        PATCH: (ctx) => pushEvse(ctx, 'patchEvse'),
      },
    },
    {
      path: `${LOCATION}/:evse_uid/:connector_id`,
      methods: {
        GET: read,
        PUT: (ctx) => pushConnector(ctx, 'putConnector'),
        PATCH: (ctx) => pushConnector(ctx, 'patchConnector'),
      },
    },
  ];
}
