import { owns, ownsOf } from './claims.ts';
import type { Gate } from './gate.ts';
import { givenByPerson } from './holding.ts';
import type { Task } from './task.ts';

/**
 * Which of a branch's changes the gates must not see: paths that the config pins, and scripts in the repository that a
 * gate's command names. A task that was given such a path by a person may change it.
 */
export function pinnedPaths<T extends Changed>(
  changes: readonly T[],
  task: Pick<Task, 'owns' | 'terms'>,
  pinned: readonly string[],
  gates: readonly Pick<Gate, 'run'>[],
): readonly T[] {
  const isPinned = ownsOf(pinned);
  const words = new Set(gates.flatMap(({ run }) => run.split(/[\s;&|()'"]+/)).map((word) => word.replace(/^\.\//, '')));
  const isNamed = ({ path, status, oldMode }: Changed) =>
    words.has(path) && status !== 'A' && (oldMode === EXECUTABLE || SCRIPT.test(path));
  const given = givenByPerson(task);
  return changes.filter((change) => (isPinned(change.path) || isNamed(change)) && !owns(given, change.path));
}

interface Changed {
  readonly path: string;
  readonly status: 'A' | 'M' | 'D' | 'T';
  readonly oldMode: string;
}
const EXECUTABLE = '100755';
/** What an interpreter is given; other words of a command may be what it looks at. */
const SCRIPT = /\.(?:sh|bash|zsh|py|rb|pl|[cm]?[jt]s|mk)$|(?:^|\/)Makefile$/;
