/**
 * Everything that can go wrong at one step of a handshake, as a partner's answer: for both directions the same.
 */
import type { RecordingPartner } from './recording-partner.ts';

export interface HandshakeFault {
  readonly name: string;
  /** Makes the partner misbehave at a URL; gives the undoing. */
  readonly arrange: (partner: RecordingPartner, method: string, path: string) => () => void;
}

/** Bytes of a body that no handshake has. */
const HUNDRED_MEGABYTES = 100 * 1024 * 1024;

function answering(name: string, answer: Parameters<RecordingPartner['override']>[2]): HandshakeFault {
  return { name, arrange: (partner, method, path) => partner.override(method, path, answer) };
}

const envelope = (fields: object) => ({ timestamp: '2026-06-01T12:00:00Z', ...fields });

export const HANDSHAKE_FAULTS: readonly HandshakeFault[] = [
  answering('hangs up', { delivery: 'reset', body: envelope({ status_code: 1000, data: [] }) }),
  answering('never answers', { delivery: 'never' }),
  answering('redirects to another host', {
    status: 307,
    headers: { location: 'http://localhost:9/ocpi/versions' },
  }),
  answering('redirects in a circle', (request) => ({ status: 307, headers: { location: request.path } })),
  answering('answers 401', { status: 401, body: envelope({ status_code: 2000 }) }),
  answering('answers 500', { status: 500, body: 'Internal Server Error' }),
  answering('answers HTML', { headers: { 'content-type': 'text/html' }, body: '<html>Welcome</html>' }),
  answering('answers the envelope of a failure', { body: envelope({ status_code: 3000 }) }),
  answering('answers nothing of use', { body: envelope({ status_code: 1000, data: { a: [1] } }) }),
  answering('answers an empty body', { body: '' }),
  answering('sends 100 MB', { delivery: 'endless', ceiling: HUNDRED_MEGABYTES }),
  answering('sends without an end', { delivery: 'endless' }),
  answering('sends a self-referencing Link', (request) => ({
    headers: { link: `<http://${request.headers.host}${request.path}>; rel="next"` },
    body: envelope({ status_code: 1000, data: null }),
  })),
  answering('breaks off', { delivery: 'cut', body: envelope({ status_code: 1000, data: [] }) }),
];
