/** What checks expect again and again, with messages that show the answer. */
import { expect } from 'chai';
import type { OcpiResponse } from '../support/ocpi-client.ts';

/** `2026-11-27T10:00:00Z`, with or without fractions. */
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/;
/** Bytes of an answer that a message quotes. */
const QUOTED = 300;

/** HTTP status, and `status_code` of the envelope. */
export function expectAnswer(response: OcpiResponse, http: number, ocpi?: number): void {
  const shown = `${response.status} ${response.text.slice(0, QUOTED)}`;
  expect(response.status, shown).to.equal(http);
  if (ocpi !== undefined) expect(response.body?.status_code, shown).to.equal(ocpi);
}

/** Done: 200 or 201, and 1000. */
export function expectDone(response: OcpiResponse): void {
  const shown = `${response.status} ${response.text.slice(0, QUOTED)}`;
  expect(response.status, shown).to.be.oneOf([200, 201]);
  expect(response.body?.status_code, shown).to.equal(1000);
}

/** An envelope as ENV-01 and ENV-02 want it, whatever it says. */
export function expectEnvelope(response: OcpiResponse, where: string): void {
  expect(response.headers['content-type'], where).to.match(/^application\/json\b/);
  expect(response.body, `${where}: ${response.text.slice(0, QUOTED)}`).to.be.an('object');
  expect(response.body.status_code, where).to.be.within(1000, 4999);
  expect(response.body.timestamp, where).to.match(TIMESTAMP);
}
