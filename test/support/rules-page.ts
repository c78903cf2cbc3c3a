/** `docs/rules.md`, from what every rule says of itself. */
import type { CatalogueEntry, RuleCatalogue } from '../../ingest/rule-catalogue.ts';

/** Where the page stands. */
export const RULES_PAGE = new URL('../../docs/rules.md', import.meta.url);

const HEAD = `# What is checked

Every finding has a rule, and this page says of each what it means and how to mend it. It is made by
\`npm run docs:rules\` from the rules themselves (\`ingest/rules\`, one a file), the items of Regulation (EU) 2025/655
(\`ingest/afir-items.ts\`) and what is noted on the way in (\`ingest/intake-facts.ts\`): correct it there.

A finding opens when an object that breaks the rule is written, and closes when one that does not is: nobody has to
close it. Rules about EVSEs and Connectors are asked of those that drivers can use: of published Locations, and not of
what is REMOVED. What is done about a rule, the operator of the access point decides by policy, for all or for one party:
\`off\`, \`note\` (unless said otherwise), \`withhold\` (kept, and not published) or \`reject\` (refused with the reason).
`;

const CHAPTERS = [
  ['Locations', 'Asked of every Location that is written.', ({ on }) => on === 'location'],
  ['Tariffs', 'Asked of every Tariff that is written.', ({ on }) => on === 'tariff'],
  [
    'Across objects',
    'Asked behind the journal, of what changed and of what it touches.',
    ({ on }) => on === 'registry',
  ],
] as const satisfies readonly (readonly [string, string, (entry: CatalogueEntry) => boolean])[];

/** The page as Markdown. */
export function rulesPage({ entries }: RuleCatalogue): string {
  const chapters = CHAPTERS.map(([title, about, isOfIt]) => {
    const rules = entries.filter((entry) => isOfIt(entry)).map(section);
    return `## ${title}\n\n${about}\n\n${rules.join('\n')}`;
  });
  return `${[HEAD, ...chapters, items(entries), intake(entries)].join('\n')}`;
}

function section({ id, severity, title, afir, source, meaning, mend }: CatalogueEntry): string {
  const item = afir === null ? '' : ` AFIR item ${afir}.`;
  return `### ${id}\n\n**${title}.** Severity \`${severity}\`.${item} Source: ${source}.\n\n${meaning}\n\n*To mend it*: ${mend}\n`;
}

function items(entries: readonly CatalogueEntry[]): string {
  const rows = entries.filter(({ kind }) => kind === 'item');
  return [
    '## Items of the regulation\n',
    `${rows[0]?.meaning} Severity \`info\`.\n`,
    ...table(
      ['rule', 'what', 'to mend it'],
      rows.map(({ id, title, mend }) => [id, title, mend]),
    ),
    '',
  ].join('\n');
}

/** Those that share a meaning stand in one table. */
function intake(entries: readonly CatalogueEntry[]): string {
  const groups = new Map<string, CatalogueEntry[]>();
  for (const entry of entries.filter(({ kind }) => kind === 'intake')) {
    groups.set(entry.meaning, [...(groups.get(entry.meaning) ?? []), entry]);
  }
  const shared = [...groups.values()].filter((group) => group.length > 1);
  const single = [...groups.values()].filter((group) => group.length === 1).flat();
  return [
    '## On the way in\n',
    'What was repaired, left out or noted before any rule was asked. They close with the next whole object.\n',
    ...shared.flatMap((group) => [
      `${group[0]?.meaning}\n`,
      `*To mend it*: ${group[0]?.mend}\n`,
      ...table(
        ['rule', 'severity', 'what'],
        group.map(({ id, severity, title }) => [`\`${id}\``, severity, title]),
      ),
      '',
    ]),
    ...single.map(section),
  ].join('\n');
}

function table(head: string[], rows: string[][]): string[] {
  const cell = (text: string) => text.replaceAll('|', '\\|');
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`);
}
