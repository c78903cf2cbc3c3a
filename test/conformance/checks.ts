/** All checks. A row may have several; each runs once for each version. */
import type { Check } from './check.ts';
import { acrossVersionsChecks } from './checks/across-versions.ts';
import { authorizationChecks } from './checks/authorization.ts';
import { credentialsChecks } from './checks/credentials.ts';
import { begunCredentialsChecks } from './checks/credentials-begun.ts';
import { refusedCredentialsChecks } from './checks/credentials-refused.ts';
import { envelopeChecks } from './checks/envelope.ts';
import { hubChecks } from './checks/hubs.ts';
import { listChecks } from './checks/lists.ts';
import { locationsReceiverChecks } from './checks/locations-receiver.ts';
import { openDataChecks } from './checks/open-data.ts';
import { mergeChecks, pullClientChecks } from './checks/pull-client.ts';
import { pushChecks } from './checks/pushes.ts';
import { routingChecks } from './checks/routing.ts';
import { tariffsReceiverChecks } from './checks/tariffs-receiver.ts';
import { versionsChecks } from './checks/versions.ts';

export const CHECKS: readonly Check[] = [
  ...authorizationChecks,
  ...envelopeChecks,
  ...versionsChecks,
  ...credentialsChecks,
  ...refusedCredentialsChecks,
  ...begunCredentialsChecks,
  ...routingChecks,
  ...locationsReceiverChecks,
  ...tariffsReceiverChecks,
  ...listChecks,
  ...pullClientChecks,
  ...mergeChecks,
  ...openDataChecks,
  ...hubChecks,
  ...pushChecks,
  ...acrossVersionsChecks,
];
