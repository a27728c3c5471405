import { nearest } from './near.ts';
import { markdownRows } from './plan-markdown.ts';
import { type Fail, type PlannedTask, requestOf } from './plan-row.ts';
import { treeRows } from './plan-tree.ts';
import type { Dialect } from './prd-dialect.ts';
import { Refusal } from './refusal.ts';
import { slugOf } from './slug.ts';

export type { PlannedTask } from './plan-row.ts';

/**
 * The tasks of a plan: Markdown by its ending, else `dialect`. What `after` says of an epic or of an id is said of the
 * tasks by their names. Refuses `plan.invalid` with the line.
 */
export function readPlan(text: string, path: string, dialect: Dialect): readonly PlannedTask[] {
  const fail = failing(path);
  const rows = /\.(md|markdown|txt)$/i.test(path) ? markdownRows(text, fail) : treeRows(text, dialect, fail);
  const done = rows.filter((row) => row.done).map((row) => requestOf(row, fail));
  const open = rows.filter((row) => !row.done).map((row) => requestOf(row, fail));
  return linked(open, new Set(done.map(({ title }) => slug(title))));
}

/**
 * Comes back when all of the plan can be done. Refuses `plan.invalid` with the line of a name that no branch or folder
 * can have, of a name given twice, of one that waits for what is neither in the plan nor `known`, and of a circle.
 */
export function checkPlan(tasks: readonly PlannedTask[], path: string, known: readonly string[]): void {
  const fail = failing(path);
  const lines = new Map<string, PlannedTask>();
  for (const task of tasks) {
    const id = idOf(task.title, task.line, fail);
    const before = lines.get(id);
    if (before)
      fail(
        `"${task.title}" would be called ${id}, as is "${before.title}"${before.line ? ` at line ${before.line}` : ''}`,
        task.line,
      );
    lines.set(id, task);
  }
  const ids = [...lines.keys(), ...known];
  for (const task of tasks)
    for (const name of task.after ?? []) {
      const id = idOf(name, task.line, fail);
      if (ids.includes(id) && lines.get(id) !== task) continue;
      const [near] = nearest(id, ids);
      const other =
        lines.get(id) === task ? 'itself' : `"${name}", which is no task${near ? `; did you mean ${near}?` : ''}`;
      fail(`"${task.title}" comes after ${other}`, task.line);
    }
  const round = circleIn(
    new Map([...lines].map(([id, { after = [] }]) => [id, after.map((name) => idOf(name, 1, fail))])),
  );
  const [first] = round;
  if (first !== undefined)
    fail(`tasks wait for one another: ${[...round, first].join(' after ')}`, lines.get(first)?.line);
}

function failing(path: string): Fail {
  return (why, line) => {
    throw new Refusal('plan.invalid', { path, why, ...(line === undefined ? {} : { line }) });
  };
}

function idOf(name: string, line: number | undefined, fail: Fail): string {
  const named = slugOf(name);
  return 'slug' in named ? named.slug : fail(`no branch can be named after "${name}": ${named.why}`, line);
}

/** Names instead of ids, all parts instead of an epic, and nothing of what is done. */
function linked(tasks: readonly PlannedTask[], done: ReadonlySet<string>): readonly PlannedTask[] {
  const named = new Set(tasks.map(({ title }) => slug(title)));
  const meant = (name: string, task: PlannedTask): readonly string[] => {
    if (named.has(slug(name))) return [name];
    const byKey = tasks.find(({ key }) => key === name);
    if (byKey) return [byKey.title];
    const parts = tasks.filter(({ epic }) => epic !== undefined && slug(epic) === slug(name));
    if (parts.length > 0) return parts.filter(({ title }) => title !== task.title).map(({ title }) => title);
    return done.has(slug(name)) ? [] : [name];
  };
  return tasks.map(({ after, ...task }) => {
    const names = [...new Set((after ?? []).flatMap((name) => meant(name, task)))];
    return names.length > 0 ? { ...task, after: names } : task;
  });
}

function slug(name: string): string {
  const named = slugOf(name);
  return 'slug' in named ? named.slug : name;
}

/** Tasks that wait for one another, each for the next; none when there is no circle. */
function circleIn(after: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const done = new Set<string>();
  for (const start of after.keys()) {
    const path: string[] = [];
    const found = walk(start, path);
    if (found) return found;
  }
  return [];

  function walk(id: string, path: string[]): readonly string[] | undefined {
    if (path.includes(id)) return path.slice(path.indexOf(id));
    if (done.has(id)) return undefined;
    path.push(id);
    for (const next of after.get(id) ?? []) {
      const found = walk(next, path);
      if (found) return found;
    }
    path.pop();
    done.add(id);
    return undefined;
  }
}
