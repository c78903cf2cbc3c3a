/** The caller hung up before its request was whole: there is nobody to answer, and nothing of ours failed. */
export class ClientGoneError extends Error {
  override readonly name = 'ClientGoneError';

  constructor() {
    super('The client closed the connection before its request was complete');
  }
}
