/** Enumerations and codes that are spelled in another way but can mean one thing only. */
import { closestValue, spellingKey } from '../validation-message.ts';
import { toAlpha3 } from './countries.ts';
import { type Step, takenAs } from './step.ts';

/**
 * Names for connectors that feeds use and no version lists, by their letters and digits. Only where one meaning is
 * evident: a bare "CCS" or "Tesla" is two plugs each, so it is not here.
 */
const CONNECTOR_SYNONYMS: Readonly<Record<string, string>> = {
  // "Type 2 outlet" (PowerGo); type 2 is the trade name of IEC 62196 type 2, outlet or cable is said by `format`.
  type2: 'IEC_62196_T2',
  type2outlet: 'IEC_62196_T2',
  type2socket: 'IEC_62196_T2',
  iec62196type2: 'IEC_62196_T2',
  // The 2 names the type 2 combination, which the bare "CCS" leaves open.
  ccs2: 'IEC_62196_T2_COMBO',
  combo2: 'IEC_62196_T2_COMBO',
  ccscombo2: 'IEC_62196_T2_COMBO',
  // The German household plug is CEE 7/4, DOMESTIC_F.
  schuko: 'DOMESTIC_F',
};

/** Another spelling of one value, or an evident synonym. */
export const repairEnumeration: Step = (place) => {
  const { rule, received, values, typeName } = place.finding;
  if (rule !== 'enum' || typeof received !== 'string') return false;
  const spelled = closestValue(received, values);
  if (spelled !== undefined) return place.set('repair:enum-spelling', spelled, takenAs(received, spelled));
  const synonym = typeName === 'ConnectorType' ? CONNECTOR_SYNONYMS[spellingKey(received)] : undefined;
  if (synonym === undefined) return false;
  return place.set('repair:connector-synonym', synonym, takenAs(received, synonym));
};

/** Country, currency and language codes in another case or another of their standards. */
export const repairCodes: Step = (place) => {
  const { typeName, received } = place.finding;
  if (typeof received !== 'string') return false;
  const text = received.trim();
  if (typeName === 'Country') {
    const alpha3 = toAlpha3(text);
    if (alpha3 === null || alpha3 === received) return false;
    const rule = text.length === 2 ? 'repair:country-alpha-2' : 'repair:country-spelling';
    return place.set(rule, alpha3, takenAs(received, alpha3));
  }
  if (typeName === 'Currency' && /^[A-Za-z]{3}$/.test(text)) {
    return place.set('repair:currency-spelling', text.toUpperCase(), takenAs(received, text.toUpperCase()));
  }
  // "nl-NL" names the language and the country; OCPI asks for the language.
  const language =
    typeName === 'Language' ? /^([A-Za-z]{2})(?:[-_][A-Za-z0-9_-]+)?$/.exec(text)?.[1] : undefined;
  if (language === undefined) return false;
  return place.set(
    'repair:language-spelling',
    language.toLowerCase(),
    takenAs(received, language.toLowerCase()),
  );
};
