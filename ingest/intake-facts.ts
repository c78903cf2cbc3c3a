/**
 * What the findings of intake mean: what was repaired, left out or noted on the way in, before any rule was asked. Each
 * is found where it is done (`repairs/`, `examination.ts`, `validation-rules.ts`, `dialects/`); here stands only what is
 * said of it. Data only; a test holds that nothing is missing.
 */
import type { RuleFacts } from './rule.ts';

type Facts = Omit<RuleFacts, 'id'>;

/** What was mended, by what follows `repair:`. */
const REPAIRS: Readonly<Record<string, string>> = {
  'blanks-trimmed': 'Blanks around a value',
  'boolean-spelling': 'true or false as a text',
  'connector-synonym': 'A Connector standard under another name, such as "Type 2 outlet"',
  'control-characters': 'Tabs, line breaks or other control characters in a text',
  'coordinates-as-string': 'Coordinates as numbers; OCPI has them as texts',
  'coordinates-cut': 'Coordinates with more decimals than OCPI allows',
  'coordinates-padded': 'Coordinates with fewer decimals than OCPI asks for',
  'coordinates-spelling': 'Coordinates in another spelling, such as a decimal comma',
  'country-alpha-2': 'A country as two letters; OCPI has three',
  'country-spelling': 'A country code in lower case or with blanks',
  'currency-spelling': 'A currency in lower case or with blanks',
  'duplicate-dropped': 'The same id twice in one list; the newest stays',
  'empty-to-null': 'An empty text where a value or nothing belongs',
  'end-of-day': '24:00 as the end of a day; OCPI has 00:00',
  'enum-spelling': 'A word of an enumeration in another spelling',
  'hours-dropped': 'Opening hours beside "twentyfourseven: true"',
  'hours-flag': 'Opening hours without "twentyfourseven"',
  'hours-unknown': 'Neither opening hours nor "twentyfourseven: true"',
  'language-spelling': 'A language in another spelling; OCPI has two letters',
  'last-updated-inherited': 'A part without last_updated; it has that of its parent',
  'last-updated-missing': 'An object without last_updated; it is as of its receipt',
  'legacy-name': 'A field under the name that it has in OCPI 2.1.1',
  'list-wrapped': 'A single entry where a list belongs',
  'newer-name': 'A field under the name that it has from OCPI 2.2 on',
  'null-in-list': 'null as an entry of a list',
  'number-rounded': 'A broken number where OCPI has a whole one',
  'number-to-string': 'A number where OCPI has a text',
  'optional-removed': 'An optional value that cannot be read; it was left out',
  'parent-time-lifted': 'A last_updated older than that of a part',
  'postal-code-missing': 'A Location without postal_code, which OCPI 2.1.1 asks for',
  'publish-assumed': 'A Location without publish; taken as published',
  'string-to-number': 'A number as a text',
  'text-cut': 'A text longer than OCPI allows; it was cut',
  'time-of-day-spelling': 'A time of day not written as HH:MM',
  'time-spelling': 'A moment not written as OCPI has it',
  'time-zone-derived': 'A Location without time_zone; it has that of its place',
  'type-unknown': 'A Location without type, which OCPI 2.1.1 asks for',
};

/** Repairs of which there is more to say than of the others. */
const REMARKABLE: Readonly<Record<string, Partial<Facts>>> = {
  'hours-unknown': { afir: 'A14' },
  'last-updated-missing': { source: 'requirements, TR-13 and PC-14' },
  'parent-time-lifted': {
    severity: 'info',
    source: 'requirements, LR-04; OCPI 2.2.1, 8.3.1',
    meaning:
      'An EVSE or Connector is newer than what it is part of. Who asks a Location whether it changed would miss it, ' +
      'so the parent was given the time of its newest part.',
    mend: 'Set last_updated of the EVSE and of the Location whenever anything in them changes.',
  },
  'time-zone-derived': { afir: 'A15' },
};

const REPAIR: Omit<Facts, 'title'> = {
  severity: 'warning',
  afir: null,
  source: 'the specification of the OCPI version that the object came in',
  meaning:
    'The specification does not allow what was sent, and what was meant is plain. It was taken in as the message says; ' +
    'on a connection with strictness "reject" it would have been refused.',
  mend: 'Send it as the specification has it. The message names the place, what was received and what it was taken as.',
};

const LEFT_OUT: Omit<Facts, 'title'> = {
  severity: 'error',
  afir: null,
  source: 'requirements, LR-32',
  meaning:
    'It breaks the specification in a way that cannot be mended, so it was left out and the rest of the Location was ' +
    'taken. What the registry knew of it before stays.',
  mend: 'Correct what the message names, and send the Location again.',
};

const NOTED: Readonly<Record<string, Facts>> = {
  'hours-across-midnight': {
    severity: 'info',
    title: 'Opening hours end before they begin',
    afir: 'A14',
    source: 'OCPI 2.2.1, 8.4.11',
    meaning: 'They are taken as hours across midnight. Not every reader does so.',
    mend: 'Split them at midnight: until 00:00, and from 00:00 on the next day.',
  },
  'last-updated-in-the-future': {
    severity: 'warning',
    title: 'last_updated lies in the future',
    afir: null,
    source: 'requirements, LR-26',
    meaning:
      'A clock is wrong, or a local time was sent as UTC. Such a time orders nothing: the next update is taken whatever ' +
      'its time.',
    mend: 'Set the clock of your platform by NTP, and send UTC.',
  },
  'publish-allowed-to-ignored': {
    severity: 'info',
    title: 'A published Location has publish_allowed_to',
    afir: null,
    source: 'OCPI 2.2.1, 8.3.1',
    meaning: 'The list counts only for Locations that are not published; for this one it is without effect.',
    mend: 'Leave publish_allowed_to out, or set publish to false.',
  },
  'reservation-dimension': {
    severity: 'info',
    title: 'A price for reservations is neither FLAT nor TIME',
    afir: null,
    source: 'OCPI 2.2.1, 11.4.6',
    meaning: 'While a place is reserved no energy flows and nobody parks: the component never applies.',
    mend: 'Price reservations by FLAT or TIME.',
  },
  'time-zone-derived': {
    severity: 'info',
    title: 'A Location without time_zone',
    afir: 'A15',
    source: 'OCPI 2.1.1, 8.3.1: time_zone is optional',
    meaning: 'It was given the zone of its place. Later versions ask for it.',
    mend: 'Send the IANA name of the zone, e.g. Europe/Amsterdam.',
  },
  'unknown-enum-value': {
    severity: 'info',
    title: 'A word that the version does not know',
    afir: null,
    source: 'requirements, ENV-15',
    meaning: 'It is kept as it is, and readers may not know what to make of it.',
    mend: 'Use a word of the enumeration. Of 2.3.0, or of your own, it may be right: then nothing has to be mended.',
  },
};

/** Everything that intake may note about an object. */
export const INTAKE_FACTS: readonly RuleFacts[] = [
  ...Object.entries(REPAIRS).map(([name, title]) =>
    facts(`repair:${name}`, { ...REPAIR, title, ...REMARKABLE[name] }),
  ),
  facts('left-out:connector', { ...LEFT_OUT, title: 'A Connector was left out' }),
  facts('left-out:evse', { ...LEFT_OUT, title: 'An EVSE was left out' }),
  ...Object.entries(NOTED).map(([id, noted]) => facts(id, noted)),
];

function facts(id: string, rest: Facts): RuleFacts {
  return { id, ...rest };
}
