/** LR-28, LR-29: opening hours. */
import { expect } from 'chai';
import { type Check, check } from '../check.ts';
import { expectAnswer, expectDone } from '../expectations.ts';
import type { Speaker } from '../speaker.ts';

const period = (period_begin: string, period_end: string) => ({ weekday: 1, period_begin, period_end });

async function putHours(cpo: Speaker, opening_times: object) {
  const location = cpo.location({ opening_times });
  return { id: location.id, response: await cpo.put('locations', [location.id], location) };
}

/** Hours of Mondays, in the words of the version. */
function mondays(cpo: Speaker, begin: string, end: string): object {
  const regular_hours = [period(begin, end)];
  return cpo.version === '2.1.1' ? { regular_hours } : { twentyfourseven: false, regular_hours };
}

export const openingHoursChecks: readonly Check[] = [
  check('LR-28', ['cpo'], async ({ cpo }) => {
    for (const [begin, end] of [
      ['08:00', '20:00'],
      ['08:00', '00:00'],
      ['22:00', '02:00'],
    ] as const) {
      const { id, response } = await putHours(cpo, mondays(cpo, begin, end));
      expectDone(response);
      const kept = (await cpo.own('locations', [id])).opening_times.regular_hours;
      expect(kept, `${begin} to ${end}`).to.deep.equal([period(begin, end)]);
    }
    const { id, response } = await putHours(cpo, mondays(cpo, '08:00', '24:00'));
    // May be refused or become 00:00, but never be kept as it is.
    if (response.body.status_code === 2001) return;
    const [kept] = (await cpo.own('locations', [id])).opening_times.regular_hours;
    expect(kept.period_end).to.equal('00:00');
  }),

  check('LR-29', ['cpo', 'connect'], async ({ cpo, connect }) => {
    expectDone((await putHours(cpo, { twentyfourseven: true })).response);
    expectDone((await putHours(cpo, mondays(cpo, '08:00', '20:00'))).response);
    const exceptional_closings = [
      { period_begin: '2026-12-25T00:00:00Z', period_end: '2026-12-26T00:00:00Z' },
    ];
    expectDone((await putHours(cpo, { twentyfourseven: true, exceptional_closings })).response);
    // What real feeds get wrong is repaired for most; the strict are told.
    const strict = await connect({ strictness: 'reject' });
    for (const wrong of [
      { regular_hours: [period('08:00', '20:00')] },
      { twentyfourseven: false },
      { twentyfourseven: true, regular_hours: [period('08:00', '20:00')] },
    ]) {
      expectAnswer((await putHours(strict, wrong)).response, 200, 2001);
    }
  }),
];
