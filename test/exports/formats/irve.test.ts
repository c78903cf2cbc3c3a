/**
 * The French files against the constraints of their schemas (`schema-irve-statique`, `schema-irve-dynamique` 2.3),
 * written down here from the schemas' fields.
 */
import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import fc from 'fast-check';
import { irveDynamiqueCsv } from '../../../exports/formats/irve-dynamique-csv.ts';
import { irveStatiqueCsv } from '../../../exports/formats/irve-statique-csv.ts';
import { buildConnector, buildEvse, type Overrides } from '../../support/builders.ts';
import { publicLocation, readWritten } from './objects.ts';

type Row = Record<string, string>;

const BOOLEAN = /^(true|false)$/;
const STATIC_ID = /^([A-Z]{2}[A-Z0-9]{4,33}|Non concerné)$/;

/** What a cell that the static schema requires must be. */
const REQUIRED: Readonly<Record<string, RegExp>> = {
  contact_operateur: /^[^@ ]+@[^@ ]+\.[a-z]+$/,
  nom_enseigne: /\S/,
  id_station_itinerance: STATIC_ID,
  nom_station: /\S/,
  implantation_station:
    /^(Voirie|Parking public|Parking privé à usage public|Parking privé réservé à la clientèle|Station dédiée à la recharge rapide)$/,
  adresse_station: /\S/,
  coordonneesXY: /^\[-?\d+\.\d+,-?\d+\.\d+\]$/,
  nbre_pdc: /^\d+$/,
  id_pdc_itinerance: STATIC_ID,
  puissance_nominale: /^\d+(\.\d+)?$/,
  prise_type_ef: BOOLEAN,
  prise_type_2: BOOLEAN,
  prise_type_combo_ccs: BOOLEAN,
  prise_type_chademo: BOOLEAN,
  prise_type_autre: BOOLEAN,
  paiement_acte: BOOLEAN,
  condition_acces: /^(Accès libre|Accès réservé)$/,
  reservation: BOOLEAN,
  horaires: /^(.*?)((\d{1,2}:\d{2})-(\d{1,2}:\d{2})|24\/7)$/,
  accessibilite_pmr: /^(Réservé PMR|Accessible mais non réservé PMR|Non accessible|Accessibilité inconnue)$/,
  restriction_gabarit: /\S/,
  station_deux_roues: BOOLEAN,
  date_maj: /^\d{4}-\d{2}-\d{2}$/,
};

const STATIC_COLUMNS =
  'nom_amenageur,siren_amenageur,contact_amenageur,nom_operateur,contact_operateur,telephone_operateur,nom_enseigne,id_station_itinerance,id_station_local,nom_station,implantation_station,adresse_station,code_insee_commune,coordonneesXY,nbre_pdc,id_pdc_itinerance,id_pdc_local,puissance_nominale,prise_type_ef,prise_type_2,prise_type_combo_ccs,prise_type_chademo,prise_type_autre,gratuit,paiement_acte,paiement_cb,paiement_autre,tarification,condition_acces,reservation,horaires,accessibilite_pmr,restriction_gabarit,station_deux_roues,raccordement,num_pdl,date_mise_en_service,observations,date_maj,cable_t2_attache';

/** A Location of which all that the schema requires is known. */
const COMPLETE = {
  country_code: 'FR',
  party_id: 'A68',
  id: 'FR*A68*P68021*001',
  country: 'FRA',
  parking_type: 'ON_STREET',
  opening_times: { twentyfourseven: true },
  evses: [buildEvse({ uid: 'U1', evse_id: 'FR*A68*E68021*001*1' })],
};

async function staticRows(overrides: Overrides): Promise<Row[]> {
  const { objects } = await readWritten(irveStatiqueCsv, [publicLocation({ ...COMPLETE, ...overrides })]);
  return objects as Row[];
}

async function staticRow(overrides: Overrides): Promise<Row> {
  const [row] = await staticRows(overrides);
  return row ?? expect.fail('there is no row');
}

async function dynamicRows(evses: Overrides[]): Promise<Row[]> {
  const location = publicLocation({ evses: evses.map((evse) => buildEvse(evse)) });
  return (await readWritten(irveDynamiqueCsv, [location])).objects as Row[];
}

describe('docs/mapping/irve.md', () => {
  it('tells of each field, in order, and marks what the schema requires', () => {
    const page = readFileSync(new URL('../../../docs/mapping/irve.md', import.meta.url), 'utf8');
    const rows = [...page.matchAll(/^\| (\*\*)?`([a-z][a-zA-Z_0-9]+)`(?:\*\*)? \| [^|]+ \|$/gm)];
    const fields = rows.map(([, isRequired, name]) => [name, isRequired !== undefined]);
    const columns = irveStatiqueCsv.columns?.map(({ name }) => [name, name in REQUIRED]) ?? [];
    const dynamic = irveDynamiqueCsv.columns?.map(({ name }, index) => [name, index < 4]) ?? [];
    expect(fields).to.deep.equal([...columns, ...dynamic]);
  });
});

describe('irve-statique.csv', () => {
  it('has the fields of the schema in its order', () => {
    expect(irveStatiqueCsv.columns?.map(({ name }) => name).join(',')).to.equal(STATIC_COLUMNS);
  });

  it('fills every field that the schema requires, whatever the owner leaves open', async () => {
    const maybe = (...values: unknown[]) => fc.constantFrom(...values);
    const locations = fc.record({
      name: maybe(null, 'Gare', '=1+1'),
      postal_code: maybe(null, '75001'),
      city: maybe('#NA', 'Paris'),
      operator: maybe(null, { name: 'Opérateur' }),
      parking_type: maybe(null, 'ON_STREET', 'ALONG_MOTORWAY', 'SOMETHING_NEW', 'ON_DRIVEWAY'),
      opening_times: maybe(null, { twentyfourseven: true }, { twentyfourseven: false }),
      evse_id: maybe(null, 'FR*A68*E1', 'rubbish', '+33*123*456'),
      capabilities: maybe(null, [], ['RESERVABLE', 'CREDIT_CARD_PAYABLE']),
      parking_restrictions: maybe(null, ['CUSTOMERS'], ['DISABLED', 'MOTORCYCLES']),
      standard: maybe('IEC_62196_T2', 'CHADEMO', 'MCS'),
      max_voltage: maybe(0, 400),
    });
    const property = fc.asyncProperty(locations, async ({ standard, max_voltage, ...fields }) => {
      const { evse_id, capabilities, parking_restrictions, ...location } = fields;
      const connectors = [buildConnector({ standard, max_voltage })];
      const evses = [buildEvse({ evse_id, capabilities, parking_restrictions, connectors })];
      for (const row of await staticRows({ ...location, evses })) {
        for (const [field, pattern] of Object.entries(REQUIRED)) expect(row[field], field).to.match(pattern);
      }
    });
    await fc.assert(property, { numRuns: 200 });
  });

  it('says what OCPI says', async () => {
    const connectors = [
      buildConnector({ id: '1', format: 'CABLE', max_electric_power: 22000 }),
      buildConnector({ id: '2', standard: 'DOMESTIC_E', max_electric_power: 3700 }),
      buildConnector({ id: '3', standard: 'MCS', max_electric_power: 1000 }),
    ];
    const evse = buildEvse({
      evse_id: 'FR*A68*E1*2',
      capabilities: ['RESERVABLE', 'CREDIT_CARD_PAYABLE'],
      parking_restrictions: ['DISABLED'],
      connectors,
    });
    expect(await staticRow({ name: 'Gare', owner: { name: 'Ville' }, evses: [evse] })).to.include({
      nom_amenageur: 'Ville',
      nom_station: 'Gare',
      id_station_itinerance: 'FRA68P68021001',
      id_station_local: 'FR*A68*P68021*001',
      id_pdc_itinerance: 'FRA68E12',
      implantation_station: 'Voirie',
      puissance_nominale: '22',
      prise_type_2: 'true',
      prise_type_ef: 'true',
      prise_type_combo_ccs: 'false',
      prise_type_autre: 'true',
      observations: 'Autres prises : MCS',
      cable_t2_attache: 'true',
      reservation: 'true',
      paiement_acte: 'true',
      paiement_cb: 'true',
      accessibilite_pmr: 'Réservé PMR',
      horaires: '24/7',
    });
  });

  it('names no station by an id that is no pool ID, or that is of another operator', async () => {
    for (const id of ['LOC-1', 'FR*B99*P68021', 'FR*A68*E68021']) {
      expect((await staticRow({ id })).id_station_itinerance, id).to.equal('Non concerné');
    }
  });

  it('says nothing of prices, which the files of tariffs tell', async () => {
    expect(await staticRow({})).to.include({ gratuit: '', tarification: '', paiement_cb: '' });
  });

  it('leaves out EVSEs of which power, hours or kind of site are not known', async () => {
    expect(await staticRows({ parking_type: null })).to.deep.equal([]);
    expect(await staticRows({ opening_times: null })).to.deep.equal([]);
    const noPower = buildEvse({ uid: 'U2', connectors: [buildConnector({ max_voltage: 0 })] });
    const rows = await staticRows({ evses: [noPower, ...COMPLETE.evses] });
    expect(rows.map(({ id_pdc_local, nbre_pdc }) => [id_pdc_local, nbre_pdc])).to.deep.equal([['U1', '2']]);
  });

  it('tells a fast station along a motorway from a parking place there', async () => {
    const along = async (max_electric_power: number) =>
      (
        await staticRow({
          parking_type: 'ALONG_MOTORWAY',
          evses: [buildEvse({ connectors: [buildConnector({ max_electric_power })] })],
        })
      ).implantation_station;
    expect(await along(150000)).to.equal('Station dédiée à la recharge rapide');
    expect(await along(22000)).to.equal('Parking public');
  });
});

describe('irve-dynamique.csv', () => {
  it('OCPI Status as state and occupation; UNKNOWN is neither', async () => {
    const statuses = ['AVAILABLE', 'CHARGING', 'BLOCKED', 'RESERVED', 'OUTOFORDER', 'PLANNED', 'UNKNOWN'];
    const rows = await dynamicRows(
      statuses.map((status, index) => ({ uid: String(index), evse_id: `FR*A68*E${index}`, status })),
    );
    expect(rows.map(({ etat_pdc, occupation_pdc }) => `${etat_pdc} ${occupation_pdc}`)).to.deep.equal([
      'en_service libre',
      'en_service occupe',
      'en_service occupe',
      'en_service reserve',
      'hors_service inconnu',
      'hors_service inconnu',
      'inconnu inconnu',
    ]);
  });

  it('names every EVSE by its ID without separators, and leaves out those without one', async () => {
    const rows = await dynamicRows([
      { uid: '1', evse_id: 'FR*A68*E1' },
      { uid: '2', evse_id: null },
      { uid: '3', evse_id: 'rubbish' },
      { uid: '4', evse_id: 'fr-a68-e4' },
      { uid: '5', evse_id: 'FR*A68*P5' },
    ]);
    expect(rows.map(({ id_pdc_itinerance }) => id_pdc_itinerance)).to.deep.equal(['FRA68E1', 'FRA68E4']);
  });

  it('does not know the state of a single plug, and says nothing of one that is not there', async () => {
    const [row] = await dynamicRows([{ evse_id: 'FR*A68*E1' }]);
    expect(row).to.include({ etat_prise_type_2: 'inconnu', etat_prise_type_chademo: '' });
  });
});
