import { type Finding, ill, well } from '../../core/finding.ts';
import { allHandlers } from '../../core/outlet.ts';
import type { Ports } from '../../ports.ts';
import type { Handled } from '../outlet/handle.ts';
import { resultsFile } from '../outlet/places.ts';

/** Whether what stands under `on:` did its work the last time it was told something. */
export async function aboutOutlet(ports: Ports): Promise<readonly Finding[]> {
  const { on } = await ports.config.load();
  if (allHandlers(on).length === 0) return [];
  const text = (await ports.files.read(resultsFile(await ports.git.repo()))) ?? '';
  const last = new Map<string, Handled>();
  for (const row of text.split('\n').flatMap(handledIn)) last.set(`on ${row.name}: ${row.handler}`, row);
  return [...last].map(([subject, { problem, at }]) =>
    problem ? ill('outlet', subject, `${problem} (${at})`, 'mend it in the config under on') : well('outlet', subject),
  );
}

/** A line that a crash left half written tells nothing. */
function handledIn(line: string): readonly Handled[] {
  try {
    return [JSON.parse(line) as Handled];
  } catch {
    return [];
  }
}
