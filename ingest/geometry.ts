/**
 * Coordinates of OCPI (strings, latitude and longitude by name) as a GeoJSON point (numbers, longitude first,
 * OD-04). Returns null for what is no point on the globe; does not throw.
 */
import { isPoint } from 'geojson-validation';

/** A position as RFC 7946 has it. */
export interface Point {
  type: 'Point';
  coordinates: [longitude: number, latitude: number];
}

/** The GeoJSON point of a GeoLocation, or null. */
export function pointOf(coordinates: { latitude: string; longitude: string }): Point | null {
  const { latitude, longitude } = coordinates;
  // Number('') is 0, and the package knows types and lengths, not the size of the globe.
  if (latitude.trim() === '' || longitude.trim() === '') return null;
  const point: Point = { type: 'Point', coordinates: [Number(longitude), Number(latitude)] };
  const onGlobe = Math.abs(point.coordinates[0]) <= 180 && Math.abs(point.coordinates[1]) <= 90;
  return onGlobe && isPoint(point) ? point : null;
}
