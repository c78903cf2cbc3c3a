/** Requirements 1.12: what came in by one version goes out by another. */
import { expect } from 'chai';
import { OCPI_VERSIONS } from '../../../db/ocpi-version.ts';
import {
  type Built,
  buildConnector,
  buildEvse,
  buildLocation,
  buildLocation211,
  buildParking,
  buildTariff,
  buildTariff211,
  type Overrides,
} from '../../support/builders.ts';
import { giveOut, NOW, takeIn, tariffFacts, through } from '../../support/through-versions.ts';

const LONG_ID = 'x'.repeat(39);

function element(restrictions?: Overrides, component: Overrides = {}): Overrides {
  const components = [{ type: 'ENERGY', price: 0.35, step_size: 1, ...component }];
  return restrictions ? { price_components: components, restrictions } : { price_components: components };
}

describe('objects from version to version', () => {
  describe('CV-01: a 2.1.1 Location', () => {
    const wire = buildLocation211({
      type: 'UNKNOWN',
      energy_mix: { is_green_energy: true, environ_impact: [] },
    });
    for (const to of ['2.2.1', '2.3.0'] as const) {
      it(`says in ${to} whose it is, that it is public, in which time zone, and its power`, () => {
        const stored = takeIn('2.1.1', 'locations', wire);
        const out = giveOut(to, 'locations', stored, {}, false);
        expect(out).to.include({
          country_code: 'NL',
          party_id: 'TNM',
          publish: true,
          time_zone: 'Europe/Amsterdam',
        });
        expect(out).to.not.have.any.keys('type', 'parking_type');
        expect(out.evses[0].connectors[0]).to.deep.equal(buildConnector({ tariff_ids: ['TARIFF-1'] }));
        expect(stored.rules).to.deep.equal(['time-zone-derived']);
      });
    }

    it('of a country with several time zones gets that of its place', () => {
      const canaries = { latitude: '28.463640', longitude: '-16.251850' };
      const zones = [
        ['ESP', canaries],
        ['USA', { latitude: '39.739236', longitude: '-104.990251' }],
      ] as const;
      expect(
        zones.map(
          ([country, coordinates]) =>
            through('2.1.1', '2.2.1', 'locations', buildLocation211({ country, coordinates })).time_zone,
        ),
      ).to.deep.equal(['Atlantic/Canary', 'America/Denver']);
    });

    it('keeps the hours, whichever of the two ways it states them, and the impact of its energy', () => {
      const regular = [{ weekday: 1, period_begin: '08:00', period_end: '18:00' }];
      const hours = (opening_times: Overrides) =>
        through('2.1.1', '2.3.0', 'locations', buildLocation211({ opening_times })).opening_times;
      expect(hours({ regular_hours: regular })).to.deep.equal({
        twentyfourseven: false,
        regular_hours: regular,
      });
      expect(hours({ twentyfourseven: true })).to.deep.equal({ twentyfourseven: true });
      const mix = { is_green_energy: true, environ_impact: [{ source: 'CARBON_DIOXIDE', amount: 12 }] };
      expect(
        through('2.1.1', '2.2.1', 'locations', buildLocation211({ energy_mix: mix })).energy_mix
          .environ_impact,
      ).to.deep.equal([{ category: 'CARBON_DIOXIDE', amount: 12 }]);
    });

    it('that says publish false nevertheless is not published', () => {
      expect(through('2.1.1', '2.2.1', 'locations', buildLocation211({ publish: false })).publish).to.equal(
        false,
      );
    });
  });

  it('CV-01: a 2.1.1 Tariff gets its owner and the times under both names that were in use', () => {
    const start = '2026-01-01T00:00:00Z';
    for (const name of ['start_datetime', 'start_date_time']) {
      expect(through('2.1.1', '2.2.1', 'tariffs', buildTariff211({ [name]: start }))).to.deep.equal({
        country_code: 'NL',
        party_id: 'TNM',
        ...buildTariff211(),
        start_date_time: start,
      });
    }
  });

  it('CV-02: price limits of 2.2.1 are those of 2.3.0, and its prices are without tax', () => {
    const wire = buildTariff({ min_price: { excl_vat: 1, incl_vat: 1.21 }, max_price: { excl_vat: 9 } });
    const out = through('2.2.1', '2.3.0', 'tariffs', wire);
    expect(out.min_price).to.deep.equal({ before_taxes: 1, after_taxes: 1.21 });
    expect(out.max_price).to.deep.equal({ before_taxes: 9 });
    expect(out.tax_included).to.equal('NO');
  });

  it('CV-03: what only 2.3.0 has goes to nobody else', () => {
    const wire = buildLocation({
      help_phone: '+31 1',
      parking_places: [buildParking()],
      postal_code: '1',
      evses: [
        buildEvse({
          parking: [{ parking_id: 'P1' }],
          parking_restrictions: ['TENANTS', 'PLUGGED'],
          accepted_service_providers: ['X'],
          connectors: [buildConnector({ capabilities: ['ISO_15118_2_PLUG_AND_CHARGE'] })],
        }),
      ],
    });
    expect(through('2.3.0', '2.3.0', 'locations', wire)).to.deep.equal(wire);
    const bare = buildEvse({ parking_restrictions: ['PLUGGED'] });
    expect(through('2.3.0', '2.2.1', 'locations', wire)).to.deep.equal(
      buildLocation({ postal_code: '1', evses: [bare] }),
    );
    const out = through('2.3.0', '2.1.1', 'locations', wire);
    expect(out.evses[0]).to.not.have.any.keys('parking', 'accepted_service_providers');
    expect(out.evses[0].parking_restrictions).to.deep.equal(['PLUGGED']);
  });

  it('CV-03, LS-11: what a 2.2.1 sender wrote under a name of 2.3.0 goes out only when 2.3.0 would take it', () => {
    const good = through('2.2.1', '2.3.0', 'locations', buildLocation({ help_phone: '+31 1' }));
    expect(good.help_phone).to.equal('+31 1');
    const evses = [buildEvse({ parking: 'on the left', connectors: [buildConnector({ capabilities: 7 })] })];
    const bad = through('2.2.1', '2.3.0', 'locations', buildLocation({ help_phone: 5, own: 1, evses }));
    expect(bad).to.deep.equal(buildLocation({ own: 1 }));
  });

  for (const to of ['2.1.1', '2.2.1'] as const) {
    it(`CV-04: a price that includes a known tax goes without it to ${to}`, () => {
      const wire = buildTariff({
        tax_included: 'YES',
        elements: [element(undefined, { price: 0.595, vat: 19 })],
      });
      const [component] = through('2.3.0', to, 'tariffs', wire).elements[0].price_components;
      expect(component.price).to.equal(0.5);
      expect(component.vat).to.equal(to === '2.2.1' ? 19 : undefined);
    });

    it(`CV-05: a Tariff whose prices include an unknown tax does not go to ${to}, and the connector keeps its id`, () => {
      const wire = buildTariff({ tax_included: 'YES', elements: [element()] });
      expect(through('2.3.0', to, 'tariffs', wire)).to.equal(null);
      const evses = [buildEvse({ connectors: [buildConnector({ tariff_ids: ['TARIFF-1'] })] })];
      const connector = through('2.3.0', to, 'locations', buildLocation({ evses, postal_code: '1' })).evses[0]
        .connectors[0];
      if (to === '2.2.1') expect(connector.tariff_ids).to.deep.equal(['TARIFF-1']);
      else expect(connector.tariff_id).to.equal('NLTNM-TARIFF-1');
    });
  }

  it('CV-06: an element under a condition that 2.1.1 does not know is left out, never unconditional', () => {
    for (const restrictions of [{ min_current: 16 }, { max_current: 1 }, { reservation: 'RESERVATION' }]) {
      const wire = buildTariff({
        elements: [element(restrictions), element({ min_kwh: 1, min_current: null })],
      });
      expect(through('2.2.1', '2.1.1', 'tariffs', wire).elements).to.deep.equal([element({ min_kwh: 1 })]);
      expect(
        through('2.2.1', '2.1.1', 'tariffs', buildTariff({ elements: [element(restrictions)] })),
      ).to.equal(null);
    }
  });

  it('CV-06: a Tariff goes to 2.1.1 while it is valid, and to the others always', () => {
    const times = [
      { start_date_time: '2026-06-10T12:00:00.001Z' },
      { end_date_time: '2026-06-10T12:00:00' },
      { start_date_time: NOW.toISOString(), end_date_time: '2026-06-10T12:00:00.001Z' },
    ];
    const given = (to: '2.1.1' | '2.2.1') =>
      times.map((each) => through('2.2.1', to, 'tariffs', buildTariff(each)) !== null);
    expect(given('2.1.1')).to.deep.equal([false, false, true]);
    expect(given('2.2.1')).to.deep.equal([true, true, true]);
  });

  it('CV-07: the version that it came in gives back what came, with what nobody knows', () => {
    const own = { nl_own: { deep: [1, null, '2'] } };
    const evses = [buildEvse({ ...own, connectors: [buildConnector({ ...own })] })];
    const location = buildLocation({ ...own, evses, coordinates: { latitude: '52.0894441' } });
    expect(through('2.2.1', '2.2.1', 'locations', location)).to.deep.equal(location);
    expect(through('2.3.0', '2.3.0', 'locations', location)).to.deep.equal(location);
    const tariff = buildTariff({
      ...own,
      elements: [3, 1, 0.1234, 2].map((price) => element(undefined, { price })),
    });
    expect(through('2.2.1', '2.2.1', 'tariffs', tariff)).to.deep.equal(tariff);
    expect(through('2.3.0', '2.3.0', 'tariffs', { ...tariff, tax_included: 'N/A' })).to.deep.equal({
      ...tariff,
      tax_included: 'N/A',
    });
    const old = buildLocation211({ ...own, time_zone: 'Europe/Amsterdam' });
    expect(through('2.1.1', '2.1.1', 'locations', old, { audience: 'owner' })).to.deep.equal(old);
  });

  it('CV-08: coordinates go to 2.1.1 with exactly six decimals, the nearest place that has them', () => {
    const places = ['51.0475991', '51.04759', '-0.0000004', '52.089444'];
    expect(
      places.map(
        (latitude) =>
          through(
            '2.2.1',
            '2.1.1',
            'locations',
            buildLocation({ postal_code: '1', coordinates: { latitude } }),
          ).coordinates.latitude,
      ),
    ).to.deep.equal(['51.047599', '51.047590', '-0.000000', '52.089444']);
    const evse = buildEvse({ coordinates: { latitude: '1.0000001', longitude: '2.00000' } });
    const related = [
      { latitude: '1.0000009', longitude: '2.00000', name: { language: 'nl', text: 'Ingang' } },
    ];
    const out = through(
      '2.2.1',
      '2.1.1',
      'locations',
      buildLocation({ evses: [evse], related_locations: related }),
    );
    expect(out.evses[0].coordinates).to.deep.equal({ latitude: '1.000000', longitude: '2.000000' });
    expect(out.related_locations[0]).to.deep.include({ latitude: '1.000001', name: related[0]?.name });
  });

  for (const [to, standard] of [
    ['2.2.1', 'MCS'],
    ['2.1.1', 'MCS'],
    ['2.1.1', 'GBT_DC'],
  ] as const) {
    it(`CV-09: an EVSE that has only ${standard} is left out for ${to}, and its Location stays`, () => {
      const evses = [
        buildEvse({ uid: 'truck', connectors: [buildConnector({ standard })] }),
        buildEvse({ uid: 'both', connectors: [buildConnector({ standard }), buildConnector({ id: '2' })] }),
      ];
      const out = through('2.3.0', to, 'locations', buildLocation({ evses }));
      expect(
        out.evses.map((evse: Built) => [evse.uid, evse.connectors.map(({ id }: Built) => id)]),
      ).to.deep.equal([['both', ['2']]]);
      expect(
        through('2.3.0', to, 'locations', buildLocation({ evses: evses.slice(0, 1) })).evses,
      ).to.deep.equal([]);
    });
  }

  it('CV-10: a REMOVED EVSE is one in every version', () => {
    for (const to of OCPI_VERSIONS) {
      const wire = buildLocation({ evses: [buildEvse({ status: 'REMOVED' })] });
      expect(through('2.2.1', to, 'locations', wire).evses[0].status, to).to.equal('REMOVED');
    }
  });

  it('CV-11: ids of 39 characters get a shorter alias in later versions, the same every time and in any case', () => {
    const evse = { uid: LONG_ID, status: 'AVAILABLE', connectors: buildLocation211().evses[0].connectors };
    const aliases = [LONG_ID, LONG_ID.toUpperCase()].flatMap((id) =>
      (['2.2.1', '2.3.0'] as const).map((to) => {
        const evses = [{ ...evse, last_updated: '2026-06-01T12:00:00Z' }];
        const out = through('2.1.1', to, 'locations', buildLocation211({ id, evses }));
        expect(out.id).to.have.length(36);
        expect(out.evses[0].uid).to.have.length(36);
        return out.id.toLowerCase();
      }),
    );
    expect(new Set(aliases)).to.have.property('size', 1);
  });

  describe('CV-12: of several Tariffs a 2.1.1 connector names one', () => {
    const chosen = (tariff_ids: string[], tariffs = tariffFacts()) =>
      through(
        '2.2.1',
        '2.1.1',
        'locations',
        buildLocation({ evses: [buildEvse({ connectors: [buildConnector({ tariff_ids })] })] }),
        { tariffs },
      ).evses[0].connectors[0].tariff_id;

    it('the first that is valid now and for everybody', () => {
      const facts = tariffFacts(
        { id: 'green', type: 'PROFILE_GREEN' },
        { id: 'adhoc', type: 'AD_HOC_PAYMENT' },
        { id: 'next', startsAt: new Date(NOW.getTime() + 1) },
        { id: 'past', endsAt: NOW },
        { id: 'regular', type: 'REGULAR', startsAt: NOW },
        { id: 'untyped' },
      );
      expect(chosen(['green', 'adhoc', 'next', 'past', 'regular', 'untyped'], facts)).to.equal(
        'NLTNM-regular',
      );
      expect(chosen(['untyped', 'regular'], facts)).to.equal('NLTNM-untyped');
      expect(chosen(['nobody-knows', 'green', 'adhoc'], facts)).to.equal('NLTNM-adhoc');
      expect(chosen(['nobody-knows', 'green'], facts)).to.equal('NLTNM-green');
    });

    it('one that is not known when there is no better one, none when all are known not to be valid', () => {
      const facts = tariffFacts({ id: 'past', endsAt: NOW });
      expect(chosen(['past', 'nobody-knows'], facts)).to.equal('NLTNM-nobody-knows');
      expect(chosen(['past'], facts)).to.equal(undefined);
      expect(chosen([])).to.equal(undefined);
    });

    it('spelled as the Tariff itself spells its id, for 2.1.1 compares with case', () => {
      expect(chosen(['abc'], tariffFacts({ id: 'ABC' }))).to.equal('NLTNM-ABC');
    });
  });

  it('CV-13: a Location that is not published does not go to 2.1.1, in no version it came in', () => {
    for (const from of ['2.2.1', '2.3.0'] as const) {
      expect(through(from, '2.1.1', 'locations', buildLocation({ publish: false }))).to.equal(null);
    }
  });

  it('LR-22: its owner reads it in 2.1.1 all the same', () => {
    const hidden = buildLocation({ publish: false });
    expect(through('2.2.1', '2.1.1', 'locations', hidden, { audience: 'owner' })).to.include({
      id: hidden.id,
    });
  });

  it('CV-14: last_updated is the same on every way, to 2.1.1 in whole seconds', () => {
    const last_updated = '2026-06-01T12:00:00.123';
    for (const from of OCPI_VERSIONS) {
      for (const to of OCPI_VERSIONS) {
        const wire = (from === '2.1.1' ? buildLocation211 : buildLocation)({ last_updated });
        const expected = to === '2.1.1' ? '2026-06-01T12:00:00Z' : last_updated;
        expect(through(from, to, 'locations', wire).last_updated, `${from} ${to}`).to.equal(expected);
      }
    }
  });
});
