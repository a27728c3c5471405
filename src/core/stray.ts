import { quoted } from './hookfile.ts';

/** What a worktree shows that is not the task's. */
export interface Place {
  readonly path: string;
  readonly head: string;
  /** Undefined when HEAD is detached. */
  readonly branch: string | undefined;
  /** What differs from its HEAD, each with a mark that changes when the file does. */
  readonly marks: ReadonlyMap<string, string>;
}
/** What lies outside of a task's worktree, as far as it is looked at: other worktrees, and branches. */
export interface Outside {
  readonly places: readonly Place[];
  readonly refs: ReadonlyMap<string, string>;
}

/** Something outside of the worktree that became another while the task's agent ran. */
export type Stray =
  | {
      readonly kind: 'new' | 'changed' | 'back';
      readonly place: string;
      readonly path: string;
      /** HEAD moved there, too: who committed or switched changed what is uncommitted by that. */
      readonly moved: boolean;
    }
  | { readonly kind: 'moved'; readonly ref: string; readonly from: string | undefined; readonly to: string }
  | {
      readonly kind: 'switched';
      readonly place: string;
      readonly from: string | undefined;
      readonly to: string | undefined;
    };

/** What differs between two looks at the outside; places that were looked at only once are left out. */
export function straysBetween(before: Outside, after: Outside): readonly Stray[] {
  const both = after.places.flatMap((now) => {
    const then = before.places.find(({ path }) => path === now.path);
    return then ? [{ then, now }] : [];
  });
  const moved = [...after.refs].flatMap(([ref, to]): Stray[] => {
    const from = before.refs.get(ref);
    return from === to ? [] : [{ kind: 'moved', ref, from, to }];
  });
  return [...both.flatMap(({ then, now }) => [...switched(then, now), ...filesOf(then, now)]), ...moved];
}

const switched = (then: Place, { path: place, branch: to }: Place): readonly Stray[] =>
  then.branch === to ? [] : [{ kind: 'switched', place, from: then.branch, to }];

function filesOf(then: Place, { path: place, marks, head }: Place): readonly Stray[] {
  const moved = then.head !== head;
  const touched = [...marks].filter(([path, mark]) => then.marks.get(path) !== mark);
  const kindOf = (path: string, mark: string) => (!then.marks.has(path) && mark.startsWith('?') ? 'new' : 'changed');
  const found = touched.map(([path, mark]) => ({ kind: kindOf(path, mark), place, path, moved }) as const);
  const gone = [...then.marks.keys()].filter((path) => !marks.has(path));
  return [...found, ...gone.map((path) => ({ kind: 'back', place, path, moved }) as const)];
}

/** Those that both looks showed: what a git command was in the middle of is gone the second time. */
export function lasting(first: readonly Stray[], second: readonly Stray[]): readonly Stray[] {
  const known = new Set(second.map(named));
  return first.filter((one) => known.has(named(one)));
}

const named = (one: Stray): string =>
  one.kind === 'moved' ? one.ref : `${one.place}\0${one.kind === 'switched' ? '' : one.path}`;

/**
 * True when a text, as an agent's transcript, names this place or a way out of the worktree. The place's own git
 * directory is named by every worktree's hooks, and folders beside it begin with its name: neither is the place.
 */
export function speaksOf(text: string, place: string): boolean {
  // What is imported from `../..` is no way out: only one that ends in the place's own name is.
  const beside = `../${place.slice(place.lastIndexOf('/') + 1)}`;
  return (
    /--git-common-dir|--show-superproject|\bcd \.\.(?![\w.])/.test(text) ||
    [place, beside].some((name) => names(text, name))
  );
}

function names(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const rest = text.slice(at + name.length, at + name.length + 6);
    if (!/^[\w.-]/.test(rest) && !/^\/\.git(?![\w.-])/.test(rest)) return true;
  }
  return false;
}

/** The strays in words, the first of many. */
export function strayWords(strays: readonly Stray[], most = 5): string {
  const words = strays.slice(0, most).map((one) => {
    if (one.kind === 'switched') return `${one.place} was switched to ${one.to ?? 'no branch'}`;
    if (one.kind !== 'moved') return `${one.place}/${one.path} ${KINDS[one.kind]}`;
    const name = one.ref.replace(/^refs\/heads\//, '');
    return one.from ? `${name} moved to ${one.to.slice(0, 10)}` : `${name} was made at ${one.to.slice(0, 10)}`;
  });
  return strays.length > most ? `${words.join(', ')} and ${strays.length - most} more` : words.join(', ');
}

const KINDS = { new: 'is new', changed: 'changed', back: 'is not as it was left' } as const;

/** What a person may type to look at each, and to take it back; gwt touches none of it. */
export function strayAdvice(strays: readonly Stray[], root: string, most = 20): readonly string[] {
  return strays.slice(0, most).map((one) => advice(one, root));
}

function advice(one: Stray, root: string): string {
  if (one.kind === 'moved') return refAdvice(one, `git -C ${quoted(root)}`);
  const git = `git -C ${quoted(one.place)}`;
  if (one.kind === 'switched') return `${git} switch ${quoted(one.from ?? '-')} switches it back`;
  const path = quoted(one.path);
  if (one.kind === 'new') return `rm -r -- ${quoted(`${one.place}/${one.path}`)} deletes it, where it is the agent's`;
  if (one.kind === 'back') return `${one.place}/${one.path}: what was uncommitted there is gone, and gwt has no copy`;
  return `${git} diff HEAD -- ${path} shows it; ${git} checkout HEAD -- ${path} takes all its changes back, yours too`;
}

function refAdvice({ ref, from, to }: Extract<Stray, { kind: 'moved' }>, git: string): string {
  const back = from ? `update-ref ${quoted(ref)} ${from} ${to}` : `update-ref -d ${quoted(ref)} ${to}`;
  return `${git} log -3 ${to.slice(0, 10)} shows it; ${git} ${back} takes it back, files stay as they are`;
}
