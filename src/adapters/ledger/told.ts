import { inOrder } from '../../core/told.ts';
import type { Git, Key, Kind, Oid, Position, Told } from '../../ports.ts';
import { eventIn } from './store.ts';

/** Kinds of entries whose events tell a person something. */
const KINDS: readonly Kind[] = ['tasks', 'requests', 'escalations', 'messages', 'landings', 'resolutions', 'decisions'];

/** Events are read so many at a time, however many there are. */
const PAGE = 500;

/** Where every entry of these kinds stands. */
export async function positionOf(git: Git): Promise<Position> {
  const heads = await git.refs.heads(KINDS.map((kind) => `refs/gwt/${kind}/`));
  return new Map([...heads].map(([ref, oid]) => [ref.slice('refs/gwt/'.length) as Key, oid]));
}

/** What was written from one position to the other, the oldest first, in pages. */
export async function* between(git: Git, from: Position, to: Position): AsyncIterable<readonly Told[]> {
  const moved = [...to].filter(([key, oid]) => from.get(key) !== oid);
  const keys = new Map<Oid, Key>(moved.map(([key, oid]) => [oid, key]));
  const before = moved.flatMap(([key]) => from.get(key) ?? []);
  const rows = await git.history.chains([...keys.keys()], before);
  for (let at = 0; at < rows.length; ) {
    const end = endOfPage(rows, at + PAGE);
    const facts = await git.objects.facts(rows.slice(at, end).map(({ oid }) => oid));
    const page = facts.map(({ oid, message }, n) => {
      const { second = 0, head = '' } = rows[at + n] ?? {};
      return { id: oid, second, key: keys.get(head) ?? ('' as Key), event: eventIn(message) };
    });
    yield inOrder(page.flatMap(({ event, ...row }) => (event ? [{ ...row, event }] : []))).map(
      ({ second: _, ...told }) => told,
    );
    at = end;
  }
}

/** What was written within one second stays together: only then can it be put in order. */
function endOfPage(rows: readonly { readonly second: number }[], least: number): number {
  let end = Math.min(least, rows.length);
  while (end < rows.length && rows[end]?.second === rows[end - 1]?.second) end += 1;
  return end;
}
