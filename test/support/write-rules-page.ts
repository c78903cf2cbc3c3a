/** `npm run docs:rules`: writes `docs/rules.md` anew. */
import { writeFile } from 'node:fs/promises';
import { discoverRules } from '../../ingest/discover-rules.ts';
import { createRuleCatalogue } from '../../ingest/rule-catalogue.ts';
import { RULES_PAGE, rulesPage } from './rules-page.ts';

await writeFile(RULES_PAGE, rulesPage(createRuleCatalogue(await discoverRules())));
