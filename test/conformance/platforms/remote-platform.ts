/**
 * Any OCPI platform, seen with one token: what can be asked with it is asked, the rest is not covered, with the
 * reason. Nothing is written unless a party is named that the token may push for.
 */
import { type Given, NEEDS, type Need, NotCovered } from '../check.ts';
import type { Party } from '../objects.ts';
import type { OcpiVersion } from '../rows/row.ts';
import { NOBODY, Speaker } from '../speaker.ts';
import type { Platform } from './platform.ts';

export interface RemoteSettings {
  /** Of its versions. */
  readonly url: string;
  readonly token: string;
  /** Whom the token may push for. */
  readonly party?: Party;
}

export function remotePlatform({ url, token, party }: RemoteSettings): Platform {
  const speakers = new Map<OcpiVersion, Speaker>();

  function speaker(version: OcpiVersion): Speaker {
    const known = speakers.get(version);
    if (known) return known;
    const made = new Speaker({ versionsUrl: url, token, version, party: party ?? NOBODY });
    speakers.set(version, made);
    return made;
  }

  const offers = async (version: OcpiVersion) =>
    (await speaker(version).versions()).some((listed) => listed.version === version);

  async function reader(version: OcpiVersion): Promise<Speaker> {
    if (await offers(version)) return speaker(version);
    throw new NotCovered(`${version} is not offered`);
  }

  return {
    name: url,
    followsDecisions: false,
    offers,
    async give<N extends Need>(need: N, version: OcpiVersion): Promise<Given[N]> {
      if (need === 'reader') return reader as Given[N];
      const met = need === 'caller' || need === 'provider' || (need === 'cpo' && party !== undefined);
      if (!met) throw new NotCovered(NEEDS[need]);
      return speaker(version) as Given[N];
    },
    stop: async () => undefined,
  };
}
