/**
 * Opening times that say two things or nothing (LR-29). Hours that are not known are left out: being told "unknown"
 * is better for a driver than being told "never" or "always".
 */
import { type Fields, isMissing, type Step, takeOut } from './step.ts';

function hasHours(times: Fields): boolean {
  return Array.isArray(times.regular_hours) && times.regular_hours.length > 0;
}

/** Settles what the two ways of stating opening times contradict each other in. */
export const repairHours: Step = (place) => {
  const { finding, root } = place;
  const times = root.opening_times as Fields;
  if (finding.rule === 'LR-29') {
    if (times.twentyfourseven === true) {
      delete times.regular_hours;
      return place.record(
        'repair:hours-dropped',
        'received beside twentyfourseven true, regular hours left out',
      );
    }
    takeOut(place, root, 'opening_times');
    return place.record(
      'repair:hours-unknown',
      `received ${times.twentyfourseven === false ? 'twentyfourseven false without' : 'neither twentyfourseven nor'} regular hours, opening_times left out as unknown`,
    );
  }
  const isFlag = place.kind === 'location' && finding.pointer.join('.') === 'opening_times.twentyfourseven';
  if (!isFlag || finding.rule !== 'required' || !isMissing(place.value)) return false;
  if (hasHours(times)) {
    return place.set(
      'repair:hours-flag',
      false,
      'received regular hours without twentyfourseven, taken as false',
    );
  }
  takeOut(place, root, 'opening_times');
  return place.record(
    'repair:hours-unknown',
    'received neither twentyfourseven nor regular hours, opening_times left out as unknown',
  );
};
