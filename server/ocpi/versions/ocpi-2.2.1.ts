/**
 * OCPI 2.2.1 as it is spoken here: its modules. A new version is a file like this one, with its schemas and
 * dialects, in the list of `routes.ts`.
 */
import { ocpi221 } from '../../../exports/dialects/ocpi-2.2.1.ts';
import { credentialsModule } from '../credentials/credentials-module.ts';
import type { BodyReader } from '../protocol/body.ts';
import { receiverLocations } from '../receiver/receiver-locations.ts';
import { receiverTariffs } from '../receiver/receiver-tariffs.ts';
import type { OcpiVersion } from '../resource.ts';
import { senderLocations } from '../sender/sender-locations.ts';
import { senderTariffs } from '../sender/sender-tariffs.ts';
import type { OcpiServices } from '../services.ts';

/** @param readBody shared by all versions, since its budget is */
export function version221(services: OcpiServices, readBody: BodyReader): OcpiVersion {
  const routed = { openToRegistration: false, routed: true } as const;
  return {
    version: '2.2.1',
    modules: [
      credentialsModule(services, { version: '2.2.1', versionsPath: '/ocpi/versions' }, readBody),
      {
        ...routed,
        identifier: 'locations',
        role: 'SENDER',
        path: '/sender/locations',
        resources: senderLocations(services, ocpi221),
      },
      {
        ...routed,
        identifier: 'locations',
        role: 'RECEIVER',
        path: '/receiver/locations',
        resources: receiverLocations(services, ocpi221, readBody),
      },
      {
        ...routed,
        identifier: 'tariffs',
        role: 'SENDER',
        path: '/sender/tariffs',
        resources: senderTariffs(services, ocpi221),
      },
      {
        ...routed,
        identifier: 'tariffs',
        role: 'RECEIVER',
        path: '/receiver/tariffs',
        resources: receiverTariffs(services, ocpi221, readBody),
      },
    ],
  };
}
