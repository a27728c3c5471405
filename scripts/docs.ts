import { readFileSync, writeFileSync } from 'node:fs';
import { reference, withTable } from './docs/reference.ts';

const { full, table } = await reference();
writeFileSync('docs/commands.md', full);
writeFileSync('README.md', withTable(readFileSync('README.md', 'utf8'), table));
