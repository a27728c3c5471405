import type { Config } from '../config.ts';
import { unknownRole } from '../role.ts';

/** One stage of a pipeline: who does it, what it is to do, and what must succeed then. */
export interface Stage {
  readonly name: string;
  readonly role: string;
  readonly prompt: string;
  readonly gates: readonly string[];
  /** It changes no file: its work is what it writes down. */
  readonly thinks: boolean;
}

/** Says what stands for a stage of that name; `config.stages` says it otherwise, and any role is a stage too. */
const KNOWN: Readonly<Record<string, { readonly role: string; readonly prompt: string; readonly thinks?: true }>> = {
  analyse: {
    role: 'architect',
    thinks: true,
    prompt:
      'Find out what has to be done and how: which files, which functions, what may break. Change no code. Write what you found to the end of the progress file, for those who do it after you.',
  },
  design: { role: 'architect', prompt: 'Decide the shape: types, names and files that the next stages fill in.' },
  implement: { role: 'coder', prompt: 'Do the work, as those before you found it has to be done.' },
  test: { role: 'tester', prompt: 'Test what the stages before you made, and mend what does not hold.' },
  review: {
    role: 'reviewer',
    prompt: 'Read all that the branch changed against what was wanted, and mend what is wrong or missing.',
  },
  document: { role: 'docs', prompt: 'Make the documentation say what is so now.' },
};
const ALSO: Readonly<Record<string, string>> = {
  analyze: 'analyse',
  plan: 'design',
  code: 'implement',
  docs: 'document',
};

/** The stages by their names, or why there are none. `roles` are the texts of all roles. */
export function stagesOf(
  names: readonly string[],
  config: Pick<Config, 'stages'>,
  roles: ReadonlyMap<string, string>,
): { readonly stages: readonly Stage[] } | { readonly problem: string } {
  if (names.length === 0 || names.includes(''))
    return { problem: 'a pipeline is names of stages with commas between them' };
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice !== undefined) return { problem: `the stage ${twice} is named twice` };
  const stages: Stage[] = [];
  for (const name of names) {
    const own = config.stages[name];
    const usual = KNOWN[ALSO[name] ?? name];
    const role = own?.role ?? usual?.role ?? name;
    const strange = own || usual ? undefined : unknownRole(role, [...roles.keys()]);
    if (strange) return { problem: `there is no stage ${name}: ${strange}` };
    stages.push({
      name,
      role,
      prompt: own?.prompt ?? usual?.prompt ?? '',
      gates: own?.gates ?? [],
      thinks: own?.thinks ?? usual?.thinks ?? false,
    });
  }
  return { stages };
}

/**
 * The stories of a pipeline as the text of a prd.json, each after the one before it. What the role of a stage is told
 * stands in its story, since the task has one memory file for all of them.
 */
export function pipelinePrd(
  title: string,
  prompt: string,
  stages: readonly Stage[],
  roles: ReadonlyMap<string, string>,
): string {
  const ids = idsOf(stages);
  const userStories = stages.map(({ name, role, prompt: own, gates }, at) => {
    const text = roles.get(role);
    const others = stages.map((stage, place) => (place === at ? `**${stage.name}**` : stage.name)).join(', ');
    const parts = [
      `What is wanted in the end: ${prompt}`,
      `This is the stage ${name} of: ${others}. Do this stage alone.${own === '' ? '' : ` ${own}`}`,
      ...(text ? [`In this stage you are the ${role}:\n${text}`] : []),
    ];
    return {
      id: ids[at],
      title: `${name}: ${title}`,
      description: parts.join('\n\n'),
      acceptanceCriteria: [],
      priority: at + 1,
      passes: false,
      notes: '',
      ...(gates.length > 0 ? { verify: gates } : {}),
      ...(at > 0 ? { after: [ids[at - 1]] } : {}),
    };
  });
  return `${JSON.stringify({ userStories }, null, 2)}\n`;
}

const idsOf = (stages: readonly Stage[]): readonly string[] => stages.map(({ name }, at) => `${at + 1}-${name}`);

/** The ids of those stories that change no file. */
export const thinkingIn = (stages: readonly Stage[]): readonly string[] =>
  idsOf(stages).filter((_, at) => stages[at]?.thinks);
