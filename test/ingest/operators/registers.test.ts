/** Each register's list as it is published, with invented operators, and the contract that all of them keep. */
import { expect } from 'chai';
import type { OperatorRole } from '../../../db/model.ts';
import { discoverRegisters } from '../../../ingest/operators/discover-registers.ts';
import type { OperatorRegister, RegisterDocument } from '../../../ingest/operators/operator-register.ts';
import type { RegisterRow } from '../../../ingest/operators/register-row.ts';
import { failureOf } from '../../support/failure.ts';

/** A document at hand, with no parameters that would matter. */
function document(body: string | Buffer): RegisterDocument {
  return { where: 'the list', isUrl: false, load: async () => Buffer.from(body as string) };
}

const LISTS: Readonly<Record<string, string>> = {
  benelux: [
    '"Company Name","Operator-ID (CPO)","Provider-ID (MSP)",Website',
    '"First, Charging BV","BE*F1R - NL*F1R - LU*F1R","BE-F1R - NL-F1R",www.first.example',
    '"Second NV/SA",/,"BE-SEC - BE-2ND",https://second.example/',
    '"Third BV","NL*TOOLONG - NL*TRD",,not a website',
    '"Fourth BV","FR*FOU",/,',
    'Fifth BV,NL*FIF',
  ].join('\r\n'),
  afirev: JSON.stringify({
    data: [
      { prefixId: 'FR001', name: 'Première', type: 'CHARGE', status: 'ACTIVE', contact: 'Mme Personne' },
      { prefixId: 'FRBTH', name: 'Les deux', type: 'BOTH', status: 'AWAITING_PAYMENT' },
      { prefixId: 'FRMOB', name: 'Mobile', type: 'MOBILITY', status: 'SUSPENDED' },
      {
        prefixId: 'FRUNI',
        name: "Unité d'exploitation liée au préfixe FRUNI",
        exploitantName: 'EXPLOITANT',
        type: 'CHARGE',
        status: 'INACTIVE',
      },
      {
        prefixId: 'FRNON',
        name: "Unité d'exploitation liée au préfixe FRNON",
        type: 'CHARGE',
        status: 'NEW',
      },
      { prefixId: 'FRTYP', name: 'Type', type: 'constructor', status: 'ACTIVE' },
    ],
    total: 6,
  }),
  austria: JSON.stringify([
    {
      operatorId: 'EVA',
      type: 'ORGANIZATION',
      organization: ' EVA\tGmbH ',
      firstName: 'Eva',
      lastName: 'Muster',
    },
    { operatorId: '009', type: 'PERSON', organization: 'Max Muster', firstName: 'Max', lastName: 'Muster' },
    { operatorId: 'AT*WHL', type: 'ORGANIZATION', organization: 'Whole' },
    { operatorId: null, type: 'ORGANIZATION', organization: 'Nobody' },
  ]),
  bdew: JSON.stringify({
    cpo: [
      { Id: 1, Code: 'DE ERS', Company: '\tErste Gesellschaft' },
      { Id: 2, Code: 'DE*ZWO', Company: '"Zweite GmbH"' },
    ],
    emsp: [
      { Id: 3, Code: 'DE ERS', Company: 'Eine andere' },
      { Id: 4, Code: 'DE ER', Company: 'Kurz' },
    ],
  }),
  evroam: JSON.stringify({
    items: [
      {
        title: 'FIRST LTD',
        operatorId: 'GB*F1R',
        serviceProviderId: 'GB-F1R',
        operatorIdIE: 'IE*F1R',
        serviceProviderIdIE: 'IE-F1R',
        website: 'https://first.example',
        contact: 'John Person',
      },
      { title: 'Second Ltd', serviceProviderId: 'GB-SEC' },
      { title: 'Third Ltd', operatorId: 'GB*TOO-LONG', website: 'not a url' },
    ],
  }),
  eipa: [
    '\ufeffNazwa;operator;dostawca;Miejscowość;Państwo;"Strona www";"Data rejestracji"',
    '"Pierwsza Sp. z o.o.";PL-P1R;PL-P1R;Łódź;Polska;http://pierwsza.example/;2018-12-17T11:56:25+01:00',
    '"Obca S.A.";FR-OBC;FR-OBC;Paryż;Francja;;2023-06-12T09:20:36+02:00',
    '"Stan na dzień: 2026-06-15T07:56:36+02:00";;;;;;',
  ].join('\n'),
  table: [
    'authority,country_code,operator_id,role,status,name,website,contact',
    'es-first,ES,ABC,CPO,ACTIVE,Primera,https://primera.example,Señor Persona',
    'es-first,ES,ABC,EMSP,,Primera,,',
    ',se,abc,cpo,inactive,,,',
    'se-x,SE,ALEG,CPO,ACTIVE,Four,,',
    'se-x,SE,FOU,HUB,ACTIVE,Role,,',
  ].join('\n'),
};

/** `NL*TNM CPO ACTIVE Name website`, and the faults. */
interface Reading {
  entries: string[];
  problems: string[];
  rows: RegisterRow[];
}

async function read(register: OperatorRegister, given: RegisterDocument): Promise<Reading> {
  const rows: RegisterRow[] = [];
  for await (const row of register.read(given)) rows.push(row);
  return {
    rows,
    entries: rows.flatMap((row) =>
      row.entries.map(({ countryCode, operatorId, role, status, name, website }) =>
        [`${countryCode}*${operatorId}`, role, status, name, website, row.authority]
          .filter((part) => part !== null)
          .join(' '),
      ),
    ),
    problems: rows.flatMap((row) =>
      row.problems.map(({ message, received }) => `${row.place}: ${message.split(':')[0]} [${received}]`),
    ),
  };
}

describe('The registers of operator IDs', () => {
  let registers: ReadonlyMap<string, OperatorRegister>;
  before(async () => {
    registers = await discoverRegisters();
  });
  const registerOf = (authority: string) => registers.get(authority) as OperatorRegister;
  const reading = (authority: string) => read(registerOf(authority), document(LISTS[authority] as string));

  it('are those of the contract, and each has a list in this test', () => {
    const names = ['afirev', 'austria', 'bdew', 'benelux', 'eipa', 'evroam', 'table'];
    expect([...registers.keys()]).to.deep.equal(names);
    expect(Object.keys(LISTS).sort()).to.deep.equal(names);
  });

  it('benelux: reads all IDs of a company in three countries, and `/` for none', async () => {
    const { entries, problems } = await reading('benelux');
    const first = 'ACTIVE First, Charging BV www.first.example';
    expect(entries).to.deep.equal([
      ...['BE*F1R', 'NL*F1R', 'LU*F1R'].map((id) => `${id} CPO ${first}`),
      ...['BE*F1R', 'NL*F1R'].map((id) => `${id} EMSP ${first}`),
      'BE*SEC EMSP ACTIVE Second NV/SA https://second.example/',
      'BE*2ND EMSP ACTIVE Second NV/SA https://second.example/',
      'NL*TRD CPO ACTIVE Third BV',
    ]);
    expect(problems).to.deep.equal([
      'line 4: is no operator ID [NL*TOOLONG]',
      'line 4: is no address of a website [not a website]',
      'line 5: is no ID of BE, NL, LU [FR*FOU]',
      'line 6: has 2 cells, not as many as the head []',
    ]);
  });

  it('afirev: reads types and states; BOTH gives two entries', async () => {
    const { entries, problems } = await reading('afirev');
    expect(entries).to.deep.equal([
      'FR*001 CPO ACTIVE Première',
      'FR*BTH CPO RESERVED Les deux',
      'FR*BTH EMSP RESERVED Les deux',
      'FR*MOB EMSP SUSPENDED Mobile',
      'FR*UNI CPO INACTIVE EXPLOITANT',
      'FR*NON CPO UNKNOWN',
    ]);
    expect(problems).to.deep.equal([
      'item 5: has a state that is not known [NEW]',
      'item 6: has a type that is none of CHARGE, MOBILITY, BOTH [constructor]',
    ]);
  });

  it('afirev: refuses a list that says that it is longer', async () => {
    const cut = JSON.stringify({ data: JSON.parse(LISTS.afirev as string).data.slice(0, 3), total: 6 });
    const failure = await failureOf(read(registerOf('afirev'), document(cut)));
    expect(failure.message).to.equal('the list is not complete: it has 3 of its 6 prefixes');
  });

  it('austria: takes the IDs of persons without their names', async () => {
    const { entries, problems } = await reading('austria');
    expect(entries).to.deep.equal([
      'AT*EVA CPO ACTIVE EVA GmbH',
      'AT*009 CPO ACTIVE',
      'AT*WHL CPO ACTIVE Whole',
    ]);
    expect(problems).to.deep.equal(['item 4: is no operator ID [AT*]']);
  });

  it('bdew: reads both lists of a file, where one code may be two companies', async () => {
    const { entries, problems } = await reading('bdew');
    expect(entries).to.deep.equal([
      'DE*ERS CPO ACTIVE Erste Gesellschaft',
      'DE*ZWO CPO ACTIVE Zweite GmbH',
      'DE*ERS EMSP ACTIVE Eine andere',
    ]);
    expect(problems).to.deep.equal(['EMSP record 2: is no operator ID [DE ER]']);
  });

  it('evroam: reads the IDs of both countries', async () => {
    const { entries, problems } = await reading('evroam');
    const first = 'ACTIVE FIRST LTD https://first.example';
    expect(entries).to.deep.equal([
      `GB*F1R CPO ${first}`,
      `GB*F1R EMSP ${first}`,
      `IE*F1R CPO ${first}`,
      `IE*F1R EMSP ${first}`,
      'GB*SEC EMSP ACTIVE Second Ltd',
    ]);
    expect(problems).to.deep.equal(['item 3: is no operator ID [GB*TOO-LONG]']);
  });

  it('eipa: reads what it gives out, and neither foreign IDs nor its last row', async () => {
    const { entries, problems, rows } = await reading('eipa');
    const first = 'ACTIVE Pierwsza Sp. z o.o. http://pierwsza.example/';
    expect(entries).to.deep.equal([`PL*P1R CPO ${first}`, `PL*P1R EMSP ${first}`]);
    expect(problems).to.deep.equal(['line 3: is no ID of PL [FR-OBC]']);
    expect(rows).to.have.length(2);
  });

  it('table: keeps the authority of each row, in whatever order the columns are', async () => {
    const { entries, problems } = await reading('table');
    expect(entries).to.deep.equal([
      'ES*ABC CPO ACTIVE Primera https://primera.example es-first',
      'ES*ABC EMSP UNKNOWN Primera es-first',
      'SE*ABC CPO INACTIVE table',
    ]);
    expect(problems).to.deep.equal([
      'line 3: has a state that is none of ACTIVE, INACTIVE, SUSPENDED, RESERVED, UNKNOWN []',
      'line 5: is no operator ID [SE*ALEG]',
      'line 6: has a role that is none of CPO, EMSP [HUB]',
    ]);
  });

  for (const authority of Object.keys(LISTS)) {
    it(`${authority}: gives entries with roles and texts of its own countries, each with what stood there`, async () => {
      const { countries } = registerOf(authority);
      const { rows } = await reading(authority);
      const roles: readonly OperatorRole[] = ['CPO', 'EMSP'];
      for (const row of rows) {
        expect(() => JSON.parse(row.raw)).not.to.throw();
        for (const entry of row.entries) {
          expect(entry.role).to.be.oneOf(roles);
          if (countries) expect(entry.countryCode).to.be.oneOf([...countries]);
          expect(row.raw.toUpperCase()).to.contain(entry.operatorId);
        }
      }
    });

    it(`${authority}: keeps no name of a person`, async () => {
      const { rows } = await reading(authority);
      const kept = JSON.stringify(rows);
      for (const person of ['Personne', 'Muster', 'John Person', 'Señor Persona']) {
        expect(kept).not.to.contain(person);
      }
    });

    const bad: [string, string | Buffer, RegExp][] = [
      ['an HTML page', '<!DOCTYPE html><html><body>Sorry</body></html>', /is an HTML or XML page/],
      ['an empty answer', ' \n', /is empty/],
      ['another encoding', Buffer.from('Ma\xefs', 'latin1'), /is not in UTF-8/],
      [
        'text in UTF-16',
        Buffer.from(`\ufeff${LISTS[authority]}`, 'utf16le'),
        /is not in UTF-8|is not JSON|other columns/,
      ],
      ['other JSON', '{"error":{"data":[]}}', /other form|other columns/],
      ['other columns', 'id,owner\n1,me\n', /is not JSON|other columns/],
      ['a list of something else', '[{"id":1}]', /other form|other fields|other columns/],
    ];
    for (const [what, body, reason] of bad) {
      it(`${authority}: says what is wrong with ${what}`, async () => {
        const failure = await failureOf(read(registerOf(authority), document(body)));
        expect(failure.name).to.equal('RegisterError');
        expect(failure.message).to.match(reason);
      });
    }
  }
});
