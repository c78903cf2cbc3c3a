/** Thrown by a case that lacks something of this machine or its data, in words that say what: it is told, and is no failure. */
export class DoesNotApplyError extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = 'DoesNotApplyError';
  }
}
