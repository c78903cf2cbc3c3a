/**
 * HubClientInfo, Receiver interface: a hub tells which parties are behind it and how they are (HCI-01 to HCI-08).
 *
 * For hubs only, anyone else finds nothing here (HCI-05). An entry is never removed (HCI-04). The URL names no role
 * although a party has an entry for each: GET answers with the one that came last, or with that of `?role=`.
 */
import type { Finding, Outcome, Owner, Problem, Role } from '../../../db/model.ts';
import type { ClientInfo } from '../../../db/partner-model.ts';
import { CLIENT_INFO_LIMIT } from '../../../db/registry/client-info-store.ts';
import { sameOwner } from '../../../db/registry/owner.ts';
import { type ClientInfoVersion, readClientInfo } from '../../../ingest/client-info.ts';
import type { BodyReader } from '../protocol/body.ts';
import {
  type Answer,
  answerReceipt,
  invalidParameters,
  success,
  unknownObject,
} from '../protocol/envelope.ts';
import { pathId } from '../protocol/path-ids.ts';
import type { OcpiContext, OcpiModule, Resource } from '../resource.ts';
import type { OcpiServices } from '../services.ts';

type Services = Pick<OcpiServices, 'clientInfo' | 'clock'>;

/** The module as a version has it; it is not routed (HCI-08, CRED-25). */
export function hubClientInfoModule(
  services: Services,
  version: ClientInfoVersion,
  readBody: BodyReader,
): OcpiModule {
  return {
    openToRegistration: false,
    routed: false,
    identifier: 'hubclientinfo',
    role: 'RECEIVER',
    path: '/receiver/hubclientinfo',
    resources: receiverHubClientInfo(services, version, readBody),
  };
}

function receiverHubClientInfo(
  { clientInfo, clock }: Services,
  version: ClientInfoVersion,
  readBody: BodyReader,
): Resource[] {
  async function read(ctx: OcpiContext): Promise<Answer> {
    const { hubId, owner } = addressed(ctx);
    const { role } = ctx.query;
    const infos = (await clientInfo.find(hubId, owner)).filter((info) => hasWords(info, version));
    const found = role === undefined ? infos[0] : infos.find((info) => info.role === role);
    if (found === undefined) throw unknownObject('hubclientinfo', 'No such ClientInfo is stored');
    return success({ data: wireOf(found) });
  }

  async function put(ctx: OcpiContext): Promise<Answer> {
    const { hubId, owner } = addressed(ctx);
    const body = await readBody(ctx);
    const reading = readClientInfo(body, version, clock());
    if ('problems' in reading) return rejected('invalid', reading.problems);
    const { info, findings } = reading;
    if (!sameOwner(info.owner, owner)) return rejected('id-mismatch', mismatches(info.owner, owner));
    const kind = await clientInfo.put(hubId, info);
    if (kind === 'full') throw invalidParameters(`Of one hub ${CLIENT_INFO_LIMIT} entries are kept, no more`);
    return answered({ kind }, findings);
  }

  return [{ path: '/:country_code/:party_id', methods: { GET: read, PUT: put } }];
}

/** The hub that calls, and the party of the URL. */
function addressed(ctx: OcpiContext): { hubId: number; owner: Owner } {
  const { connection, partner } = ctx.state;
  if (!partner.isHub) {
    throw unknownObject('hubclientinfo', 'HubClientInfo is taken from hubs, and this connection is none');
  }
  return {
    hubId: connection.id,
    owner: { countryCode: pathId(ctx, 'country_code'), partyId: pathId(ctx, 'party_id') },
  };
}

function answered(outcome: Outcome, findings: readonly Finding[] = []): Answer {
  return answerReceipt('hubclientinfo', { outcome, findings });
}

function rejected(reason: 'invalid' | 'id-mismatch', problems: readonly Problem[]): Answer {
  return answered({ kind: 'rejected', refusal: { reason, problems } });
}

/** Both codes in the body must be those of the URL; CiStrings, so in any case (HCI-03). */
function mismatches(received: Owner, wanted: Owner): Problem[] {
  const pairs = [
    { path: 'country_code', value: wanted.countryCode, other: received.countryCode },
    { path: 'party_id', value: wanted.partyId, other: received.partyId },
  ];
  return pairs.flatMap(({ path, value, other }) =>
    value.toUpperCase() === other
      ? []
      : {
          path,
          rule: 'id-mismatch',
          message: `${path}: must be that of the URL, "${value}", received "${other}"`,
        },
  );
}

/** 2.3.0 has no role HUB (CRED-16): what a hub told while it spoke 2.2.1 is not said to it in 2.3.0. */
function hasWords({ role }: { role: Role }, version: ClientInfoVersion): boolean {
  return version === '2.2.1' || role !== 'HUB';
}

function wireOf({ owner, role, status, lastUpdated }: ClientInfo): object {
  return {
    country_code: owner.countryCode,
    party_id: owner.partyId,
    role,
    status,
    // Whole seconds as most send them.
    last_updated: lastUpdated.toISOString().replace('.000Z', 'Z'),
  };
}
