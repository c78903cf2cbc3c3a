/** Tells the ID of a charging contract, which belongs to a person, from that of an EVSE. Pure. */

/** ISO 15118 contract ID: country, provider, C, eight characters, and perhaps the check digit. */
const CONTRACT_ID = /^[A-Z]{2}[-*]?[A-Z0-9]{3}[-*]?C[A-Z0-9]{8}([-*]?[A-Z0-9])?$/i;

/** Whether a text reads like a contract ID. */
export function isContractId(text: string): boolean {
  return CONTRACT_ID.test(text.trim());
}
