import { type Json, type JsonObject, memberOf } from './json.ts';
import type { Story } from './prd.ts';
import { CLOSED, SET_ASIDE, SPELLINGS } from './prd-spellings.ts';
import { slugOf } from './slug.ts';

/** The priority of a story that names none: after all that do. */
export const LEAST = 1000;

/** Refuses the file with the place in it. */
export type Complain = (why: string, at: number) => never;

/**
 * One story out of its object, whatever its fields are called. `key` is its name where the stories are a map, `at` its
 * number in the file, `taken` the ids before it.
 */
export function storyOf(
  node: JsonObject,
  key: string | undefined,
  at: number,
  taken: ReadonlySet<string>,
  no: Complain,
): Story {
  const description = textOf(memberOf(node, SPELLINGS.description));
  const title = textOf(memberOf(node, SPELLINGS.title)) || firstLine(description) || key || `story ${at + 1}`;
  const passes = flagOf(memberOf(node, SPELLINGS.passes), memberOf(node, SPELLINGS.status), no);
  const held = passes ? undefined : heldOf(node);
  return {
    id: textOf(memberOf(node, SPELLINGS.id)) || key || freshId(title, at, taken),
    title,
    description,
    criteria: textsOf(memberOf(node, SPELLINGS.criteria)).flatMap(bullets),
    priority: priorityOf(memberOf(node, SPELLINGS.priority)),
    passes,
    ...(held ? { held } : {}),
    notes: textsOf(memberOf(node, SPELLINGS.notes)).join('\n'),
    verify: textsOf(memberOf(node, SPELLINGS.verify)),
    after: idsOf(memberOf(node, SPELLINGS.after)),
  };
}

const firstLine = (text: string): string => (text.split('\n')[0] ?? '').slice(0, 100);

function freshId(title: string, at: number, taken: ReadonlySet<string>): string {
  const named = slugOf(title);
  const id = 'slug' in named ? named.slug : `story-${at + 1}`;
  return taken.has(id) ? `${id}-${at + 1}` : id;
}

function textOf(node: Json | undefined): string {
  return node?.kind === 'plain' && node.value !== null ? String(node.value).trim() : '';
}

/** A text, a list of texts, or a list of objects that describe themselves. */
function textsOf(node: Json | undefined): readonly string[] {
  if (node?.kind !== 'array') return [textOf(node)].filter(Boolean);
  return node.items
    .map((item) => textOf(item.kind === 'object' ? memberOf(item, SPELLINGS.description) : item))
    .filter(Boolean);
}

/** A text that is a list of bullets is a list. */
function bullets(text: string): readonly string[] {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const bullet = /^\s*(?:[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s+)?/;
  return lines.length > 1 && lines.every((line) => bullet.test(line))
    ? lines.map((line) => line.replace(bullet, ''))
    : [text];
}

/** Ids, or objects that name one; of the ties between issues only those that block count. */
function idsOf(node: Json | undefined): readonly string[] {
  const items = node?.kind === 'array' ? node.items : node ? [node] : [];
  return items.flatMap((item) => {
    if (item.kind !== 'object') return [textOf(item)].filter(Boolean);
    const type = textOf(memberOf(item, ['type']));
    if (type !== '' && type !== 'blocks') return [];
    return [textOf(memberOf(item, ['depends_on_id', 'dependsOn', 'id', 'identifier']))].filter(Boolean);
  });
}

/** Numbers as they are; P0 and critical before P1 and high, and so on. */
function priorityOf(node: Json | undefined): number {
  if (node?.kind !== 'plain') return LEAST;
  if (typeof node.value === 'number') return node.value;
  const word = String(node.value).trim().toLowerCase();
  const named = ['critical', 'high', 'medium', 'low'].indexOf(word === 'urgent' ? 'critical' : word);
  return named >= 0 ? named : Number(/^p?(\d+)$/.exec(word)?.[1] ?? LEAST);
}

/** null is "not yet", as is a word like SKIPPED; a status word counts where there is no flag. */
function flagOf(flag: Json | undefined, status: Json | undefined, no: Complain): boolean {
  if (flag === undefined) return CLOSED.test(textOf(status));
  if (flag.kind === 'plain' && (typeof flag.value === 'boolean' || flag.value === null)) return flag.value === true;
  if (flag.kind === 'plain' && flag.value === 'SKIPPED') return false;
  return no('passes must be true or false', flag.start);
}

/** Why nobody should work on it, in the file's own word. */
function heldOf(node: JsonObject): string | undefined {
  const aside = node.members.find(
    ({ name, value }) =>
      SPELLINGS.held.some((known) => known === name) && value.kind === 'plain' && value.value === true,
  );
  const reason = textOf(memberOf(node, ['blockedReason', 'blocked_reason']));
  const words = [SPELLINGS.status, SPELLINGS.passes].map((names) => textOf(memberOf(node, names)));
  const word = aside?.name ?? words.find((one) => SET_ASIDE.test(one));
  return word === undefined ? undefined : `${word}${reason ? `: ${reason}` : ''}`;
}
