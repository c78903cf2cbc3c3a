/**
 * Locations, Sender interface: a navigation provider reads the list, and single Locations, EVSEs and
 * Connectors (LS-01 to LS-21). Every connection may read, whatever its role; what an owner does not publish is
 * unknown here (LS-20).
 *
 * An object's URL has no party in it although ids are unique per owner only: the owner is taken from the
 * routing headers or from `country_code` and `party_id` in the query; where neither is given and several
 * objects fit, the answer is 2002 with the candidates (LS-13). In 2.1.1 an id says whose it is (LS-14).
 */
import type { Owner } from '../../../db/model.ts';
import { readExportContext } from '../../../exports/dialects/express.ts';
import { createLocationFinder } from '../../../exports/dialects/find-locations.ts';
import { locationPart } from '../location-parts.ts';
import {
  type Answer,
  invalidParameters,
  notEnoughInformation,
  success,
  unknownObject,
} from '../protocol/envelope.ts';
import { pathId } from '../protocol/path-ids.ts';
import type { OcpiContext, Resource } from '../resource.ts';
import type { OcpiServices } from '../services.ts';
import type { VersionRules } from '../versions/version-rules.ts';
import { senderList } from './sender-list.ts';

export function senderLocations(
  services: Pick<OcpiServices, 'database' | 'config' | 'clock' | 'pushPositions'>,
  rules: Pick<VersionRules, 'dialect' | 'limitHeader'>,
): Resource[] {
  const { dialect } = rules;
  const knex = services.database.readKnex;
  const findLocations = createLocationFinder(knex, dialect);

  async function read(ctx: OcpiContext): Promise<Answer> {
    const { evse_uid, connector_id } = ctx.params;
    const path = {
      evseUid: evse_uid === undefined ? undefined : pathId(ctx, 'evse_uid'),
      connectorId: connector_id === undefined ? undefined : pathId(ctx, 'connector_id'),
    };
    const owner = ctx.state.addressee ?? ownerOfQuery(ctx);
    const locationId = pathId(ctx, 'location_id');
    const stored = await findLocations(locationId, owner);
    const asked = { now: services.clock(), audience: 'partner' } as const;
    const context = await readExportContext(knex, dialect, stored, asked);
    const found = stored.flatMap((location) => {
      const dataText = locationPart(location, path, dialect, context);
      return dataText === null ? [] : [{ location, dataText }];
    });
    const [first] = found;
    if (first === undefined) throw unknownObject('locations', 'No such Location, EVSE or Connector');
    if (found.length > 1) {
      throw notEnoughInformation(
        'Several owners have an object of this id; name one by OCPI-to-* or by ?country_code=..&party_id=..',
        found.map(({ location }) => ({
          country_code: location.owner.countryCode,
          party_id: location.owner.partyId,
          id: location.objectId,
        })),
      );
    }
    return success({ dataText: first.dataText });
  }

  const list = senderList(services, 'locations', rules);
  return [
    { path: '', methods: { GET: list } },
    { path: '/:location_id', methods: { GET: read } },
    { path: '/:location_id/:evse_uid', methods: { GET: read } },
    { path: '/:location_id/:evse_uid/:connector_id', methods: { GET: read } },
  ];
}

/** LS-13 (2). */
function ownerOfQuery(ctx: OcpiContext): Owner | undefined {
  const { country_code: countryCode, party_id: partyId } = ctx.query;
  if (countryCode === undefined && partyId === undefined) return undefined;
  if (typeof countryCode !== 'string' || typeof partyId !== 'string') {
    throw invalidParameters('country_code and party_id: give both, once each, or neither');
  }
  if (!/^[a-z]{2}$/i.test(countryCode) || !/^[a-z0-9]{3}$/i.test(partyId)) {
    throw invalidParameters('country_code has two letters, party_id three letters or digits');
  }
  return { countryCode: countryCode.toUpperCase(), partyId: partyId.toUpperCase() };
}
