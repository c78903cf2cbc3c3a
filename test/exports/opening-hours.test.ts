import { expect } from 'chai';
import type { Hours } from '../../db/model.ts';
import { openingHours } from '../../exports/opening-hours.ts';

function hours(...periods: [weekday: number, begin: string, end: string][]): Hours {
  return {
    twentyfourseven: false,
    regular_hours: periods.map(([weekday, period_begin, period_end]) => ({
      weekday,
      period_begin,
      period_end,
    })),
  };
}

describe('opening hours', () => {
  it('are 24/7 where the Location never closes', () => {
    expect(openingHours({ twentyfourseven: true })).to.equal('24/7');
  });

  it('join days in a row that have the same period, and no others', () => {
    const week = hours(
      [1, '08:00', '18:00'],
      [2, '08:00', '18:00'],
      [3, '08:00', '18:00'],
      [5, '08:00', '18:00'],
      [6, '10:00', '12:00'],
      [7, '10:00', '12:00'],
    );
    expect(openingHours(week)).to.equal('Mo-We 08:00-18:00,Fr 08:00-18:00,Sa-Su 10:00-12:00');
  });

  it('have every period of a day', () => {
    expect(openingHours(hours([7, '08:00', '12:00'], [7, '13:00', '17:00']))).to.equal(
      'Su 08:00-12:00,Su 13:00-17:00',
    );
  });

  it('are not known where the owner gives none, or says only that it closes', () => {
    for (const unknown of [null, undefined, { twentyfourseven: false }, hours()]) {
      expect(openingHours(unknown)).to.equal(null);
    }
  });
});
