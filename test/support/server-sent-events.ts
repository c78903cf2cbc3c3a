/**
 * Reads a stream of server-sent events as a browser does (HTML Living Standard, section 9.2.6): for tests, and as an
 * example for those who have no EventSource at hand.
 */

export interface ServerSentEvent {
  /** `message` when none is named. */
  readonly type: string;
  /** Empty for a block without data, which a browser does not dispatch: it moves `lastEventId` alone. */
  readonly data: string;
  /** What to come back with. */
  readonly lastEventId: string;
}

/** All events that a chunk completes, together. Comments are left out. */
export async function* readEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<ServerSentEvent[]> {
  const decoder = new TextDecoder();
  let text = '';
  let lastEventId = '';
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    const events: ServerSentEvent[] = [];
    for (const block of blocks) {
      const fields = fieldsOf(block);
      lastEventId = fields.id?.at(-1) ?? lastEventId;
      const data = (fields.data ?? []).join('\n');
      const isMove = data === '' && fields.id !== undefined;
      if (data !== '' || isMove) {
        events.push({ type: fields.event?.at(-1) || 'message', data, lastEventId });
      }
    }
    yield events;
  }
}

/** Values by field name; lines that begin with a colon are comments. */
function fieldsOf(block: string): Partial<Record<string, string[]>> {
  const fields: Partial<Record<string, string[]>> = {};
  for (const line of block.split('\n')) {
    const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    if (name === '') continue;
    const values = fields[name] ?? [];
    fields[name] = values;
    values.push(value);
  }
  return fields;
}
