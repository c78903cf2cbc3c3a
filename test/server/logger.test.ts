import { expect } from 'chai';
import { createLogger } from '../../server/logger.ts';

describe('the log', () => {
  it('has one JSON object a line and never a secret, at the top or one below', () => {
    const lines: string[] = [];
    const logger = createLogger({ level: 'info', to: { write: (line) => void lines.push(line) } });
    logger.debug({}, 'not at this level');
    logger.info(
      {
        token: 'hunter2',
        source: { token: 'hunter2', sealedToken: 'hunter2', name: 'tandem' },
        headers: { authorization: 'Token hunter2' },
        request: { headers: { authorization: 'Token hunter2' } },
      },
      'told',
    );
    expect(lines).to.have.length(1);
    expect(lines[0]).not.to.contain('hunter2');
    expect(JSON.parse(lines[0] as string)).to.deep.include({ level: 'info', msg: 'told', token: '***' });
    expect(JSON.parse(lines[0] as string).source.name).to.equal('tandem');
  });
});
