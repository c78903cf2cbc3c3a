/** The part of the socket's client that is about data quality. */
import type { QualityAdmin } from './quality-wishes.ts';

type Ask = <T>(method: string, path: string, body?: object) => Promise<T>;

export function qualityClient(ask: Ask): QualityAdmin {
  const webhook = (connection: string) => `/admin/quality/webhooks/${encodeURIComponent(connection)}`;
  return {
    qualityReport: (input) => ask('GET', `/admin/quality${queryOf(input)}`),
    qualityOfParty: (party, input) =>
      ask('GET', `/admin/quality/parties/${encodeURIComponent(party)}${queryOf(input)}`),
    waive: (input) => ask('POST', '/admin/quality/waivers', input),
    listWaivers: () => ask('GET', '/admin/quality/waivers'),
    endWaiver: (input) => ask('DELETE', `/admin/quality/waivers${queryOf(input)}`),
    setPolicy: (input) => ask('POST', '/admin/policies', input),
    listPolicies: () => ask('GET', '/admin/policies'),
    setWebhook: (connection, input) => ask('PUT', webhook(connection), input),
    showWebhook: (connection) => ask('GET', webhook(connection)),
    removeWebhook: (connection) => ask('DELETE', webhook(connection)),
  };
}

function queryOf(input: object): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(input)) {
    if (value !== undefined) parameters.set(name, String(value));
  }
  return parameters.size === 0 ? '' : `?${parameters}`;
}
