import { expect } from 'chai';
import { ocpi221 } from '../../ingest/dialects/ocpi-2.2.1.ts';
import { pointOf } from '../../ingest/geometry.ts';
import type { ObjectKind, Problem } from '../../ingest/validation.ts';
import { buildLocation, buildTariff } from '../support/builders.ts';

function problemsOf(kind: ObjectKind, value: unknown): Problem[] {
  return ocpi221.inspect(kind, value).problems;
}

function rulesOf(kind: ObjectKind, value: unknown): string[] {
  return problemsOf(kind, value).map(({ path, rule }) => `${rule} ${path}`);
}

function noteRulesOf(kind: ObjectKind, value: unknown): string[] {
  return ocpi221.inspect(kind, value).notes.map(({ rule, path }) => `${rule} ${path}`);
}

describe('rules between the fields of a Location', () => {
  const period = (begin: string, end: string) => ({ weekday: 1, period_begin: begin, period_end: end });
  const open = (...regular_hours: unknown[]) =>
    buildLocation({ opening_times: { twentyfourseven: false, regular_hours } });

  it('LR-28: 00:00 is taken as the end of the day', () => {
    expect(
      ocpi221.inspect('location', open(period('08:00', '00:00'), period('00:00', '00:00'))),
    ).to.deep.equal({
      problems: [],
      notes: [],
    });
  });

  it('LR-28: hours across midnight are accepted and noted', () => {
    expect(problemsOf('location', open(period('22:00', '02:00')))).to.deep.equal([]);
    expect(noteRulesOf('location', open(period('22:00', '02:00')))).to.deep.equal([
      'hours-across-midnight opening_times.regular_hours[0].period_end',
    ]);
  });

  it('LR-28: 24:00 and a period that ends when it begins are refused', () => {
    expect(rulesOf('location', open(period('08:00', '24:00')))).to.deep.equal([
      'pattern opening_times.regular_hours[0].period_end',
    ]);
    expect(rulesOf('location', open(period('08:00', '08:00')))).to.deep.equal([
      'LR-28 opening_times.regular_hours[0].period_end',
    ]);
  });

  it('LR-29: twentyfourseven false needs regular hours, true forbids them, and it must be there', () => {
    const hours = [period('08:00', '18:00')];
    expect(problemsOf('location', open(...hours))).to.deep.equal([]);
    expect(rulesOf('location', open())).to.deep.equal(['LR-29 opening_times.regular_hours']);
    const both = buildLocation({ opening_times: { twentyfourseven: true, regular_hours: hours } });
    expect(rulesOf('location', both)).to.deep.equal(['LR-29 opening_times.regular_hours']);
    const neither = buildLocation({ opening_times: { regular_hours: hours } });
    expect(rulesOf('location', neither)).to.deep.equal(['required opening_times.twentyfourseven']);
    expect(
      problemsOf('location', buildLocation({ opening_times: { twentyfourseven: true, regular_hours: [] } })),
    ).to.deep.equal([]);
  });

  it('LR-22: publish_allowed_to beside publish true is noted, not refused', () => {
    const publish_allowed_to = [{ group_id: 'G1' }];
    expect(noteRulesOf('location', buildLocation({ publish_allowed_to }))).to.deep.equal([
      'publish-allowed-to-ignored publish_allowed_to',
    ]);
    expect(ocpi221.inspect('location', buildLocation({ publish: false, publish_allowed_to }))).to.deep.equal({
      problems: [],
      notes: [],
    });
  });

  it('a PublishTokenType has an identifier, and what that identifier needs', () => {
    const publish_allowed_to = [{ type: 'RFID' }, { uid: '1' }, { visual_number: '2' }];
    expect(rulesOf('location', buildLocation({ publish: false, publish_allowed_to }))).to.have.members([
      'publish-token publish_allowed_to[0]',
      'publish-token publish_allowed_to[1].type',
      'publish-token publish_allowed_to[2].issuer',
    ]);
  });
});

describe('validation of Tariffs', () => {
  const component = { type: 'ENERGY', price: 0.3, step_size: 1 };

  it('TR-09: a Tariff has elements and each element price components', () => {
    expect(rulesOf('tariff', buildTariff({ elements: [] }))).to.deep.equal(['minItems elements']);
    expect(rulesOf('tariff', buildTariff({ elements: [{ price_components: [] }] }))).to.deep.equal([
      'minItems elements[0].price_components',
    ]);
  });

  it('TR-09: step_size is an integer from 0', () => {
    for (const [step_size, count] of [
      [0, 0],
      [-1, 1],
      [1.5, 1],
      ['1', 1],
    ] as const) {
      const elements = [{ price_components: [{ ...component, step_size }] }];
      expect(problemsOf('tariff', buildTariff({ elements })), String(step_size)).to.have.length(count);
    }
  });

  it('TR-10: an energy price for a reservation is noted', () => {
    const elements = [{ price_components: [component], restrictions: { reservation: 'RESERVATION' } }];
    expect(noteRulesOf('tariff', buildTariff({ elements }))).to.deep.equal([
      'reservation-dimension elements[0].price_components[0].type',
    ]);
  });

  it('TR-12: any number of decimals is a price', () => {
    for (const price of [0.1234, 12345678.9012, -1.5, 0]) {
      expect(
        problemsOf('tariff', buildTariff({ elements: [{ price_components: [{ ...component, price }] }] })),
      ).to.deep.equal([]);
    }
  });

  it('TR-13: last_updated is required', () => {
    expect(rulesOf('tariff', buildTariff({ last_updated: undefined }))).to.deep.equal([
      'required last_updated',
    ]);
  });
});

describe('geometry', () => {
  it('OD-04: a GeoJSON point has numbers, longitude first', () => {
    expect(pointOf({ latitude: '52.089444', longitude: '5.110278' })).to.deep.equal({
      type: 'Point',
      coordinates: [5.110278, 52.089444],
    });
  });

  it('gives no point for what is none', () => {
    for (const [latitude, longitude] of [
      ['x', '5.0'],
      ['', ''],
      ['91.0', '5.0'],
      ['52.0', '181.0'],
      ['Infinity', '0'],
    ] as const) {
      expect(pointOf({ latitude, longitude }), `${latitude} ${longitude}`).to.equal(null);
    }
  });
});
