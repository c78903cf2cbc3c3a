/** Who publishes, where, and under which terms: at the head of every description of the access point. Types only. */

export interface Terms {
  /** Where we are reached, without a slash at the end. */
  readonly address: string;
  readonly name: string;
  readonly licence: string;
  readonly licenceUrl: string | null;
  readonly attribution: string;
  /** An e-mail address or a URL. */
  readonly contact: string | null;
}
