import { join } from 'node:path';
import type { Repo } from '../../ports.ts';

/** Where it is kept what `on:` was told already. Losing it loses no work: older events are not told again. */
export const outletFolder = ({ common }: Repo): string => join(common, 'gwt', 'outlet');
/** How far the ledger was told. */
export const positionFile = (repo: Repo): string => join(outletFolder(repo), 'position.json');
/** What of the events behind that was begun and ended. */
export const journalFile = (repo: Repo): string => join(outletFolder(repo), 'journal.jsonl');
/** What came of the last ones. */
export const resultsFile = (repo: Repo): string => join(outletFolder(repo), 'results.jsonl');
export const outletLock = (repo: Repo): string => join(repo.common, 'gwt', 'locks', 'outlet');
