/** What the subcommands of `nap connection` have in common. */
import { type Command, Option } from 'commander';
import { OCPI_VERSIONS } from '../../db/ocpi-version.ts';
import { CLOCKS, ROLES, STRICTNESSES, TOKEN_FORMS } from '../admin/connection-service.ts';
import type { ConnectionView, IssuedToken } from '../admin/service.ts';
import { fields, table } from './table.ts';

/** Settings of a connection, as options. */
export interface ConnectionOptions {
  readonly role?: string;
  readonly party?: string;
  readonly strictness?: string;
  readonly clock?: string;
  readonly version?: string;
  readonly tokenForm?: string;
  readonly pushOnly?: boolean;
}

/** Adds the settings of a connection to a subcommand. */
export function addConnectionOptions(command: Command): Command {
  return command
    .addOption(new Option('--strictness <how>', 'what to do with faulty input').choices(STRICTNESSES))
    .addOption(new Option('--clock <which>', 'what date_from selects on').choices(CLOCKS))
    .addOption(new Option('--version <version>', 'OCPI version').choices(OCPI_VERSIONS))
    .addOption(new Option('--token-form <form>', 'how we send our token to it').choices(TOKEN_FORMS));
}

export function roleOption(): Option {
  return new Option('--role <role>', 'its OCPI role').choices(ROLES);
}

/** As the admin service takes them. */
export function connectionInput(options: ConnectionOptions): object {
  const { role, party, strictness, clock, version, tokenForm, pushOnly } = options;
  return {
    ...{ role, parties: party, strictness, clock, version },
    ...{ token_form: tokenForm, push_only: pushOnly },
  };
}

export function connectionTable(connections: readonly ConnectionView[]): string {
  if (connections.length === 0) {
    return 'No connection yet. Add one: nap connection add NAME --role CPO --party NL-TNM --static';
  }
  return table(
    ['NAME', 'STATE', 'ROLE', 'PARTIES', 'VERSION', 'STRICTNESS', 'LAST CONTACT', 'FAILED CALLS'],
    connections.map((connection) => [
      connection.name,
      connection.state,
      connection.role,
      connection.parties.join(','),
      connection.version,
      connection.strictness,
      connection.last_contact_at,
      connection.consecutive_failures,
    ]),
  );
}

/** One connection, a line each; what it told us, and of a hub the parties behind it, stand below. */
export function connectionWords({ peer, hub_parties: parties, ...settings }: ConnectionView): string {
  const { versions_url, endpoints = [], roles = [], hub_party_id } = peer ?? {};
  const told = peer ? { peer_versions_url: versions_url, hub_party_id } : {};
  const blocks = [fields({ ...settings, ...told })];
  if (peer) {
    blocks.push(
      table(
        ['ROLE', 'PARTY', 'NAME'],
        roles.map(({ role, party, name }) => [role, party, name]),
      ),
      table(
        ['ENDPOINT', 'SIDE', 'URL'],
        endpoints.map(({ identifier, role, url }) => [identifier, role, url]),
      ),
    );
  }
  if (parties) blocks.push(hubPartyWords(parties));
  return blocks.join('\n\n');
}

function hubPartyWords(parties: NonNullable<ConnectionView['hub_parties']>): string {
  if (parties.length === 0) return 'It has announced no party behind it yet (OCPI HubClientInfo).';
  return table(
    ['BEHIND IT', 'ROLE', 'STATUS', 'LAST UPDATED'],
    parties.map(({ party, role, status, last_updated }) => [party, role, status, last_updated]),
  );
}

export function issuedWords(issued: IssuedToken): string {
  const { name, token, versions_url, registered } = issued;
  if (registered) {
    const { version, source, notes } = registered;
    const pulled =
      source === null ? [] : [`It is pulled by the source ${source}; now: nap source run ${source}`];
    const told = notes.map((note) => `Note: ${note}`);
    return [`Registered with ${name}, in OCPI ${version}.`, ...pulled, ...told].join('\n');
  }
  return [
    fields({ Connection: name, Token: token, 'Versions URL': versions_url }),
    '',
    'Give token and URL to the partner. The token is not shown again;',
    `"nap connection rotate ${name}" makes another, and the former one is dead then.`,
  ].join('\n');
}

/** What a person must know of a token that opens only the handshake. */
export const REGISTRATION_HINT =
  'This is a registration token: it opens only the versions endpoints and the handshake (OCPI credentials), which ' +
  'the partner does with it, once. For a partner that cannot do a handshake, remove the connection and add it ' +
  'again with --static.\n';
